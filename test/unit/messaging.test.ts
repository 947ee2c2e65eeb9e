import { expect, test } from "@jest/globals";
import { Messaging } from "../../lib/messaging.ts";
import { requireItem } from "../../lib/list.ts";
import { inputsOf, findNode, nodesOf, planComponent } from "../recorder.ts";
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
const planned = (settings = messagingSettings()) => planComponent(() => made(settings));

test("every queue has a dead-letter queue, kept for as long as SQS can", async () => {
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
])("a message of %s fails five times before it is set aside, %i s apart", async (queue, seconds) => {
    const { inputs } = findNode(await planned(), `payment-${queue}-test`, typeTokens.queue);
    expect(inputs).toMatchObject({ visibilityTimeoutSeconds: seconds, receiveWaitTimeSeconds: 20 });
    expect(parseJsonValue(inputs.redrivePolicy)).toEqual({
        deadLetterTargetArn: arnOf(`${queue}-dlq`),
        maxReceiveCount: 5,
    });
});

test.each(["processing", "notifications"])("only %s itself may set its messages aside", async (queue) => {
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
])("%s is reached over TLS only; the topic, and nothing else of AWS, delivers to it: %s", async (queue, delivers) => {
    const plan = await planned();
    const node = findNode(plan, `payment-${queue}-test`, queuePolicy);
    expect(node.inputs.queueUrl).toBe(findNode(plan, `payment-${queue}-test`, typeTokens.queue).outputs.url);
    expect(policyStatements(node)).toEqual([
        refusal("sqs:*", arnOf(queue)),
        ...(delivers ? [delivery(arnOf(queue))] : []),
    ]);
});

test("events are published over TLS only, and by no one whom a role does not let", async () => {
    const plan = await planned();
    expect(policyStatements(onlyNode(plan, "aws:sns/topicPolicy:TopicPolicy"))).toEqual([
        refusal("sns:Publish", topicArn),
    ]);
});

test("only notifications hears of events: as they were sent, and none is lost when delivery fails", async () => {
    const plan = await planned();
    const { name: subscriber, inputs, dependencies } = onlyNode(plan, typeTokens.subscription);
    expect(subscriber).toBe("payment-notifications-test");
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

test("a queue may subscribe to several topics: each may deliver to it, and the first subscription keeps its name", async () => {
    const settings = messagingSettings(
        { ledger: { subscribesTo: ["events", "refunds"] } },
        { events: {}, refunds: {} },
    );
    const plan = await planned(settings);
    expect(logicalNamesOf(plan, typeTokens.subscription)).toEqual([
        "payment-ledger-refunds-test",
        "payment-ledger-test",
    ]);
    const [, allowed] = policyStatements(findNode(plan, "payment-ledger-test", queuePolicy));
    expect(allowed?.Condition).toEqual({
        ArnEquals: { "aws:SourceArn": [topicArn, topicArn.replace("events", "refunds")] },
    });
});

const throughSqs = { StringEquals: { "kms:ViaService": "sqs.eu-west-1.amazonaws.com" } };

test.each(queueNames)("who sends to %s may put messages there, and nothing else", async (queue) => {
    const plan = await planComponent(() => exposeStatements("shown", made().sendStatements(queue)));
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

test.each(queueNames)("who consumes %s may take messages and ask for more time, not send or purge", async (queue) => {
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
});

test("who publishes may publish to that topic, and use the key through SNS only", async () => {
    const plan = await planComponent(() => exposeStatements("shown", made().publishStatements("events")));
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

test("nobody gets the address of a queue or topic before its policy refuses plain connections", async () => {
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
