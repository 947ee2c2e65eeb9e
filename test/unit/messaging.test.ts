import { expect, test } from "@jest/globals";
import { Messaging } from "../../lib/messaging.ts";
import { requireItem } from "../../lib/list.ts";
import { inputsOf, findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    accountId,
    keyArns,
    messagingSettings,
    logicalNamesOf,
    onlyNode,
    parseJsonValue,
    testScope,
    exposeStatements,
    exposeValue,
    policyStatements,
    typeTokens,
} from "./fixtures.ts";

const name = "payment-messaging-test";
const arnOf = (queue: string) => `arn:aws:sqs:us-east-1:${accountId}:payment-${queue}-test`;
const topicArn = `arn:aws:sns:us-east-1:${accountId}:payment-events-test`;
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";

const queueNames = ["processing", "notifications"];
const made = (settings = messagingSettings()) =>
    new Messaging(name, { scope: testScope(), settings, keyArn: keyArns.messaging });
const planned = componentPlanner(made);

test("every queue has a dead-letter queue with the longest retention of SQS", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, typeTokens.queue)).toEqual([
        "payment-notifications-dlq-test",
        "payment-notifications-test",
        "payment-processing-dlq-test",
        "payment-processing-test",
    ]);
    expect(inputsOf(plan, typeTokens.queue).map((inputs) => inputs.messageRetentionSeconds)).toEqual(
        Array(4).fill(1_209_600),
    );
});

test("queues and topic are encrypted with the stack's key", async () => {
    const plan = await planned();
    const queueKeys = inputsOf(plan, typeTokens.queue).map((inputs) => inputs.kmsMasterKeyId);
    expect(queueKeys).toEqual(Array(4).fill(keyArns.messaging));
    expect(onlyNode(plan, "aws:sns/topic:Topic").inputs.kmsMasterKeyId).toBe(keyArns.messaging);
});

test.each([
    ["processing", 120],
    ["notifications", 60],
])(
    "a message of %s is received five times, %i s apart, before it moves to the dead-letter queue",
    async (queue, seconds) => {
        const { inputs } = findNode(await planned(), `payment-${queue}-test`, typeTokens.queue);
        expect(inputs).toMatchObject({ visibilityTimeoutSeconds: seconds, receiveWaitTimeSeconds: 20 });
        expect(parseJsonValue(inputs.redrivePolicy)).toEqual({
            deadLetterTargetArn: arnOf(`${queue}-dlq`),
            maxReceiveCount: 5,
        });
    },
);

