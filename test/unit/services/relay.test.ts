import { setImmediate } from "node:timers/promises";
import { PublishBatchCommand, type SNSClient } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import type { Pool } from "../../../services/common/database.ts";
import type { Log } from "../../../services/common/log.ts";
import { publishToTopic, Relay, sendToQueue, type RelayArgs, type SendBatch } from "../../../services/common/outbox.ts";

/** A relay whose outbox has one message at each look, and whose waiting times end when the test says so. */
function relayOf(send: SendBatch) {
    const seen: { calls: number; waits: number[]; elapse: () => void } = {
        calls: 0,
        waits: [],
        elapse: () => undefined,
    };
    const query = (sql: string) => Promise.resolve({ rows: sql.startsWith("SELECT") ? [{ body: { id: "one" } }] : [] });
    const pool = { connect: () => Promise.resolve({ query, release: () => undefined }) } as unknown as Pool;
    const levels: string[] = [];
    const log = { error: () => levels.push("error"), warn: () => levels.push("warn") } as unknown as Log;
    const counted: SendBatch = (messages) => {
        seen.calls += 1;
        return send(messages);
    };
    const pause: RelayArgs["pause"] = (ms, _value, { signal }) =>
        new Promise<void>((resolve, reject) => {
            seen.waits.push(ms);
            seen.elapse = resolve;
            signal.addEventListener("abort", () => {
                reject(new Error("aborted"));
            });
        });
    return { relay: new Relay({ pool, table: "api_outbox", send: counted, log, pause }), seen, levels };
}

/** Every promise that waits for nothing but another promise has been settled afterwards. */
const settled = (): Promise<void> => setImmediate();

/** Says ten times that a payment has been committed. */
async function commitPayments(relay: Relay): Promise<void> {
    for (let payment = 0; payment < 10; payment += 1) {
        relay.wake();
        await settled();
    }
}

test.each<[how: string, send: SendBatch]>([
    ["fails", () => Promise.reject(new Error("SQS is away"))],
    ["is refused for each message", () => Promise.resolve({ sent: [], refused: 1 })],
])(
    "a call that %s is made again after two seconds, however many payments are committed meanwhile",
    async (_how, send) => {
        const { relay, seen } = relayOf(send);
        relay.start();
        await settled();
        await commitPayments(relay);
        expect(seen).toMatchObject({ calls: 1, waits: [2_000] });
        seen.elapse();
        await settled();
        expect(seen).toMatchObject({ calls: 2, waits: [2_000, 2_000] });
        await relay.stop();
        expect(seen.calls).toBe(2);
    },
);

test("a message is sent as soon as its payment is committed", async () => {
    const { relay, seen } = relayOf((messages) => Promise.resolve({ sent: messages.map(({ id }) => id), refused: 0 }));
    relay.start();
    await settled();
    await commitPayments(relay);
    expect(seen.calls).toBe(11);
    await relay.stop();
});

test.each([
    ["warn", "an outage of AWS", Object.assign(new Error("no"), { $fault: "server" })],
    ["warn", "too many calls", Object.assign(new Error("no"), { name: "RequestThrottled", $fault: "client" })],
    ["warn", "a database that is away", Object.assign(new Error("refused"), { code: "ECONNREFUSED" })],
    ["error", "a right that is missing", Object.assign(new Error("no"), { $fault: "client" })],
])("level %s: %s keeps the outbox from being sent", async (level, _what, error) => {
    const { relay, levels } = relayOf(() => Promise.reject(error));
    relay.start();
    await settled();
    await relay.stop();
    expect(levels).toEqual([level]);
});

test.each([
    ["warn", "that AWS itself failed to send", { SenderFault: false, Code: "InternalError" }],
    ["warn", "that is one too many", { SenderFault: true, Code: "KmsThrottled" }],
    ["error", "that AWS refuses", { SenderFault: true, Code: "InvalidMessageContents" }],
])("level %s: a message %s stays in the outbox, of a queue and of a topic", async (level, _what, failure) => {
    const failed = (Entries: readonly { Id?: string }[] = []) =>
        Promise.resolve({ Failed: Entries.map(({ Id }) => ({ Id, ...failure })) });
    const send = (command: unknown) => {
        if (command instanceof SendMessageBatchCommand) {
            return failed(command.input.Entries);
        }
        return command instanceof PublishBatchCommand
            ? failed(command.input.PublishBatchRequestEntries)
            : Promise.reject(new Error("another command"));
    };
    const aws = { send } as unknown as SQSClient & SNSClient;
    for (const sends of [sendToQueue(aws, "queue"), publishToTopic(aws, "topic")]) {
        const { relay, levels } = relayOf(sends);
        relay.start();
        await settled();
        await relay.stop();
        expect(levels).toEqual([level]);
    }
});
