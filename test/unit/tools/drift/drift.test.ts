import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { StateResource } from "../../../../plan/state.ts";
import { mapConcurrently } from "../../../../tools/frame/aws-calls.ts";
import { drift } from "../../../../tools/drift/drift.ts";
import type { DriftReport } from "../../../../tools/drift/report.ts";
import { testProjectFolder } from "../../../project.ts";
import { awsError, clientsWith, fakeStack, stateResource, sessionWith, type FakeResponses } from "../deploy/fakes.ts";
import { resourceInState } from "./cases/case.ts";

const topic = resourceInState("sns/topic:Topic", { outputs: { arn: "arn:topic" } }, "payment-events-dev");
const subscription = { Protocol: "https", Endpoint: "https://example.net", SubscriptionArn: "arn:subscription" };

/** A queue that AWS has otherwise than the state. */
const edited = {
    ...{ urn: "urn::edited", type: "aws:sqs/queue:Queue", op: "update", diffs: ["policy"] },
    ...{ old: { custom: true, inputs: {} }, new: { custom: true, inputs: { policy: "open" } } },
};

/** A refresh that finds these steps, and shows its progress. */
const refreshing = (steps: readonly object[]) => ({
    previewRefresh: (options: never) => {
        const { onEvent } = options as { onEvent: (event: object) => void };
        for (const metadata of steps) {
            onEvent({ resOutputsEvent: { metadata } });
        }
        return Promise.resolve({});
    },
});

async function driftOf(
    resources: readonly StateResource[],
    {
        answers = {},
        steps = [],
        json = false,
    }: { answers?: FakeResponses; steps?: readonly object[]; json?: boolean } = {},
) {
    const { stack, asked } = fakeStack(resources, refreshing(steps));
    const { clients, calls } = clientsWith(answers);
    const regions: string[] = [];
    const { session, said, shown } = sessionWith({
        root: testProjectFolder,
        json,
        openStack: () => Promise.resolve(stack),
        createClients: (region) => {
            regions.push(region);
            return Promise.resolve(clients);
        },
    });
    const stop: unknown = await drift(session).catch((error: unknown) => error);
    return { stop, said, shown, asked, calls, regions };
}

test("a stack with only planned resources has no drift", async () => {
    const planned = resourceInState("sns/topicSubscription:TopicSubscription", {
        inputs: { topic: "arn:topic", protocol: "https", endpoint: "https://example.net" },
    });
    const answers = { ListSubscriptionsByTopic: { Subscriptions: [subscription] } };
    const { stop, said, regions } = await driftOf([topic, planned], { answers });
    expect(stop).toBeUndefined();
    expect(said).toEqual([
        "no drift: 1 list read, 1 entries in the state, 0 made by AWS, and AWS has what the state says",
    ]);
    expect(regions).toEqual(["us-east-1"]);
});

test("an addition ends with the exit code of drift, and says what it opens and how to remove or keep it", async () => {
    const answers = { ListSubscriptionsByTopic: { Subscriptions: [subscription] } };
    const { stop, said, shown, asked } = await driftOf([topic], { answers });
    expect(stop).toMatchObject({
        exitReason: "drift",
        message:
            "drift: 0 resources with other values than the state, 1 resource in AWS but not in the state " +
            "(1 list read, 0 entries in the state, 0 made by AWS); nothing was changed",
    });
    expect(said).toEqual([
        [
            "not in the state: payment-events-dev (sns/topic:Topic) has the subscription arn:topic https https://example.net",
            "opens: https://example.net gets all messages of payment-events-dev by https",
            "remove: aws sns unsubscribe --subscription-arn arn:subscription",
            "or keep: plan it as aws.sns.TopicSubscription and import it",
        ].join("\n    "),
    ]);
    expect(shown).toEqual(["Refresh:\n"]);
    // It reads the state and previews the refresh, and makes no other call to Pulumi.
    expect(asked).toEqual(["exportStack", "previewRefresh"]);
});