test.each(["processing", "notifications"])("only %s itself may use its dead-letter queue", async (queue) => {
    const deadLetters = `payment-${queue}-dlq-test`;
    const plan = await planned();
    const { inputs } = findNode(plan, deadLetters, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy");
    expect(inputs.queueUrl).toBe(findNode(plan, deadLetters, typeTokens.queue).outputs.url);
    expect(parseJsonValue(inputs.redriveAllowPolicy)).toEqual({
        redrivePermission: "byQueue",
        sourceQueueArns: [arnOf(queue)],
    });
});

const refusal = (action: string, resource: string) => ({
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: action,
    Resource: [resource],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const delivery = (resource: string) => ({
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: resource,
    Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
});

test.each([
    ["processing", false],
    ["processing-dlq", false],
    ["notifications", true],
    ["notifications-dlq", true],
])("%s accepts TLS only, and of AWS's services only the topic may send to it: %s", async (queue, delivers) => {
    const plan = await planned();
    const node = findNode(plan, `payment-${queue}-test`, queuePolicy);
    expect(node.inputs.queueUrl).toBe(findNode(plan, `payment-${queue}-test`, typeTokens.queue).outputs.url);
    expect(policyStatements(node)).toEqual([
        refusal("sqs:*", arnOf(queue)),
        ...(delivers ? [delivery(arnOf(queue))] : []),
    ]);
});

test("events are published over TLS only, and only by roles with the permission", async () => {
    const plan = await planned();
    expect(policyStatements(onlyNode(plan, "aws:sns/topicPolicy:TopicPolicy"))).toEqual([
        refusal("sns:Publish", topicArn),
    ]);
});

test("only notifications is subscribed to events, with raw delivery and a dead-letter queue", async () => {
    const plan = await planned();
    const { name: subscriber, inputs, dependencies } = onlyNode(plan, typeTokens.subscription);
    expect(subscriber).toBe("payment-notifications-events-test");
    expect(inputs).toMatchObject({
        topic: topicArn,
        protocol: "sqs",
        endpoint: arnOf("notifications"),
        rawMessageDelivery: true,
    });
    expect(parseJsonValue(inputs.redrivePolicy)).toEqual({ deadLetterTargetArn: arnOf("notifications-dlq") });
    // Messages that come before the queues let the topic in would be lost.
    expect(dependencies).toEqual(
        expect.arrayContaining(
            ["notifications", "notifications-dlq"].map(
                (queue) => findNode(plan, `payment-${queue}-test`, queuePolicy).urn,
            ),
        ),
    );
});

test("a stack has the queues and topics of its settings, and no others", async () => {
    const settings = messagingSettings(
        { refunds: { visibilityTimeoutSeconds: 300, maxReceiveCount: 3 } },
        { audit: {} },
    );
    const plan = await planned(settings);
    expect(logicalNamesOf(plan, typeTokens.queue)).toEqual(["payment-refunds-dlq-test", "payment-refunds-test"]);
    expect(logicalNamesOf(plan, "aws:sns/topic:Topic")).toEqual(["payment-audit-test"]);
    expect(nodesOf(plan, typeTokens.subscription)).toEqual([]);
    const { inputs } = findNode(plan, "payment-refunds-test", typeTokens.queue);
    expect(inputs.visibilityTimeoutSeconds).toBe(300);
    expect(parseJsonValue(inputs.redrivePolicy)).toMatchObject({ maxReceiveCount: 3 });
    const none = await planned(messagingSettings({}, {}));
    expect([...nodesOf(none, typeTokens.queue), ...nodesOf(none, "aws:sns/topic:Topic")]).toEqual([]);
});

test("a queue may subscribe to several topics: each may deliver to it, and each subscription has the topic in its name", async () => {
    const settings = messagingSettings(
        { ledger: { subscribesTo: ["events", "refunds"] } },
        { events: {}, refunds: {} },
    );
    const plan = await planned(settings);
    expect(logicalNamesOf(plan, typeTokens.subscription)).toEqual([
        "payment-ledger-events-test",
        "payment-ledger-refunds-test",
    ]);
    // The first one is the subscription that earlier releases called like the queue.
    const aliasesOf = (name: string) => findNode(plan, name, typeTokens.subscription).options.aliases;
    expect(aliasesOf("payment-ledger-events-test")).toMatchObject([{ name: "payment-ledger-test" }]);
    expect(aliasesOf("payment-ledger-refunds-test")).toEqual([]);
    const [, allowed] = policyStatements(findNode(plan, "payment-ledger-test", queuePolicy));
    expect(allowed?.Condition).toEqual({
        ArnEquals: { "aws:SourceArn": [topicArn, topicArn.replace("events", "refunds")] },
    });
});

const throughSqs = { StringEquals: { "kms:ViaService": "sqs.eu-west-1.amazonaws.com" } };

test.each(queueNames)("a service that sends to %s may send messages, and nothing else", async (queue) => {
    const plan = await planComponent(() => exposeStatements("shown", made().sendStatements([queue])));
    expect(policyStatements(findNode(plan, "shown"))).toEqual([
        { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: arnOf(queue) },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: keyArns.messaging,
            Condition: throughSqs,
        },
    ]);
});

test("a service that sends to several queues has one statement for them, and one that sends to none has none", async () => {
    const plan = await planComponent(() => {
        exposeStatements("several", made().sendStatements(queueNames));
    });
    expect(policyStatements(findNode(plan, "several")).map(({ Resource }) => Resource)).toEqual([
        queueNames.map(arnOf),
        keyArns.messaging,
    ]);
    await planComponent(() => {
        const messaging = made();
        expect([...messaging.sendStatements([]), ...messaging.publishStatements([])]).toEqual([]);
    });
});

test.each(queueNames)(
    "a service that consumes %s may receive, delete and extend messages, not send or purge",
    async (queue) => {
        const plan = await planComponent(() => exposeStatements("shown", made().consumeStatements(queue)));
        expect(policyStatements(findNode(plan, "shown"))).toEqual([
            {
                Effect: "Allow",
                Action: [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                ],
                Resource: arnOf(queue),
            },
            { Effect: "Allow", Action: ["kms:Decrypt"], Resource: keyArns.messaging, Condition: throughSqs },
        ]);
    },
);

test("a service that publishes may publish to that topic, and use the key through SNS only", async () => {
    const plan = await planComponent(() => exposeStatements("shown", made().publishStatements(["events"])));
    expect(policyStatements(findNode(plan, "shown"))).toEqual([
        { Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: keyArns.messaging,
            Condition: { StringEquals: { "kms:ViaService": "sns.eu-west-1.amazonaws.com" } },
        },
    ]);
});

test("the URL of a queue or topic is published only once its policy denies plain connections", async () => {
    const plan = await planComponent(() => {
        const { queues, topicArns } = made();
        for (const queue of queueNames) {
            exposeValue(queue, requireItem(queues, queue).url);
        }
        exposeValue("topic", requireItem(topicArns, "events"));
    });
    const waitsFor = (shown: string) => findNode(plan, shown, "aws:ec2/tag:Tag").propertyDependencies.value;
    for (const queue of queueNames) {
        expect(waitsFor(queue)).toContain(findNode(plan, `payment-${queue}-test`, queuePolicy).urn);
    }
    expect(waitsFor("topic")).toContain(onlyNode(plan, "aws:sns/topicPolicy:TopicPolicy").urn);
    expect(nodesOf(plan, queuePolicy)).toHaveLength(4);
});
