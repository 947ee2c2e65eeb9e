import { expect, test } from "@jest/globals";
import { Messaging } from "../../lib/messaging.ts";
import { at } from "../../lib/list.ts";
import { inputsOf, nodeNamed, nodesOf, record } from "../recorder.ts";
import {
    account,
    keys,
    messagingSettings,
    namesOf,
    onlyNode,
    parsed,
    scopeOf,
    showStatements,
    showValue,
    statementsOf,
    types,
} from "./parts.ts";

const name = "payment-messaging-test";
const arnOf = (queue: string) => `arn:aws:sqs:us-east-1:${account}:payment-${queue}-test`;
const topicArn = `arn:aws:sns:us-east-1:${account}:payment-events-test`;
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";

const queueNames = ["processing", "notifications"];
const made = (settings = messagingSettings()) =>
    new Messaging(name, { scope: scopeOf(), settings, keyArn: keys.messaging });
const planned = (settings = messagingSettings()) => record(() => made(settings));

test("every queue has a dead-letter queue, kept for as long as SQS can", async () => {
    const plan = await planned();
    expect(namesOf(plan, types.queue)).toEqual([
        "payment-notifications-dlq-test",
        "payment-notifications-test",
        "payment-processing-dlq-test",
        "payment-processing-test",
    ]);
    expect(inputsOf(plan, types.queue).map((inputs) => inputs.messageRetentionSeconds)).toEqual(
        Array(4).fill(1_209_600),
    );
});

test("queues and topic are encrypted with the stack's key", async () => {
    const plan = await planned();
    const queueKeys = inputsOf(plan, types.queue).map((inputs) => inputs.kmsMasterKeyId);
    expect(queueKeys).toEqual(Array(4).fill(keys.messaging));
    expect(onlyNode(plan, "aws:sns/topic:Topic").inputs.kmsMasterKeyId).toBe(keys.messaging);
});

test.each([
    ["processing", 120],
    ["notifications", 60],
])("a message of %s fails five times before it is set aside, %i s apart", async (queue, seconds) => {
    const { inputs } = nodeNamed(await planned(), `payment-${queue}-test`, types.queue);
    expect(inputs).toMatchObject({ visibilityTimeoutSeconds: seconds, receiveWaitTimeSeconds: 20 });
    expect(parsed(inputs.redrivePolicy)).toEqual({ deadLetterTargetArn: arnOf(`${queue}-dlq`), maxReceiveCount: 5 });
});

