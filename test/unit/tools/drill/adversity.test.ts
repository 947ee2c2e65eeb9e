import { expect, test } from "@jest/globals";
import { overcome } from "../../../../tools/drill/adversity.ts";
import type { DrillProblem } from "../../../../tools/drill/scene.ts";
import { blockedEndpoint, refusingQueue, wrongToken } from "../../../../tools/drill/troubles.ts";
import { inputsOf, later, onceAsked, sceneOn } from "./fakes.ts";
import { line, token } from "./parts.ts";
import { serviceWorld } from "./worlds.ts";

const dev = { suffix: "dev" };
const role = "arn:aws:iam::123456789012:role/payment-payment-task-dev-1a2b3c4";
const policyOf = (input: object): unknown => JSON.parse((input as { Policy: string }).Policy);

test("an endpoint that refuses everybody is noticed by the age of a message, and opened again", async () => {
    const { scene, calls, names } = sceneOn(serviceWorld());
    await expect(overcome(scene, blockedEndpoint(dev, "vpc-1", line))).resolves.toEqual({
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
    expect(inputsOf(calls, "DescribeVpcEndpoints")).toEqual([
        {
            Filters: [
                { Name: "vpc-id", Values: ["vpc-1"] },
                { Name: "tag:Name", Values: ["payment-sqs-dev"] },
            ],
        },
    ]);
    const [closed, opened] = inputsOf(calls, "ModifyVpcEndpoint");
    expect(closed?.VpcEndpointId).toBe("vpce-sqs");
    expect(JSON.parse(closed?.PolicyDocument as string)).toEqual({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
    });
    expect(opened).toEqual({ VpcEndpointId: "vpce-sqs", PolicyDocument: '{"Statement":["endpoint"]}' });
});

test("a message that the drill meets on the queue and did not send is handed back", async () => {
    const { scene, calls } = sceneOn(serviceWorld());
    await overcome(scene, blockedEndpoint(dev, "vpc-1", line));
    const QueueUrl = line.queueUrl;
    // By its body it is told from all others.
    expect(inputsOf(calls, "SendMessage")).toEqual([{ QueueUrl, MessageBody: expect.stringMatching(/^drill-.{36}$/) }]);
    expect(inputsOf(calls, "ReceiveMessage")).toEqual([{ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }]);
    expect(inputsOf(calls, "ChangeMessageVisibility")).toEqual([
        { QueueUrl, ReceiptHandle: "receipt-other", VisibilityTimeout: 0 },
    ]);
    expect(inputsOf(calls, "DeleteMessage")).toEqual([{ QueueUrl, ReceiptHandle: "receipt-drill" }]);
});

test("a queue refuses its consumer besides all that its policy says, and takes the whole policy back", async () => {
    const { scene, calls, said } = sceneOn(serviceWorld());
    await overcome(scene, refusingQueue(dev, line));
    // Before anything changes, the operator knows what is about to break, and for whom.
    expect(said[0]).toMatch(/\bprocessing\b.*\bpayment\b/);
    const QueueUrl = line.queueUrl;
    expect(inputsOf(calls, "GetQueueAttributes")).toMatchObject([{ QueueUrl }]);
    expect(inputsOf(calls, "SetQueueAttributes")).toMatchObject([{ QueueUrl }, { QueueUrl }]);
    expect(inputsOf(calls, "DescribeTaskDefinition")).toEqual([{ taskDefinition: "definition:7" }]);
    const [refused, restored] = inputsOf(calls, "SetQueueAttributes").map(({ Attributes }) =>
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

test("a wrong token is handed out by its label alone, and the labels go back where they were", async () => {
    const { scene, calls, said } = sceneOn(serviceWorld());
    await overcome(scene, wrongToken(dev, token));
    expect(said[0]).toMatch(/\btoken\b.*\bapi\b/);
    const [put] = inputsOf(calls, "PutSecretValue");
    const wrong = put?.ClientRequestToken;
    expect(put).toEqual({
        SecretId: token.secretArn,
        ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
        SecretString: expect.stringMatching(/^[0-9a-f]{64}$/),
        VersionStages: ["AWSCURRENT"],
    });
    const SecretId = token.secretArn;
    expect(inputsOf(calls, "UpdateSecretVersionStage")).toEqual([
        { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: "right", RemoveFromVersionId: wrong },
        { SecretId, VersionStage: "AWSPREVIOUS", MoveToVersionId: "old", RemoveFromVersionId: wrong },
    ]);
    expect(inputsOf(calls, "ListSecretVersionIds")).toEqual([{ SecretId }, { SecretId }]);
    const cluster = "payment-cluster-dev";
    expect(inputsOf(calls, "ListTasks")).toEqual([
        { cluster, serviceName: "payment-api-dev", desiredStatus: "RUNNING" },
    ]);
    expect(inputsOf(calls, "StopTask")).toMatchObject([{ cluster, task: "task-1" }]);
    const AlarmNames = ["cache-1-authentication-failures", "api-application-errors", "api-tasks-missing"].map(
        (alarm) => `payment-${alarm}-dev`,
    );
    expect(inputsOf(calls, "DescribeAlarms")).toEqual(Array(3).fill({ AlarmNames }));
});

test("a trouble that no alarm tells of fails the drill, and is put back", async () => {
    const aws = serviceWorld({ alarmed: false });
    const before = aws.state();
    await expect(overcome(sceneOn(aws).scene, refusingQueue(dev, line))).rejects.toThrow(
        "not within 25 minutes: one of payment-processing-oldest-message-dev tells",
    );
    expect(aws.state()).toEqual(before);
});

test.each([
    [() => ({ MetricAlarms: [{ StateValue: "ALARM" }] }), "the alarms must be quiet before the drill"],
    [() => ({ MetricAlarms: [] }), "the alarms must exist: payment-processing-oldest-message-dev"],
])("nothing is broken while an alarm is raised, or there is none", async (DescribeAlarms, problem) => {
    const { answers, state } = serviceWorld();
    const { scene, names } = sceneOn({ state, answers: { ...answers, DescribeAlarms } });
    await expect(overcome(scene, refusingQueue(dev, line))).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeServices", "DescribeAlarms"]);
});

test.each([
    [["ALARM", "OK"], "the alarms must be quiet before the drill"],
    [["OK"], "the alarms must exist: first, second"],
])("one of several alarms that is raised, or missing, is enough to break nothing: %j", async (states, problem) => {
    const { answers, state } = serviceWorld();
    const DescribeAlarms = () => ({ MetricAlarms: states.map((StateValue) => ({ StateValue })) });
    const { scene, names } = sceneOn({ state, answers: { ...answers, DescribeAlarms } });
    const trouble = { ...refusingQueue(dev, line), alarms: ["first", "second"] };
    await expect(overcome(scene, trouble)).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeServices", "DescribeAlarms"]);
});

test("a service without tasks is spared", async () => {
    const { scene, names } = sceneOn(serviceWorld({ desired: 0 }));
    await expect(overcome(scene, refusingQueue(dev, line))).resolves.toEqual({
        skipped: "payment-payment-dev has no tasks (its imageDigest is not set)",
    });
    expect(names()).toEqual(["DescribeServices"]);
});

test("a drill has not recovered before its alarms are quiet again", async () => {
    const { answers, state } = serviceWorld();
    // Quiet before; told; raised for two questions after all was put back.
    const states = ["OK", "ALARM", "ALARM", "ALARM"];
    const DescribeAlarms = () => ({
        MetricAlarms: [{ AlarmName: "payment-processing-oldest-message-dev", StateValue: states.shift() ?? "OK" }],
    });
    const { scene } = sceneOn({ state, answers: { ...answers, DescribeAlarms } });
    await expect(overcome(scene, refusingQueue(dev, line))).resolves.toMatchObject({ recoveredSeconds: 60 });
});

test.each([
    ["nothing", [], 1],
    ["others' messages only", [{ Body: "a payment", ReceiptHandle: "receipt-other" }], 2],
])("a receive that brings %s is followed by another", async (_, Messages, handedBack) => {
    const { answers, state } = serviceWorld();
    const isFound = later(1, false, true);
    const before = JSON.stringify(state());
    const { scene, calls } = sceneOn({
        state,
        answers: {
            ...answers,
            ReceiveMessage: (input) => (isFound() ? answers.ReceiveMessage?.(input) : { Messages }),
        },
    });
    await overcome(scene, refusingQueue(dev, line));
    expect(inputsOf(calls, "ReceiveMessage")).toHaveLength(2);
    // Nothing is handed back that was not received.
    expect(inputsOf(calls, "ChangeMessageVisibility")).toEqual(
        Array(handedBack).fill({ QueueUrl: line.queueUrl, ReceiptHandle: "receipt-other", VisibilityTimeout: 0 }),
    );
    expect(JSON.stringify(state())).toBe(before);
});

test.each([
    ["the secret has no current version", "ListSecretVersionIds", { Versions: [{ VersionId: "right" }] }, "AWSCURRENT"],
    ["AWS tells no version of the secret", "ListSecretVersionIds", {}, "AWSCURRENT"],
    ["no task runs", "ListTasks", {}, "a running task of api"],
])("a wrong token is not left where %s", async (_, call, answer, missing) => {
    const { answers, state } = serviceWorld();
    const before = state();
    const { scene } = sceneOn({ state, answers: { ...answers, [call]: () => answer } });
    await expect(overcome(scene, wrongToken(dev, token))).rejects.toThrow(`AWS answered ${call} without ${missing}`);
    expect(state()).toEqual(before);
});

test("a token that somebody else has set meanwhile is not put back over theirs", async () => {
    const { answers, state } = serviceWorld();
    const isTheirs = later(1, false, true);
    const { scene, names } = sceneOn({
        state,
        answers: {
            ...answers,
            ListSecretVersionIds: (input) =>
                isTheirs()
                    ? { Versions: [{ VersionId: "theirs", VersionStages: ["AWSCURRENT"] }] }
                    : answers.ListSecretVersionIds?.(input),
        },
    });
    // The fake's alarms are quiet only when its own token is back.
    await expect(overcome(scene, wrongToken(dev, token))).rejects.toThrow("are quiet");
    expect(names()).not.toContain("UpdateSecretVersionStage");
});

test("a message that is never found is left with its name, its queue, and why", async () => {
    const { answers, state } = serviceWorld();
    const { scene, calls } = sceneOn({ state, answers: { ...answers, ReceiveMessage: () => ({}) } });
    const problem: unknown = await overcome(scene, refusingQueue(dev, line)).catch((error: unknown) => error);
    const mark = inputsOf(calls, "SendMessage")[0]?.MessageBody as string;
    const [left = "", ...others] = (problem as DrillProblem).left;
    expect(others).toEqual([]);
    const [what = "", why] = left.split(" (");
    expect(what).toContain(mark);
    expect(what).toContain(line.queueUrl);
    expect(why).toMatch(new RegExp(`^not within .*\\b${mark}\\b`));
});

test.each<[string, object]>([
    ["is none", {}],
    ["is one without an id", { VpcEndpoints: [{ PolicyDocument: "{}" }] }],
    ["is one without a policy", { VpcEndpoints: [{ VpcEndpointId: "vpce-sqs" }] }],
])("no endpoint is closed where there %s, and the drill says which it looked for", async (_, described) => {
    const { answers, state } = serviceWorld();
    const { scene, names } = sceneOn({ state, answers: { ...answers, DescribeVpcEndpoints: () => described } });
    await expect(overcome(scene, blockedEndpoint(dev, "vpc-1", line))).rejects.toThrow(
        /\bpayment-sqs-dev\b.*\bvpc-1\b/,
    );
    expect(names()).not.toContain("ModifyVpcEndpoint");
    expect(names()).not.toContain("SendMessage");
});

test.each<[string, string, object, RegExp]>([
    ["a queue without a policy", "GetQueueAttributes", { Attributes: { QueueArn: "arn:queue" } }, /\bprocessing\b/],
    ["a consumer without a task definition", "DescribeTaskDefinition", {}, /^payment\b/],
    ["a consumer without a role", "DescribeTaskDefinition", { taskDefinition: {} }, /^payment\b/],
])("%s is left alone, and the drill says which", async (_, call, answer, problem) => {
    const { answers, state } = serviceWorld();
    const { scene, names } = sceneOn({ state, answers: { ...answers, [call]: () => answer } });
    await expect(overcome(scene, refusingQueue(dev, line))).rejects.toThrow(problem);
    expect(names()).not.toContain("SetQueueAttributes");
    expect(names()).not.toContain("SendMessage");
});

test("a service that does not recover fails the drill, which names it", async () => {
    const { answers, state } = serviceWorld();
    const broken = { DescribeServices: () => ({ services: [{ desiredCount: 2, runningCount: 1 }] }) };
    const { scene } = sceneOn({ state, answers: onceAsked(answers, "SetQueueAttributes", broken) });
    await expect(overcome(scene, refusingQueue(dev, line))).rejects.toThrow(/^not within .*\bpayment-payment-dev\b/);
});
