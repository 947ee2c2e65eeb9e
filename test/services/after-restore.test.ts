import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { idFor, onceRequest } from "../../services/api/idempotency.ts";
import { createRefund } from "../../services/api/payments.ts";
import { Unprocessable } from "../../services/common/consumer.ts";
import type { Pool } from "../../services/common/database.ts";
import { newId } from "../../services/common/ids.ts";
import { createLog } from "../../services/common/log.ts";
import { paymentEvent, processingMessage, type PaymentEvent } from "../../services/common/messages.ts";
import { relayBatch, type OutboxTable } from "../../services/common/outbox.ts";
import { recordEvent } from "../../services/notification/record.ts";
import { processMessage } from "../../services/payment/process.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { amount, query, send } from "./support/merchant.ts";
import { migrate } from "./support/migrate.ts";
import { noCopies, paymentArgs } from "./support/payment-args.ts";
import { patience } from "./support/patience.ts";
import { poolOf } from "./support/pool.ts";
import { days, insertPayment, operationOf, TwoSides } from "./support/two-sides.ts";
import { underTest } from "./support/under-test.ts";

const log = createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" });
const noon = `${days.yesterday}T12:00:00.000Z`;

const statusOf = async (id: string) =>
    (await query<{ status: string }>("SELECT status FROM payments.payment WHERE id = $1", [id]))[0]?.status;

/** In PostgreSQL: for a minute Redis has the copy of a payment that a restore has lost. */
const untilRecorded = (id: string, status: string) =>
    eventually(status, async () => ((await statusOf(id)) === status ? true : undefined), patience);

describe("a request that is repeated after a restore has lost it", () => {
    const lose = async (id: string) => {
        for (const sql of [
            "DELETE FROM payments.idempotency_key WHERE response LIKE '%' || $1 || '%'",
            "DELETE FROM payments.refund WHERE payment_id = $1",
            "DELETE FROM payments.payment_history WHERE payment_id = $1",
            "DELETE FROM payments.payment WHERE id = $1",
        ]) {
            await query(sql, [id]);
        }
    };

    test("makes the same payment and the same refund, whose keys the acquirer knows", async () => {
        const payment = { path: "/api/payments", headers: { "idempotency-key": newId() }, body: amount() };
        const refundHeaders = { "idempotency-key": newId() };
        const make = async () => {
            const { id } = JSON.parse((await send(payment)).text) as { id: string };
            await untilRecorded(id, "captured");
            const refund = { method: "POST", path: `/api/payments/${id}/refunds`, headers: refundHeaders };
            const { id: refundId } = JSON.parse((await send(refund)).text) as { id: string };
            await untilRecorded(id, "refunded");
            return { id, refundId };
        };
        const first = await make();
        expect(first.id).toMatch(/^[a-p]{32}$/);
        await lose(first.id);
        expect(await make()).toEqual(first);
    });

    test("makes the same payment with the amount of its session, which has gone", async () => {
        const { text } = await send({ path: "/api/payment-sessions", body: amount() });
        const { sessionId } = JSON.parse(text) as { sessionId: string };
        const request = { path: "/api/payments", headers: { "idempotency-key": newId() } };
        const { id } = JSON.parse((await send({ ...request, body: { sessionId } })).text) as { id: string };
        await untilRecorded(id, "captured");
        await query("DELETE FROM payments.used_session WHERE payment_id = $1", [id]);
        await lose(id);
        expect(JSON.parse((await send({ ...request, body: amount() })).text)).toMatchObject({ id });
    });

    test("makes another payment for another merchant, and another refund than a payment", async () => {
        const request = { path: "/api/payments", headers: { "idempotency-key": newId() }, body: amount() };
        const ids = await Promise.all(
            ["key1", "key2"].map(
                async (keyId) => (JSON.parse((await send(request, { keyId })).text) as { id: string }).id,
            ),
        );
        expect(new Set(ids).size).toBe(2);
    });
});

