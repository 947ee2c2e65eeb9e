import { expect, test } from "@jest/globals";
import { Interrupt } from "../../../tools/frame/interrupt.ts";
import { shapeOf } from "../../../tools/redrive/masked.ts";
import { awsError, clientsWith, terminalWith, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
const hour = 3_600_000;
const id = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-${digit.repeat(12)}`;
const by = "arn:aws:sts::123456789012:assumed-role/on-call/alex";
const arn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const [deadLetters, source] = ["payment-processing-dlq-dev", "payment-processing-dev"];

interface FakeMessage {
    readonly MessageId: string;
    readonly Body: string;
    readonly Attributes?: Readonly<Record<string, string>>;
    readonly MessageAttributes?: Readonly<Record<string, object>>;
}

const message = (digit: string, Body = "{}", Attributes: FakeMessage["Attributes"] = {}): FakeMessage => ({
    MessageId: id(digit),
    Body,
    Attributes: {
        SentTimestamp: `${now - 3 * hour}`,
        ApproximateReceiveCount: "6",
        DeadLetterQueueSourceArn: arn(source),
        ...Attributes,
    },
});

/** SQS with these messages in the dead-letter queue: each is received by one receiver until it is visible again. */
function fakeSqs(messages: readonly FakeMessage[], attributes: Readonly<Record<string, string>> = {}) {
    const left = new Map(messages.map((each) => [each.MessageId, each]));
    const hidden = new Set<string>();
    const sent: Record<string, unknown>[] = [];
    const records: { Bucket: string; Key: string; body: Record<string, unknown> }[] = [];
    const answers: FakeResponses = {
        GetCallerIdentity: { Account: "123456789012", Arn: by },
        GetQueueUrl: (input) => ({ QueueUrl: `https://sqs/${(input as { QueueName: string }).QueueName}` }),
        GetQueueAttributes: (input) => ({
            Attributes: {
                QueueArn: arn((input as { QueueUrl: string }).QueueUrl.replace("https://sqs/", "")),
                ApproximateNumberOfMessages: `${left.size}`,
                ApproximateNumberOfMessagesNotVisible: "0",
                MessageRetentionPeriod: "1209600",
                ...attributes,
            },
        }),
        ReceiveMessage: () => {
            const batch = [...left.values()].filter(({ MessageId }) => !hidden.has(MessageId)).slice(0, 10);
            batch.forEach(({ MessageId }) => hidden.add(MessageId));
            return { Messages: batch.map((each) => ({ ...each, ReceiptHandle: each.MessageId })) };
        },
        ChangeMessageVisibilityBatch: (input) => {
            const { Entries } = input as { Entries: { ReceiptHandle: string; VisibilityTimeout: number }[] };
            Entries.filter(({ VisibilityTimeout }) => VisibilityTimeout === 0).forEach(({ ReceiptHandle }) =>
                hidden.delete(ReceiptHandle),
            );
            return {};
        },
        SendMessage: (input) => {
            sent.push(input);
            return {};
        },
        DeleteMessage: (input) => {
            left.delete((input as { ReceiptHandle: string }).ReceiptHandle);
            return {};
        },
        StartMessageMoveTask: { TaskHandle: "task" },
        ListMessageMoveTasks: {
            Results: [{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: messages.length }],
        },
        PutObject: (input) => {
            const { Bucket, Key, Body } = input as { Bucket: string; Key: string; Body: string };
            records.push({ Bucket, Key, body: JSON.parse(Body) as Record<string, unknown> });
            return {};
        },
    };
    return { answers, left, hidden, sent, records };
}

