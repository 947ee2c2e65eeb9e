import { expect, test } from "@jest/globals";
import { digestOf } from "../../../tools/rollback/history.ts";
import { maskMessage } from "../../../tools/redrive/masked.ts";
import { findQueue } from "../../../tools/redrive/queues.ts";
import { moveAll, sendMessages, type Redrive } from "../../../tools/redrive/send.ts";
import { clientsWith, type FakeResponses } from "./deploy/fakes.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
const queue = { name: "", url: "", arn: "", visible: 7, inFlight: 0, retentionSeconds: 60 };

function redriveWith(responses: FakeResponses): { redrive: Redrive; said: string[] } {
    const said: string[] = [];
    const redrive = {
        sqs: clientsWith(responses).clients.sqs,
        ...{ deadLetters: queue, source: queue, signal: new AbortController().signal },
        clock: { now: () => now, sleep: () => Promise.resolve() },
        say: (line: string) => {
            said.push(line);
        },
    };
    return { redrive, said };
}

test("a message without attributes, body or ID is shown by what it has", () => {
    expect(maskMessage({ MessageAttributes: { Kind: { DataType: undefined } } }, 60)).toEqual({
        ...{ id: "", sentAt: "1970-01-01T00:00:00.000Z", expiresAt: "1970-01-01T00:01:00.000Z", receives: 0 },
        ...{ reason: "SQS gives no reason", correlationId: undefined, attributes: { Kind: "" } },
        shape: expect.any(String),
    });
    expect(maskMessage({}, 60).attributes).toEqual({});
});

test("a queue without attributes is empty", async () => {
    const { redrive } = redriveWith({ GetQueueUrl: {}, GetQueueAttributes: {} });
    expect(await findQueue(redrive.sqs, "payment-processing-dlq-dev", true)).toEqual({
        ...{ name: "payment-processing-dlq-dev", url: "", arn: "" },
        ...{ visible: 0, inFlight: 0, retentionSeconds: 0 },
    });
});

test("a task of SQS without a number of messages is followed by what the queue had", async () => {
    const tasks = [
        { Results: [{ Status: "RUNNING", ApproximateNumberOfMessagesMoved: 2 }] },
        { Results: [{ Status: "FAILED", FailureReason: "AccessDenied" }] },
    ];
    const { redrive, said } = redriveWith({
        StartMessageMoveTask: {},
        ListMessageMoveTasks: () => tasks.shift() ?? {},
    });
    expect(await moveAll(redrive)).toEqual({ sent: 0, problem: "the task of SQS is FAILED: AccessDenied" });
    expect(said).toEqual(["2 of about 7 sent back"]);
    expect(await moveAll(redrive)).toEqual({ sent: 0, problem: "the task of SQS is unknown" });
});

test("a message without attributes is sent, and one that SQS refuses is named", async () => {
    const messages = [{}, { MessageId: "b", Attributes: { MessageDeduplicationId: "x" } }];
    expect(await sendMessages(redriveWith({ SendMessage: {}, DeleteMessage: {} }).redrive, messages)).toEqual({
        ...{ sent: 2, ids: ["", "b"] },
    });
    const refused = redriveWith({ SendMessage: new Error("no access\nsecond line") });
    expect(await sendMessages(refused.redrive, messages)).toEqual({
        ...{ sent: 0, ids: [], problem: " was not sent: no access" },
    });
});

test("a task definition without the service's container has no image", () => {
    expect(digestOf({}, "api")).toBeUndefined();
    expect(digestOf({ containerDefinitions: [{ name: "api" }] }, "api")).toBeUndefined();
});