test.each(["processing", "notifications"])("only %s itself may set its messages aside", async (queue) => {
    const deadLetters = `payment-${queue}-dlq-test`;
    const plan = await planned();
    const { inputs } = nodeNamed(plan, deadLetters, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy");
    expect(inputs.queueUrl).toBe(nodeNamed(plan, deadLetters, types.queue).outputs.url);
    expect(parsed(inputs.redriveAllowPolicy)).toEqual({
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
    const node = nodeNamed(plan, `payment-${queue}-test`, queuePolicy);
    expect(node.inputs.queueUrl).toBe(nodeNamed(plan, `payment-${queue}-test`, types.queue).outputs.url);
    expect(statementsOf(node)).toEqual([refusal("sqs:*", arnOf(queue)), ...(delivers ? [delivery(arnOf(queue))] : [])]);
});

test("events are published over TLS only, and by no one whom a role does not let", async () => {
    const plan = await planned();
    expect(statementsOf(onlyNode(plan, "aws:sns/topicPolicy:TopicPolicy"))).toEqual([refusal("sns:Publish", topicArn)]);
});

test("only notifications hears of events: as they were sent, and none is lost when delivery fails", async () => {
    const plan = await planned();
    const { name: subscriber, inputs, dependencies } = onlyNode(plan, types.subscription);
    expect(subscriber).toBe("payment-notifications-test");
    expect(inputs).toMatchObject({
        topic: topicArn,
        protocol: "sqs",
        endpoint: arnOf("notifications"),
        rawMessageDelivery: true,
    });
    expect(parsed(inputs.redrivePolicy)).toEqual({ deadLetterTargetArn: arnOf("notifications-dlq") });
    // Messages that come before the queues let the topic in would be lost.
    expect(dependencies).toEqual(
        expect.arrayContaining(
            ["notifications", "notifications-dlq"].map(
                (queue) => nodeNamed(plan, `payment-${queue}-test`, queuePolicy).urn,
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
    expect(namesOf(plan, types.queue)).toEqual(["payment-refunds-dlq-test", "payment-refunds-test"]);
    expect(namesOf(plan, "aws:sns/topic:Topic")).toEqual(["payment-audit-test"]);
    expect(nodesOf(plan, types.subscription)).toEqual([]);
    const { inputs } = nodeNamed(plan, "payment-refunds-test", types.queue);
    expect(inputs.visibilityTimeoutSeconds).toBe(300);
    expect(parsed(inputs.redrivePolicy)).toMatchObject({ maxReceiveCount: 3 });
    const none = await planned(messagingSettings({}, {}));
    expect([...nodesOf(none, types.queue), ...nodesOf(none, "aws:sns/topic:Topic")]).toEqual([]);
});

test("a queue may subscribe to several topics: each may deliver to it, and the first subscription keeps its name", async () => {
    const settings = messagingSettings(
        { ledger: { subscribesTo: ["events", "refunds"] } },
        { events: {}, refunds: {} },
    );
    const plan = await planned(settings);
    expect(namesOf(plan, types.subscription)).toEqual(["payment-ledger-refunds-test", "payment-ledger-test"]);
    const [, allowed] = statementsOf(nodeNamed(plan, "payment-ledger-test", queuePolicy));
    expect(allowed?.Condition).toEqual({
        ArnEquals: { "aws:SourceArn": [topicArn, topicArn.replace("events", "refunds")] },
    });
});

const throughSqs = { StringEquals: { "kms:ViaService": "sqs.eu-west-1.amazonaws.com" } };

test.each(queueNames)("who sends to %s may put messages there, and nothing else", async (queue) => {
    const plan = await record(() => showStatements("shown", made().send(queue)));
    expect(statementsOf(nodeNamed(plan, "shown"))).toEqual([
        { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: arnOf(queue) },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: keys.messaging,
            Condition: throughSqs,
        },
    ]);
});

test.each(queueNames)("who consumes %s may take messages and ask for more time, not send or purge", async (queue) => {
    const plan = await record(() => showStatements("shown", made().consume(queue)));
    expect(statementsOf(nodeNamed(plan, "shown"))).toEqual([
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
        { Effect: "Allow", Action: ["kms:Decrypt"], Resource: keys.messaging, Condition: throughSqs },
    ]);
});

test("who publishes may publish to that topic, and use the key through SNS only", async () => {
    const plan = await record(() => showStatements("shown", made().publish("events")));
    expect(statementsOf(nodeNamed(plan, "shown"))).toEqual([
        { Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
        {
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: keys.messaging,
            Condition: { StringEquals: { "kms:ViaService": "sns.eu-west-1.amazonaws.com" } },
        },
    ]);
});

test("nobody gets the address of a queue or topic before its policy refuses plain connections", async () => {
    const plan = await record(() => {
        const { queues, topicArns } = made();
        for (const queue of queueNames) {
            showValue(queue, at(queues, queue).url);
        }
        showValue("topic", at(topicArns, "events"));
    });
    const waitsFor = (shown: string) => nodeNamed(plan, shown, "aws:ec2/tag:Tag").propertyDependencies.value;
    for (const queue of queueNames) {
        expect(waitsFor(queue)).toContain(nodeNamed(plan, `payment-${queue}-test`, queuePolicy).urn);
    }
    expect(waitsFor("topic")).toContain(onlyNode(plan, "aws:sns/topicPolicy:TopicPolicy").urn);
    expect(nodesOf(plan, queuePolicy)).toHaveLength(4);
});