async function redrive(
    argv: string[],
    answers: FakeResponses,
    { answer = "", interrupt = new Interrupt() }: { answer?: string; interrupt?: Interrupt } = {},
) {
    const { clients, calls } = clientsWith(answers);
    const result = await runTool("redrive", argv, {
        interrupt,
        terminal: answer === "" ? undefined : terminalWith(answer),
        createClients: () => Promise.resolve(clients),
        clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    return { ...result, calls, names: calls.map(([name]) => name) };
}

const reason = ["--reason", "payments 17 is deployed", "--yes"];
const secrets = {
    card: "4111 1111 1111 1111",
    email: "alex@example.com",
    correlationId: "order-abc-1234",
    items: [{ "alex@example.com": 12.5 }],
    amount: 1999,
};

test("messages are shown by names and types alone, with age, receives and the correlation ID", async () => {
    const { answers, hidden } = fakeSqs([message("1", JSON.stringify(secrets))]);
    const { code, out, err, calls } = await redrive(["dev", "processing"], answers);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.split("\n")).toEqual([
        `${deadLetters}: about 1 messages, and 0 that another receiver has; 1 shown, without their values`,
        "id                                    age  left  receives  correlation id  why it is here",
        `${id("1")}  3 h  13 d  6         order-abc-1234  its consumer did not delete it as often as the queue allows`,
        "    {card: text of 19, email: text of 16, correlationId: text of 14, items: [1 times {name of 16: number}], amount: number}",
        "",
    ]);
    expect(out).not.toMatch(/4111|example\.com|1999/);
    expect(hidden.size).toBe(0);
    expect(calls.map(([name]) => name)).not.toContain("DeleteMessage");
    expect(calls.find(([name]) => name === "ReceiveMessage")?.[1]).toMatchObject({ VisibilityTimeout: 60 });
});

test("all messages of several answers are shown once each, and are visible again", async () => {
    const { answers, hidden } = fakeSqs(Array.from({ length: 12 }, (_, i) => message(i.toString(16))));
    const { out, names } = await redrive(["dev", "processing", "--json"], answers);
    expect((JSON.parse(out) as { messages: object[] }).messages).toHaveLength(12);
    expect(names.filter((name) => name === "ChangeMessageVisibilityBatch")).toHaveLength(2);
    expect(hidden.size).toBe(0);
});

test("the code of an error is shown where AWS has set one, and no value of another attribute", async () => {
    const { answers } = fakeSqs([
        {
            ...message("1", "no JSON of alex@example.com"),
            MessageAttributes: {
                ERROR_CODE: { DataType: "String", StringValue: "NO_PERMISSIONS" },
                ERROR_MESSAGE: { DataType: "String", StringValue: "alex@example.com" },
                "alex@example.com": { DataType: "String.alex", StringValue: "x" },
            },
        },
    ]);
    const { out } = await redrive(["dev", "alerts"], answers);
    expect(out).toContain("not delivered: NO_PERMISSIONS");
    expect(out).toContain(
        "text of 27; attribute ERROR_CODE: String; attribute ERROR_MESSAGE: String; attribute name of 16: String",
    );
    expect(out).not.toMatch(/alex|example\.com/);
});

test.each([
    [{ a: { b: { c: { d: { e: 1 } } } } }, "{a: {b: {c: {d: {...}}}}}"],
    [Object.fromEntries(Array.from({ length: 22 }, (_, i) => [`f${i}`, true])), /, f19: boolean, 2 more}$/],
    [["4111111111111111", 2], "[2 times text of 16]"],
    [{ "4111111111111111": null, list: [] }, "{name of 16: null, list: []}"],
])("the shape of %j is %s", (value, shape) => {
    expect(shapeOf(value)).toEqual(shape instanceof RegExp ? expect.stringMatching(shape) : shape);
});

test("all are moved by a task of SQS; who, when and why is recorded before and after", async () => {
    const { answers, records } = fakeSqs([message("1"), message("2")]);
    const { code, err, calls, names } = await redrive(["dev", "processing", "--send", "all", ...reason], answers);
    expect({ code, err }).toEqual({ code: 0, err: `2 sent back to ${source}\n` });
    expect(calls.find(([name]) => name === "StartMessageMoveTask")?.[1]).toEqual({
        SourceArn: arn(deadLetters),
        DestinationArn: arn(source),
    });
    expect(names.indexOf("PutObject")).toBeLessThan(names.indexOf("StartMessageMoveTask"));
    const said = { version: 1, stack: "dev", at: "2027-01-31T10:15:00.000Z", by, reason: "payments 17 is deployed" };
    const queues = { from: deadLetters, to: source };
    expect(records.map(({ body }) => body)).toEqual([
        { ...said, event: "redrive.requested", details: { ...queues, messages: "all" } },
        { ...said, event: "redrive.done", details: { ...queues, sent: 2 } },
    ]);
    expect(records[0]).toMatchObject({
        Bucket: "payment-audit-dev-123456789012",
        Key: expect.stringMatching(
            /^audit\/operations\/2027\/01\/31\/2027-01-31T10:15:00\.000Z-redrive\.requested-.*\.json$/,
        ),
    });
});