test("an addition of a type that Pulumi does not have can only be removed", async () => {
    const role = resourceInState("iam/role:Role", { id: "payment-api" });
    const { said } = await driftOf([role], {
        answers: {
            ListRolePolicies: {},
            ListAttachedRolePolicies: {},
            ListInstanceProfilesForRole: { InstanceProfiles: [{ InstanceProfileName: "by-hand" }] },
        },
    });
    expect(said.join("\n")).toContain("remove: aws iam remove-role-from-instance-profile");
    expect(said.join("\n")).not.toContain("or keep");
});

test("on a terminal Pulumi draws its tree; with --json it does not, and standard output is the JSON alone", async () => {
    const drawn: (readonly string[])[] = [];
    const driftOnTerminal = async (json: boolean): Promise<string> => {
        const { session, shown } = sessionWith({
            root: testProjectFolder,
            ...{ json, onTerminal: true },
            openStack: () => Promise.resolve(fakeStack().stack),
            createClients: () => Promise.resolve(clientsWith({}).clients),
            cli: (args) => {
                drawn.push(args.slice(0, 2));
                writeFileSync(args[args.indexOf("--event-log") + 1] ?? "", "");
                return Promise.resolve({ code: 0, stdout: "", stderr: "" });
            },
        });
        await drift(session);
        return shown.join("");
    };
    expect(await driftOnTerminal(false)).toBe("");
    expect(drawn).toEqual([["refresh", "--preview-only"]]);
    expect(JSON.parse(await driftOnTerminal(true))).toMatchObject({ stack: "dev", changed: [] });
    expect(drawn).toHaveLength(1);
});

test("a changed resource of the state is drift, too", async () => {
    const { stop, shown } = await driftOf([], { steps: [edited] });
    expect(stop).toMatchObject({
        exitReason: "drift",
        message: expect.stringMatching(/^drift: 1 resource with other values/),
    });
    expect(shown.join("")).toBe("Refresh:\n~  edited (aws:sqs/queue:Queue): policy: nothing -> open\n");
});

test("a list that AWS denies fails the run and names the right, with all other findings", async () => {
    const { stop, said } = await driftOf([topic, resourceInState("kms/key:Key", { id: "key" }, "payment-data-dev")], {
        answers: {
            ListSubscriptionsByTopic: { Subscriptions: [subscription] },
            ListGrants: awsError("AccessDeniedException", "not authorized\nby anybody"),
            ListAliases: {},
        },
    });
    expect(said).toHaveLength(1);
    expect(stop).toMatchObject({
        exitReason: "failed",
        message:
            "1 list could not be read, so the resources there are unknown:\n" +
            "  payment-data-dev (kms/key:Key): each grant: AccessDeniedException: not authorized; it needs kms:ListGrants",
    });
});

test("a type without a row fails the run, with the row to fill in", async () => {
    const { stop } = await driftOf([resourceInState("mq/broker:Broker", {})]);
    expect(stop).toMatchObject({
        exitReason: "failed",
        message: expect.stringContaining(
            "mq/broker:Broker: what can be below it is not known; its row in plan/catalogue/ needs `children`",
        ),
    });
});

test("with --json the findings alone are on standard output", async () => {
    const answers = { ListSubscriptionsByTopic: { Subscriptions: [subscription] } };
    const { stop, said, shown } = await driftOf([topic], { answers, steps: [edited], json: true });
    expect(stop).toMatchObject({ exitReason: "drift" });
    expect(said[0]).toBe("Refresh:");
    expect(shown).toHaveLength(1);
    expect(JSON.parse(shown.join(""))).toEqual({
        stack: "dev",
        changed: [
            {
                resource: "edited",
                type: "aws:sqs/queue:Queue",
                operation: "update",
                changes: [{ path: "policy", after: "open" }],
            },
        ],
        unplanned: [
            {
                resource: "payment-events-dev",
                type: "aws:sns/topic:Topic",
                item: "subscription",
                key: "arn:topic https https://example.net",
                opens: "https://example.net gets all messages of payment-events-dev by https",
                remove: "aws sns unsubscribe --subscription-arn arn:subscription",
                planAs: "aws:sns/topicSubscription:TopicSubscription",
            },
        ],
        unread: [],
        lists: 1,
        known: 0,
        byAws: 0,
    } satisfies DriftReport);
});

