import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Pool } from "../../../services/common/database.ts";
import type { Log } from "../../../services/common/log.ts";
import { Relay, type SendBatch } from "../../../services/common/outbox.ts";

/** A relay whose outbox has one message at each look. */
function relayOf(send: SendBatch) {
    const query = (sql: string) => Promise.resolve({ rows: sql.startsWith("SELECT") ? [{ body: { id: "one" } }] : [] });
    const pool = { connect: () => Promise.resolve({ query, release: () => undefined }) } as unknown as Pool;
    const log = { error: () => undefined } as unknown as Log;
    return new Relay({ pool, table: "api_outbox", send, log });
}

/** Calls within half a second in which a payment is committed every few milliseconds, and milliseconds that the stop took. */
async function underPayments(send: SendBatch): Promise<{ calls: number; stopMs: number }> {
    let calls = 0;
    const relay = relayOf((messages) => {
        calls += 1;
        return send(messages);
    });
    relay.start();
    for (let payment = 0; payment < 100; payment += 1) {
        await setTimeout(5);
        relay.wake();
    }
    const stopped = performance.now();
    await relay.stop();
    return { calls, stopMs: performance.now() - stopped };
}

test.each<[how: string, send: SendBatch]>([
    ["fails", () => Promise.reject(new Error("SQS is away"))],
    ["is refused for each message", () => Promise.resolve([])],
])(
    "a call that %s is made again after two seconds, however many payments are committed meanwhile",
    async (_how, send) => {
        const { calls, stopMs } = await underPayments(send);
        expect(calls).toBe(1);
        expect(stopMs).toBeLessThan(500);
    },
);

test("a message is sent as soon as its payment is committed", async () => {
    const { calls } = await underPayments((messages) => Promise.resolve(messages.map(({ id }) => id)));
    expect(calls).toBeGreaterThan(20);
});