test("a chosen message is sent as it was, with its group, and deleted after that; the others stay", async () => {
    const fifo = {
        ...message("2", '{"a":1}', { MessageGroupId: "g", MessageDeduplicationId: "d", AWSTraceHeader: "Root=1" }),
        MessageAttributes: { kind: { DataType: "String", StringValue: "refund" } },
    };
    const { answers, left, sent, hidden, records } = fakeSqs([message("1"), fifo, message("3")]);
    const { code, names } = await redrive(["dev", "processing", "--send", id("2"), ...reason], answers);
    expect(code).toBe(0);
    expect(sent).toEqual([
        {
            QueueUrl: `https://sqs/${source}`,
            MessageBody: '{"a":1}',
            MessageAttributes: fifo.MessageAttributes,
            MessageGroupId: "g",
            MessageDeduplicationId: "d",
            MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1" } },
        },
    ]);
    expect([...left.keys()]).toEqual([id("1"), id("3")]);
    expect(hidden.has(id("1"))).toBe(false);
    expect(names.indexOf("SendMessage")).toBeLessThan(names.indexOf("DeleteMessage"));
    expect(records.at(-1)?.body.details).toMatchObject({ sent: 1, ids: [id("2")] });
});

test("a number of messages is sent one by one", async () => {
    const { answers, left } = fakeSqs([message("1"), message("2"), message("3")]);
    const { code, err } = await redrive(["dev", "processing", "--send", "2", ...reason], answers);
    expect({ code, err }).toEqual({ code: 0, err: `2 sent back to ${source}\n` });
    expect([...left.keys()]).toEqual([id("3")]);
});

const failure = (name: string, text: string): Error => Object.assign(awsError(name, text), { $metadata: {} });

test("a failure between sending and deleting leaves the message in both queues, and says so", async () => {
    const { answers, left, records } = fakeSqs([message("1"), message("2")]);
    const { code, err } = await redrive(["dev", "processing", "--send", "2", ...reason], {
        ...answers,
        DeleteMessage: failure("ThrottlingException", "Rate exceeded"),
    });
    expect(code).toBe(1);
    expect(err).toContain(`1 sent back, then: ${id("1")} is in both queues now: Rate exceeded`);
    expect(left.size).toBe(2);
    expect(records.at(-1)?.body).toMatchObject({ event: "redrive.failed", details: { sent: 1 } });
});

test.each<[string, string, FakeResponses, string]>([
    [
        "a message that SQS does not accept",
        "1",
        { SendMessage: failure("KmsAccessDenied", "no key") },
        "was not sent: no key",
    ],
    [
        "a task that fails",
        "all",
        { ListMessageMoveTasks: { Results: [{ Status: "FAILED", FailureReason: "AccessDenied" }] } },
        "the task of SQS is FAILED: AccessDenied",
    ],
    [
        "a task that runs already",
        "all",
        { StartMessageMoveTask: failure("UnsupportedOperation", "There is already a task running") },
        "There is already a task running",
    ],
])("%s is recorded as a failure, and ends with 1", async (_, what, given, text) => {
    const { answers, left, records } = fakeSqs([message("1")]);
    const { code, err } = await redrive(["dev", "processing", "--send", what, ...reason], { ...answers, ...given });
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(left.size).toBe(1);
    expect(records.map(({ body }) => body.event)).toEqual(["redrive.requested", "redrive.failed"]);
});

test("a FIFO message of the last five minutes is not sent: SQS would drop it as a duplicate", async () => {
    const young = message("1", "{}", { MessageDeduplicationId: "d", SentTimestamp: `${now - 60_000}` });
    const { answers, left, sent } = fakeSqs([young]);
    const { code, err } = await redrive(["dev", "processing", "--send", "1", ...reason], answers);
    expect({ code, sent, left: left.size }).toEqual({ code: 1, sent: [], left: 1 });
    expect(err).toContain("SQS would drop it as a duplicate: try again later");
});

