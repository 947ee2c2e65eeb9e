import { expect, test } from "@jest/globals";
import { runFaultInjection } from "../../../integration/scenarios/fault-injection.ts";
import type { DrillError } from "../../../../tools/drill/context.ts";
import { denyEndpointAccess, denyQueueAccess, replaceCacheToken } from "../../../integration/scenarios/faults.ts";
import { inputsOfCalls, switchAfterTimes, switchAfterCall, drillContextOn } from "../../tools/drill/fakes.ts";
import { queueUnderTest, cacheToken } from "../../tools/drill/fixtures.ts";
import { fakeAccountForService } from "../../tools/drill/fake-accounts.ts";

const dev = { suffix: "dev" };
const role = "arn:aws:iam::123456789012:role/payment-payment-task-dev-1a2b3c4";
const policyOf = (input: object): unknown => JSON.parse((input as { Policy: string }).Policy);

test("an endpoint that denies everything raises the alarm on the oldest message, and gets its policy back", async () => {
    const { drillContext, calls, names } = drillContextOn(fakeAccountForService());
    await expect(runFaultInjection(drillContext, denyEndpointAccess(dev, "vpc-1", queueUnderTest))).resolves.toEqual({
        alarm: "payment-processing-oldest-message-dev",
        noticedSeconds: 60,
        recoveredSeconds: 0,
    });
    expect(names()).toEqual([
        ...["DescribeServices", "DescribeAlarms"],
        ...["DescribeVpcEndpoints", "ModifyVpcEndpoint", "SendMessage"],
        ...["DescribeAlarms", "DescribeAlarms", "DescribeAlarms"],
        ...["ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage", "ModifyVpcEndpoint"],
        ...["DescribeServices", "DescribeAlarms"],
    ]);
    expect(inputsOfCalls(calls, "DescribeVpcEndpoints")).toEqual([
        {
            Filters: [
                { Name: "vpc-id", Values: ["vpc-1"] },
                { Name: "tag:Name", Values: ["payment-sqs-dev"] },
            ],
        },
    ]);
    const [closed, opened] = inputsOfCalls(calls, "ModifyVpcEndpoint");
    expect(closed?.VpcEndpointId).toBe("vpce-sqs");
    expect(JSON.parse(closed?.PolicyDocument as string)).toEqual({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
    });
    expect(opened).toEqual({ VpcEndpointId: "vpce-sqs", PolicyDocument: '{"Statement":["endpoint"]}' });
});

test("a message that the drill receives and did not send is returned to the queue", async () => {
    const { drillContext, calls } = drillContextOn(fakeAccountForService());
    await runFaultInjection(drillContext, denyEndpointAccess(dev, "vpc-1", queueUnderTest));
    const QueueUrl = queueUnderTest.queueUrl;
    // Its body distinguishes it from all others.
    expect(inputsOfCalls(calls, "SendMessage")).toEqual([
        { QueueUrl, MessageBody: expect.stringMatching(/^drill-.{36}$/) },
    ]);
    expect(inputsOfCalls(calls, "ReceiveMessage")).toEqual([{ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }]);
    expect(inputsOfCalls(calls, "ChangeMessageVisibility")).toEqual([
        { QueueUrl, ReceiptHandle: "receipt-other", VisibilityTimeout: 0 },
    ]);
    expect(inputsOfCalls(calls, "DeleteMessage")).toEqual([{ QueueUrl, ReceiptHandle: "receipt-drill" }]);
});

test("the queue's policy gets one more statement that denies the consumer, and is restored as a whole", async () => {
    const { drillContext, calls, said } = drillContextOn(fakeAccountForService());
    await runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest));
    // The operator must read what will fail, and for which service, before anything changes.
    expect(said[0]).toMatch(/\bprocessing\b.*\bpayment\b/);
    const QueueUrl = queueUnderTest.queueUrl;
    expect(inputsOfCalls(calls, "GetQueueAttributes")).toMatchObject([{ QueueUrl }]);
    expect(inputsOfCalls(calls, "SetQueueAttributes")).toMatchObject([{ QueueUrl }, { QueueUrl }]);
    expect(inputsOfCalls(calls, "DescribeTaskDefinition")).toEqual([{ taskDefinition: "definition:7" }]);
    const [refused, restored] = inputsOfCalls(calls, "SetQueueAttributes").map(({ Attributes }) =>
        policyOf(Attributes as object),
    );
    expect(refused).toEqual({
        Version: "2012-10-17",
        Statement: [
            { Sid: "TlsOnly" },
            {
                Sid: "Drill",
                Effect: "Deny",
                Principal: { AWS: role },
                Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
                Resource: "arn:queue",
            },
        ],
    });
    expect(restored).toEqual({ Version: "2012-10-17", Statement: [{ Sid: "TlsOnly" }] });
});