describe("restored data that is prepared", () => {
    let sides: TwoSides;
    const pools = new Map<string, Pool>();

    const as = (user: string): Pool => {
        const pool = pools.get(user) ?? poolOf(underTest().machine, { user });
        pools.set(user, pool);
        return pool;
    };
    const prepare = () => migrate(underTest().machine, "services/migration/sql", { isRestored: true });
    const outbox = async (table: OutboxTable) =>
        (await query<{ body: unknown }>(`SELECT body FROM payments.${table} ORDER BY position`)).map(
            ({ body }) => body,
        );

    beforeEach(async () => {
        sides = await TwoSides.start();
    });
    afterEach(async () => {
        await Promise.all([...pools.values()].map((pool) => pool.end()));
        pools.clear();
        await sides.stop();
    });

    /** Sends what is in the outbox of api to the payment service, with the acquirer of this test. */
    async function processAll(): Promise<void> {
        const args = paymentArgs(sides, as("payment_payment"));
        await relayBatch(as("payment_api"), "api_outbox", async (messages) => {
            for (const message of messages) {
                await processMessage(args, processingMessage.parse(message));
            }
            return { sent: messages.map(({ id }) => id), refused: 0 };
        });
    }

    test("has messages for what was unfinished, once however often it is prepared, and they finish it", async () => {
        const [accepted, authorized] = [newId(), newId()];
        for (const id of [accepted, authorized]) {
            await insertPayment(id, 1234);
        }
        await query("UPDATE payments.payment SET status = 'authorized' WHERE id = $1", [authorized]);
        const { paymentId: captured } = await sides.capture(noon);
        const requested = newId();
        await query(
            "INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id) VALUES ($1, $2, 'sides', 'correlation')",
            [requested, captured],
        );
        const done = await sides.refund(noon);
        await prepare();
        await prepare();
        const messages = (await outbox("api_outbox")).map((body) => processingMessage.parse(body));
        expect(messages.map(({ id }) => id).sort()).toEqual([accepted, authorized, requested].sort());
        await processAll();
        expect(await Promise.all([accepted, authorized, captured, done.capture.paymentId].map(statusOf))).toEqual([
            "captured",
            "captured",
            "refunded",
            "refunded",
        ]);
        expect(await outbox("api_outbox")).toEqual([]);
    });

    test("has the refunds that the acquirer's report has, so that none is made twice", async () => {
        const capture = await sides.capture(noon);
        const refund = { ...operationOf("refund", newId(), capture.paymentId), at: noon };
        const stranger = operationOf("refund", newId());
        await sides.book(capture, refund, stranger);
        await sides.run();
        expect(await sides.open()).toEqual(["only-acquirer", "only-acquirer"]);
        await prepare();
        const again = query(
            "INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id) VALUES ('x', $1, 'sides', 'c')",
            [capture.paymentId],
        );
        await expect(again).rejects.toMatchObject({ code: "23505" });
        await processAll();
        expect(await statusOf(capture.paymentId)).toBe("refunded");
        const entries = (await sides.acquirer.report()).entries.filter(({ operation }) => operation === "refund");
        expect(entries).toHaveLength(2);
        await sides.run();
        const open = (await sides.differences()).filter(({ settled_by }) => settled_by === null);
        expect(open).toMatchObject([{ idempotency_key: stranger.idempotencyKey }]);
    });

    const stores = () => ({
        ...{ database: as("payment_api"), readers: as("payment_api"), wakeRelay: () => undefined },
        cache: noCopies,
    });
    const requestRefund = (paymentId: string, key: string) => {
        const once = onceRequest("sides", key, `/api/payments/${paymentId}/refunds`, {});
        const caller = { merchantId: "sides", correlationId: "correlation" };
        return { id: idFor(once, "refund"), send: () => createRefund(stores(), caller, once, paymentId) };
    };

    test("answers a repeated request for a refund that it has from the acquirer's report", async () => {
        const capture = await sides.capture(noon);
        const { id, send: repeat } = requestRefund(capture.paymentId, "lost");
        await sides.book(capture, { ...operationOf("refund", id, capture.paymentId), at: noon });
        await sides.run();
        await prepare();
        expect(JSON.parse((await repeat()).body)).toEqual({ id, paymentId: capture.paymentId, status: "requested" });
        await processAll();
        expect(await statusOf(capture.paymentId)).toBe("refunded");
        await expect(requestRefund(capture.paymentId, "new").send()).rejects.toThrow("not-refundable");
    });

    test("refunds a payment once that was captured and refunded after the restored time, whichever message comes first", async () => {
        const id = newId();
        await insertPayment(id, 1234);
        await query("UPDATE payments.payment SET status = 'authorized' WHERE id = $1", [id]);
        await sides.book(
            { ...operationOf("capture", id, id), at: noon },
            { ...operationOf("refund", newId(), id), at: noon },
        );
        await sides.run();
        await prepare();
        const [capture] = await query<{ body: object }>(
            "DELETE FROM payments.api_outbox WHERE id = $1 RETURNING body",
            [id],
        );
        await expect(processAll()).rejects.toThrow(
            "the refund waits for the capture of its payment, which is authorized",
        );
        await query("INSERT INTO payments.api_outbox (id, body) VALUES ($1, $2)", [id, capture?.body]);
        await query("UPDATE payments.api_outbox SET position = DEFAULT WHERE id <> $1", [id]);
        await expect(requestRefund(id, "new").send()).rejects.toThrow("not-refundable");
        await processAll();
        expect(await statusOf(id)).toBe("refunded");
        const { entries } = await sides.acquirer.report();
        expect(entries.filter(({ operation }) => operation === "refund")).toHaveLength(1);
    });

    test.each(["declined", "failed"])(
        "refunds no payment that is %s after it, which the acquirer is not asked for",
        async (status) => {
            const id = newId();
            await insertPayment(id, 1234);
            await sides.book({ ...operationOf("refund", newId(), id), at: noon });
            await sides.run();
            await prepare();
            if (status === "failed") {
                await query("UPDATE payments.payment SET status = 'authorized' WHERE id = $1", [id]);
            }
            await query("UPDATE payments.payment SET status = $2 WHERE id = $1", [id, status]);
            await query("DELETE FROM payments.api_outbox WHERE id = $1", [id]);
            const { entries, repeated } = await sides.acquirer.report();
            await expect(processAll()).rejects.toThrow(new Unprocessable("the payment of the refund is not captured"));
            expect(await sides.acquirer.report()).toMatchObject({ entries, repeated });
        },
    );

    test("leaves a refund of the acquirer's alone that a person has settled", async () => {
        const capture = await sides.capture(noon);
        const refund = { ...operationOf("refund", newId(), capture.paymentId), at: noon };
        await sides.book(capture, refund);
        await sides.run();
        await sides.run({ ACCEPTED_DIFFERENCE: `${refund.idempotencyKey}/only-acquirer` });
        await prepare();
        expect(await query("SELECT id FROM payments.refund")).toEqual([]);
    });

    test("makes a refund of which a person has only settled that it was moved twice", async () => {
        const capture = await sides.capture(noon);
        const id = newId();
        const refund = { ...operationOf("refund", id, capture.paymentId), at: noon };
        await sides.runWithPages(days.yesterday, [capture, refund, refund]);
        expect(await sides.open()).toEqual(["only-acquirer", "twice"]);
        await sides.run({ ACCEPTED_DIFFERENCE: `${refund.idempotencyKey}/twice` });
        await prepare();
        expect(await query("SELECT id FROM payments.refund")).toEqual([{ id }]);
    });

    test("has no event again that is in the outbox, or so old that nobody can still receive its message", async () => {
        const changedBefore = async (time: string) => {
            const { paymentId } = await sides.capture(noon);
            await query(`UPDATE payments.payment_history SET at = now() - interval '${time}' WHERE payment_id = $1`, [
                paymentId,
            ]);
            return paymentId;
        };
        const [recent, old, waiting] = [await changedBefore("13 days"), await changedBefore("15 days"), newId()];
        await insertPayment(waiting, 1234);
        await query("INSERT INTO payments.api_outbox (id, body) VALUES ($1, $2)", [
            waiting,
            { id: waiting, type: "payment.accepted", paymentId: waiting, correlationId: "correlation" },
        ]);
        await processAll();
        await prepare();
        const payments = (await outbox("payment_outbox")).map((body) => paymentEvent.parse(body).paymentId);
        const count = (id: string) => payments.filter((payment) => payment === id).length;
        expect([recent, old, waiting].map(count)).toEqual([2, 0, 2]);
    });

    test("gives the next event of each merchant, also of one that it does not know, a position that no lost event had", async () => {
        const event = (merchantId: string): PaymentEvent => ({
            ...{ id: newId(), type: "payment.captured", merchantId, paymentId: newId(), correlationId: newId() },
            occurredAt: noon,
        });
        const record = (merchantId: string) => recordEvent(as("payment_notification"), log, event(merchantId));
        const positions = async (merchantId: string) =>
            (
                await query<{ position: number }>(
                    "SELECT position FROM payments.event WHERE merchant_id = $1 ORDER BY position",
                    [merchantId],
                )
            ).map(({ position }) => position);
        await record("known");
        await prepare();
        for (const merchant of ["known", "known", "lost"]) {
            await record(merchant);
        }
        const [, second = 0, third] = await positions("known");
        expect(third).toBe(second + 1);
        expect(await positions("lost")).toEqual([second]);
        // Those of a cluster that is prepared later are all behind, also where less has happened in it.
        await query("UPDATE payments.event_count SET last = 0 WHERE merchant_id = 'lost'");
        await setTimeout(1_000);
        await prepare();
        await record("lost");
        expect((await positions("lost")).at(-1)).toBeGreaterThan(second + 90);
        // The API accepts each as the one to continue after. Of ten numbers that differ in the last digit, one passes the check of card numbers.
        for (const next of Array.from({ length: 20 }, (_, more) => second + more)) {
            expect(await send({ path: `/api/events?after=${next}` })).toMatchObject({ status: 200 });
        }
        expect(String(second)).toHaveLength(12);
    });

    test("has the events again that nobody had recorded at the restored time", async () => {
        const { refund, capture } = await sides.refund(noon);
        const { paymentId } = capture;
        const refundId = refund.idempotencyKey.replace("-refund", "");
        await query("UPDATE payments.payment_history SET reason = 'a reason' WHERE to_status = 'captured'");
        await prepare();
        await prepare();
        const events = (await outbox("payment_outbox")).map((body) => paymentEvent.parse(body));
        const one = { merchantId: "sides", paymentId, correlationId: "correlation", occurredAt: noon };
        expect(events).toHaveLength(3);
        expect(events.filter((event) => event.refundId !== undefined)).toHaveLength(1);
        expect(events).toEqual(
            expect.arrayContaining([
                expect.objectContaining({ ...one, type: "payment.authorized" }),
                expect.objectContaining({ ...one, type: "payment.captured", reason: "a reason" }),
                expect.objectContaining({ ...one, type: "payment.refunded", refundId }),
            ]),
        );
        for (const event of events) {
            await recordEvent(as("payment_notification"), log, event);
        }
        await query("DELETE FROM payments.payment_outbox");
        await prepare();
        expect(await outbox("payment_outbox")).toEqual([]);
    });
});