test("what cannot be recorded is not sent", async () => {
    const { answers, sent } = fakeSqs([message("1")]);
    const { code, err, names } = await redrive(["dev", "processing", "--send", "1", ...reason], {
        ...answers,
        PutObject: failure("AccessDenied", "not authorized to perform s3:PutObject"),
    });
    expect({ code, err, sent }).toEqual({
        code: 1,
        err: "AWS: AccessDenied: not authorized to perform s3:PutObject\n",
        sent: [],
    });
    expect(names).not.toContain("DeleteMessage");
});

/** Starts the task; the operator then cancels. */
const startThenInterrupt = (interrupt: Interrupt) => () => {
    interrupt.cancel(true);
    return { TaskHandle: "task" };
};

test("Ctrl-C cancels the task of SQS, and what it has moved is recorded", async () => {
    const { answers, records } = fakeSqs([message("1")]);
    const interrupt = new Interrupt();
    const statuses = ["CANCELLING", "CANCELLING", "CANCELLED"];
    const { code, err, names } = await redrive(
        ["dev", "processing", "--send", "all", ...reason],
        {
            ...answers,
            StartMessageMoveTask: startThenInterrupt(interrupt),
            CancelMessageMoveTask: {},
            ListMessageMoveTasks: () => ({
                Results: [{ Status: statuses.shift(), ApproximateNumberOfMessagesMoved: 7 }],
            }),
        },
        { interrupt },
    );
    expect(code).toBe(130);
    // SQS cancels a task that runs, and refuses a second cancellation.
    expect(names.filter((name) => name === "CancelMessageMoveTask")).toHaveLength(1);
    expect(err).toContain("7 sent back, then: the task of SQS is CANCELLED");
    expect(records.at(-1)?.body).toMatchObject({ event: "redrive.failed", details: { sent: 7 } });
});

test("a task whose state cannot be read is recorded with what it had moved, and not as nothing", async () => {
    const { answers, records } = fakeSqs([message("1")]);
    let reads = 0;
    const { code, err } = await redrive(["dev", "processing", "--send", "all", ...reason], {
        ...answers,
        ListMessageMoveTasks: () => {
            reads += 1;
            if (reads === 2) {
                throw failure("ThrottlingException", "Rate exceeded");
            }
            return { Results: [{ Status: "RUNNING", ApproximateNumberOfMessagesMoved: 7 }] };
        },
    });
    expect(code).toBe(1);
    expect(err).toContain("7 sent back, then: SQS continues its task, whose state could not be read: Rate exceeded");
    expect(records.at(-1)?.body).toMatchObject({ event: "redrive.failed", details: { sent: 7 } });
});

test("Ctrl-C after the task of SQS has ended records that it is completed", async () => {
    const { answers, records } = fakeSqs([message("1")]);
    const interrupt = new Interrupt();
    const { code, err } = await redrive(
        ["dev", "processing", "--send", "all", ...reason],
        {
            ...answers,
            StartMessageMoveTask: startThenInterrupt(interrupt),
            CancelMessageMoveTask: failure("ResourceNotFoundException", "no active task"),
        },
        { interrupt },
    );
    expect(code).toBe(130);
    expect(err).toContain("SQS did not cancel its task: no active task");
    expect(records.at(-1)?.body).toMatchObject({ event: "redrive.done", details: { sent: 1 } });
});

test.each([["all"], [id("1")]])("Ctrl-C while the request is recorded sends nothing: --send %s", async (what) => {
    const { answers, left, records } = fakeSqs([message("1")]);
    const interrupt = new Interrupt();
    const putObject = answers.PutObject as (input: object) => object;
    const { code, names } = await redrive(
        ["dev", "processing", "--send", what, ...reason],
        {
            ...answers,
            PutObject: (input) => {
                interrupt.cancel(true);
                return putObject(input);
            },
        },
        { interrupt },
    );
    expect({ code, left: left.size }).toEqual({ code: 130, left: 1 });
    expect(names.filter((name) => /Send|Start/.test(name))).toEqual([]);
    expect(records.at(-1)?.body).toMatchObject({
        event: "redrive.failed",
        details: { sent: 0, problem: "cancelled" },
    });
});