test("a wrong token becomes current by its label alone, and the labels move back", async () => {
    const { drillContext, calls, said } = drillContextOn(fakeAccountForService());
    await runFaultInjection(drillContext, replaceCacheToken(dev, cacheToken));
    expect(said[0]).toMatch(/\btoken\b.*\bapi\b/);
    const [put] = inputsOfCalls(calls, "PutSecretValue");
    const wrong = put?.ClientRequestToken;
    expect(put).toEqual({
        SecretId: cacheToken.secretArn,
        ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
        SecretString: expect.stringMatching(/^[0-9a-f]{64}$/),
        VersionStages: ["AWSCURRENT"],
    });
    const SecretId = cacheToken.secretArn;
    expect(inputsOfCalls(calls, "UpdateSecretVersionStage")).toEqual([
        { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: "right", RemoveFromVersionId: wrong },
        { SecretId, VersionStage: "AWSPREVIOUS", MoveToVersionId: "old", RemoveFromVersionId: wrong },
    ]);
    expect(inputsOfCalls(calls, "ListSecretVersionIds")).toEqual([{ SecretId }, { SecretId }]);
    const cluster = "payment-cluster-dev";
    expect(inputsOfCalls(calls, "ListTasks")).toEqual([
        { cluster, serviceName: "payment-api-dev", desiredStatus: "RUNNING" },
    ]);
    expect(inputsOfCalls(calls, "StopTask")).toMatchObject([{ cluster, task: "task-1" }]);
    const AlarmNames = ["cache-1-authentication-failures", "api-application-errors", "api-tasks-missing"].map(
        (alarm) => `payment-${alarm}-dev`,
    );
    expect(inputsOfCalls(calls, "DescribeAlarms")).toEqual(Array(3).fill({ AlarmNames }));
});

test("a failure that no alarm reports fails the drill, and is undone", async () => {
    const aws = fakeAccountForService({ alarmed: false });
    const before = aws.state();
    await expect(
        runFaultInjection(drillContextOn(aws).drillContext, denyQueueAccess(dev, queueUnderTest)),
    ).rejects.toThrow("not within 25 minutes: one of payment-processing-oldest-message-dev is in alarm");
    expect(aws.state()).toEqual(before);
});

test.each([
    [() => ({ MetricAlarms: [{ StateValue: "ALARM" }] }), "the alarms must not be in alarm before the drill"],
    [() => ({ MetricAlarms: [] }), "the alarms must exist: payment-processing-oldest-message-dev"],
])("no failure is caused while an alarm is in alarm, or missing", async (DescribeAlarms, problem) => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, DescribeAlarms } });
    await expect(runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest))).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeServices", "DescribeAlarms"]);
});

test.each([
    [["ALARM", "OK"], "the alarms must not be in alarm before the drill"],
    [["OK"], "the alarms must exist: first, second"],
])("one alarm of several that is in alarm or missing is enough to cause no failure: %j", async (states, problem) => {
    const { handlers, state } = fakeAccountForService();
    const DescribeAlarms = () => ({ MetricAlarms: states.map((StateValue) => ({ StateValue })) });
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, DescribeAlarms } });
    const trouble = { ...denyQueueAccess(dev, queueUnderTest), alarms: ["first", "second"] };
    await expect(runFaultInjection(drillContext, trouble)).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeServices", "DescribeAlarms"]);
});

test("a service without tasks is skipped", async () => {
    const { drillContext, names } = drillContextOn(fakeAccountForService({ desired: 0 }));
    await expect(runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest))).resolves.toEqual({
        skipped: "payment-payment-dev has no tasks (its imageDigest is not set)",
    });
    expect(names()).toEqual(["DescribeServices"]);
});

test("a drill ends only when its alarms are no longer in alarm", async () => {
    const { handlers, state } = fakeAccountForService();
    // No alarm before; in alarm; and still in alarm for two calls after the rollback.
    const states = ["OK", "ALARM", "ALARM", "ALARM"];
    const DescribeAlarms = () => ({
        MetricAlarms: [{ AlarmName: "payment-processing-oldest-message-dev", StateValue: states.shift() ?? "OK" }],
    });
    const { drillContext } = drillContextOn({ state, handlers: { ...handlers, DescribeAlarms } });
    await expect(runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest))).resolves.toMatchObject({
        recoveredSeconds: 60,
    });
});