test("as JSON a change has its values at their paths, a secret has none, and a deleted resource has no changes", async () => {
    const sides = (before: object, after: object) => ({
        old: { custom: true, inputs: before, outputs: before },
        new: { custom: true, inputs: before, outputs: after },
    });
    const type = "aws:sqs/queue:Queue";
    const steps = [
        {
            ...{ urn: "urn::edited", type, op: "update", diffs: ["policy", "size", "token"] },
            ...sides(
                { policy: '{"Statement":[{"Action":"a"}]}', size: 1, token: "[secret]" },
                { policy: '{"Statement":[{"Action":"b"}]}', size: 2, token: "[secret]" },
            ),
        },
        { urn: "urn::gone", type, op: "delete", diffs: ["size"], old: { custom: true, inputs: { size: 1 } } },
    ];
    const { shown } = await driftOf([], { steps, json: true });
    expect((JSON.parse(shown.join("")) as DriftReport).changed).toEqual([
        {
            ...{ resource: "edited", type, operation: "update" },
            changes: [
                { path: "policy.Statement[0].Action", before: "a", after: "b" },
                { path: "size", before: 1, after: 2 },
                { path: "token", before: "[secret]", after: "[secret]" },
            ],
        },
        { resource: "gone", type, operation: "delete", changes: [] },
    ]);
});

test("no list is read for resources that are pending deletion, or are not AWS's", async () => {
    const old = { ...topic, delete: true };
    const { stop, calls } = await driftOf([old, stateResource("random:index/randomPassword:RandomPassword", "token")]);
    expect({ stop, calls }).toEqual({ stop: undefined, calls: [] });
});

test("a rule and a part of an API name the type that they would have", async () => {
    const group = resourceInState("ec2/securityGroup:SecurityGroup", { id: "sg-1" });
    const rule = { SecurityGroupRuleId: "sgr-1", IsEgress: true, IpProtocol: "tcp", CidrIpv4: "0.0.0.0/0" };
    const { said } = await driftOf([group], {
        answers: { DescribeSecurityGroupRules: { SecurityGroupRules: [rule] } },
    });
    expect(said.join("\n")).toContain("plan it as aws.vpc.SecurityGroupEgressRule");
    const { said: saidOfApi } = await driftOf([resourceInState("apigateway/restApi:RestApi", { id: "api" })], {
        answers: {
            GetResources: { items: [{ id: "r", parentId: "root", path: "/x", resourceMethods: { GET: {} } }] },
            ...Object.fromEntries(
                [
                    "Stages",
                    "Deployments",
                    "Authorizers",
                    "Models",
                    "RequestValidators",
                    "GatewayResponses",
                    "UsagePlans",
                    "DomainNames",
                ].map((name) => [`Get${name}`, {}]),
            ),
        },
    });
    expect(saidOfApi.join("\n")).toMatch(/aws\.apigateway\.Resource[^]*aws\.apigateway\.Method /);
});

test("eight calls run at a time, and the answers keep their order", async () => {
    let [open, most] = [0, 0];
    const found = await mapConcurrently([...Array(30).keys()], async (i) => {
        open += 1;
        most = Math.max(most, open);
        await Promise.resolve();
        open -= 1;
        return i * 2;
    });
    expect(most).toBe(8);
    expect(found).toEqual([...Array(30).keys()].map((i) => i * 2));
});