test("once the messages with the given IDs are received, no others are", async () => {
    const { answers } = fakeSqs(Array.from({ length: 12 }, (_, i) => message(i.toString(16))));
    const given = ["--send", id("2"), "--send", id("2")];
    const { code, names } = await redrive(["dev", "processing", ...given, ...reason], answers);
    expect(code).toBe(0);
    expect(names.filter((name) => name === "ReceiveMessage")).toHaveLength(2);
});

test("messages that cannot be released at once are visible after the timeout, which is said", async () => {
    const { answers } = fakeSqs([message("1")]);
    const { code, err } = await redrive(["dev", "processing"], {
        ...answers,
        ChangeMessageVisibilityBatch: failure("ThrottlingException", "Rate exceeded"),
    });
    expect({ code, err }).toEqual({
        code: 0,
        err: "the messages are visible again in 60 s, not at once: Rate exceeded\n",
    });
});

test.each<[string, string[], FakeResponses, number, string]>([
    [
        "a missing queue",
        [],
        { GetQueueUrl: failure("QueueDoesNotExist", "gone") },
        11,
        `there is no queue ${deadLetters}: deploy`,
    ],
    [
        "an expired session",
        [],
        { GetCallerIdentity: failure("ExpiredToken", "expired") },
        1,
        "does not accept them: expired",
    ],
    [
        "an expired session, later",
        [],
        { ReceiveMessage: failure("ExpiredToken", "expired") },
        1,
        "AWS: ExpiredToken: expired",
    ],
    [
        "a message that is not there",
        ["--send", id("7"), ...reason],
        {},
        1,
        `${deadLetters} gives ${id("7")} not; nothing was sent`,
    ],
    ["a missing confirmation", ["--send", "1", "--reason", "x"], {}, 5, "pass --yes"],
])("%s sends and records nothing", async (_, argv, given, exitCode, text) => {
    const { answers, records, sent, hidden } = fakeSqs([message("1")]);
    const { code, err } = await redrive(["dev", "processing", ...argv], { ...answers, ...given });
    expect({ code, records, sent }).toEqual({ code: exitCode, records: [], sent: [] });
    expect(err).toContain(text);
    expect(hidden.size).toBe(0);
});

test("an empty queue has nothing to send; a dead-letter queue with a redrive policy is not looked at", async () => {
    const empty = await redrive(["dev", "processing", "--send", "all", ...reason], fakeSqs([]).answers);
    expect(empty).toMatchObject({ code: 1, err: `${deadLetters} gives no message; nothing was sent\n` });
    const chained = await redrive(["dev", "processing"], fakeSqs([message("1")], { RedrivePolicy: "{}" }).answers);
    expect(chained.code).toBe(1);
    expect(chained.names).not.toContain("ReceiveMessage");
});

test.each([
    [["dev", "procesing"], 'no queue "procesing": did you mean processing?'],
    [["dev", "processing", "--send", "all"], "give --send and --reason together"],
    [["processing"], "<stack> is missing before processing: which stack? There are "],
    [["dev", "processing", "--reason", "x"], "give --send and --reason together"],
    [["dev", "processing", "--yes"], "--yes has no effect without --send"],
    [
        ["dev", "processing", "--send", "some", "--reason", "x"],
        "--send must be all, a number from 1 to 100, or the IDs",
    ],
    [["dev", "processing", "--send", "101", "--reason", "x"], "--send must be all, a number from 1 to 100, or the IDs"],
    [["dev", "processing", "--send", "all", "--send", "1", "--reason", "x"], "--send must be all"],
    [["dev", "processing", "--send", "1", "--reason", " "], "--reason must have 1 to 500 characters"],
    [
        ["dev", "processing", "--send", "1", "--reason", "card 4111 1111 1111 1111"],
        "--reason must contain no card number, for it is recorded",
    ],
    [
        ["dev", "validator", "--send", "all", "--reason", "x"],
        "payment-validator-dlq-dev are from Lambda: there is no queue",
    ],
])("%j is refused before any call to AWS", async (argv, text) => {
    const { code, err, calls } = await redrive(argv, {});
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(text);
    expect(err).not.toContain("4111");
});