test.each([
    ["nothing", [], 1],
    ["others' messages only", [{ Body: "a payment", ReceiptHandle: "receipt-other" }], 2],
])("after a receive that returns %s the drill receives again", async (_, Messages, handedBack) => {
    const { handlers, state } = fakeAccountForService();
    const isFound = switchAfterTimes(1, false, true);
    const before = JSON.stringify(state());
    const { drillContext, calls } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            ReceiveMessage: (input) => (isFound() ? handlers.ReceiveMessage?.(input) : { Messages }),
        },
    });
    await runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest));
    expect(inputsOfCalls(calls, "ReceiveMessage")).toHaveLength(2);
    // Nothing is handed back that was not received.
    expect(inputsOfCalls(calls, "ChangeMessageVisibility")).toEqual(
        Array(handedBack).fill({
            QueueUrl: queueUnderTest.queueUrl,
            ReceiptHandle: "receipt-other",
            VisibilityTimeout: 0,
        }),
    );
    expect(JSON.stringify(state())).toBe(before);
});

test.each([
    ["the secret has no current version", "ListSecretVersionIds", { Versions: [{ VersionId: "right" }] }, "AWSCURRENT"],
    ["AWS returns no version of the secret", "ListSecretVersionIds", {}, "AWSCURRENT"],
    ["no task runs", "ListTasks", {}, "a running task of api"],
])("a wrong token is not left current when %s", async (_, call, answer, missing) => {
    const { handlers, state } = fakeAccountForService();
    const before = state();
    const { drillContext } = drillContextOn({ state, handlers: { ...handlers, [call]: () => answer } });
    await expect(runFaultInjection(drillContext, replaceCacheToken(dev, cacheToken))).rejects.toThrow(
        `AWS answered ${call} without ${missing}`,
    );
    expect(state()).toEqual(before);
});

test("a newer token that another person has set is not replaced by the old one", async () => {
    const { handlers, state } = fakeAccountForService();
    const isTheirs = switchAfterTimes(1, false, true);
    const { drillContext, names } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            ListSecretVersionIds: (input) =>
                isTheirs()
                    ? { Versions: [{ VersionId: "theirs", VersionStages: ["AWSCURRENT"] }] }
                    : handlers.ListSecretVersionIds?.(input),
        },
    });
    // The fake's alarms are quiet only when its own token is back.
    await expect(runFaultInjection(drillContext, replaceCacheToken(dev, cacheToken))).rejects.toThrow("is in alarm");
    expect(names()).not.toContain("UpdateSecretVersionStage");
});

test("a message that is never found is reported with its mark, its queue and the reason", async () => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, calls } = drillContextOn({ state, handlers: { ...handlers, ReceiveMessage: () => ({}) } });
    const problem: unknown = await runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest)).catch(
        (error: unknown) => error,
    );
    const mark = inputsOfCalls(calls, "SendMessage")[0]?.MessageBody as string;
    const [left = "", ...others] = (problem as DrillError).notRolledBack;
    expect(others).toEqual([]);
    const [what = "", why] = left.split(" (");
    expect(what).toContain(mark);
    expect(what).toContain(queueUnderTest.queueUrl);
    expect(why).toMatch(new RegExp(`^not within .*\\b${mark}\\b`));
});

test.each<[string, object]>([
    ["is none", {}],
    ["is one without an id", { VpcEndpoints: [{ PolicyDocument: "{}" }] }],
    ["is one without a policy", { VpcEndpoints: [{ VpcEndpointId: "vpce-sqs" }] }],
])("no endpoint is changed when there %s, and the drill names the endpoint", async (_, described) => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, names } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeVpcEndpoints: () => described },
    });
    await expect(runFaultInjection(drillContext, denyEndpointAccess(dev, "vpc-1", queueUnderTest))).rejects.toThrow(
        /\bpayment-sqs-dev\b.*\bvpc-1\b/,
    );
    expect(names()).not.toContain("ModifyVpcEndpoint");
    expect(names()).not.toContain("SendMessage");
});

test.each<[string, string, object, RegExp]>([
    ["a queue without a policy", "GetQueueAttributes", { Attributes: { QueueArn: "arn:queue" } }, /\bprocessing\b/],
    ["a consumer without a task definition", "DescribeTaskDefinition", {}, /^payment\b/],
    ["a consumer without a role", "DescribeTaskDefinition", { taskDefinition: {} }, /^payment\b/],
])("%s is not changed, and the drill names it", async (_, call, answer, problem) => {
    const { handlers, state } = fakeAccountForService();
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, [call]: () => answer } });
    await expect(runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest))).rejects.toThrow(problem);
    expect(names()).not.toContain("SetQueueAttributes");
    expect(names()).not.toContain("SendMessage");
});

test("a service that does not recover fails the drill, which names it", async () => {
    const { handlers, state } = fakeAccountForService();
    const broken = { DescribeServices: () => ({ services: [{ desiredCount: 2, runningCount: 1 }] }) };
    const { drillContext } = drillContextOn({
        state,
        handlers: switchAfterCall(handlers, "SetQueueAttributes", broken),
    });
    await expect(runFaultInjection(drillContext, denyQueueAccess(dev, queueUnderTest))).rejects.toThrow(
        /^not within .*\bpayment-payment-dev\b/,
    );
});
