import { describe, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { listPayments } from "../../services/api/payments.ts";
import { eventsOf as eventsOfPayment } from "../../tools/local/merchant-client.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { serviceNames } from "../../tools/local/machine/start.ts";
import { databaseClient } from "../../tools/local/machine/database-client.ts";
import { onCache } from "./support/cache.ts";
import { logsOf } from "./support/logs.ts";
import { amount, eventsOf, pay, query, read, send, untilStatus } from "./support/merchant.ts";
import { patience } from "./support/patience.ts";
import { poolOf } from "./support/pool.ts";
import { underTest } from "./support/under-test.ts";

const untilEvents = (id: string, types: readonly string[]) =>
    eventually(
        `events ${types.join(", ")}`,
        async () => {
            const found = await eventsOf(id);
            return types.every((type) => found.includes(type)) ? found : undefined;
        },
        patience,
    );

const historyOf = async (id: string): Promise<string[]> => {
    const rows = await query<{ to_status: string }>(
        "SELECT to_status FROM payments.payment_history WHERE payment_id = $1 ORDER BY version",
        [id],
    );
    return rows.map(({ to_status }) => to_status);
};

describe("a payment", () => {
    test("is captured, with its history, its events, and one correlation ID in every log and table", async () => {
        const correlationId = newId();
        const { id, status } = await pay(1234, { correlationId });
        expect(status).toBe("accepted");
        await untilStatus(id, "captured");
        const types = await untilEvents(id, ["payment.authorized", "payment.captured"]);
        expect(types).toHaveLength(2);
        expect(await historyOf(id)).toEqual(["accepted", "authorized", "captured"]);
        const ids = await query<{ correlation_id: string }>(
            `SELECT correlation_id FROM payments.payment_history WHERE payment_id = $1
            UNION SELECT correlation_id FROM payments.event WHERE payment_id = $1`,
            [id],
        );
        expect(ids).toEqual([{ correlation_id: correlationId }]);
        for (const service of serviceNames) {
            expect(logsOf(service).includes(correlationId)).toBe(true);
        }
    });

    test.each([
        ["declined", 1205, "do-not-honor", ["accepted", "declined"]],
        ["declined", 1251, "insufficient-funds", ["accepted", "declined"]],
        ["failed", 1257, "not-permitted", ["accepted", "authorized", "failed"]],
    ])("is %s for the amount %i, with the reason", async (status, amountMinor, reason, history) => {
        const { id } = await pay(amountMinor);
        expect(await untilStatus(id, status)).toMatchObject({ reason });
        await untilEvents(id, [`payment.${status}`]);
        expect(await historyOf(id)).toEqual(history);
    });

    test("is captured once although the acquirer does not answer the first calls", async () => {
        const { id } = await pay(1291);
        await untilStatus(id, "captured");
        expect(await historyOf(id)).toEqual(["accepted", "authorized", "captured"]);
    });

    test.each([
        ["no body", undefined],
        ["no field", {}],
        ["null", null],
    ])("is refunded by a request with %s", async (_what, body) => {
        const { id } = await pay();
        await untilStatus(id, "captured");
        const headers = { "idempotency-key": newId(), "content-type": "application/json" };
        const refund = { method: "POST", path: `/api/payments/${id}/refunds`, headers };
        const first = await send({ ...refund, body });
        expect(first.status).toBe(202);
        // They are the same request.
        expect((await send({ ...refund, body: {} })).text).toBe(first.text);
    });

    test("is refunded once, and not again", async () => {
        const { id } = await pay();
        await untilStatus(id, "captured");
        const path = `/api/payments/${id}/refunds`;
        const refunds = await Promise.all(
            [newId(), newId()].map((key) => send({ method: "POST", path, headers: { "idempotency-key": key } })),
        );
        expect(refunds.map(({ status }) => status).sort()).toEqual([202, 409]);
        await untilStatus(id, "refunded");
        await untilEvents(id, ["payment.refunded"]);
    });

    test("stays captured after a refund that the acquirer refuses, and another refund may be requested", async () => {
        const { id } = await pay(1258);
        await untilStatus(id, "captured");
        const path = `/api/payments/${id}/refunds`;
        const refund = async () => {
            const { status, text } = await send({ method: "POST", path, headers: { "idempotency-key": newId() } });
            expect(status).toBe(202);
            return (JSON.parse(text) as { id: string }).id;
        };
        const first = await refund();
        await untilEvents(id, ["refund.failed"]);
        expect((await read(id)).status).toBe("captured");
        expect(logsOf("payment")).toMatch(
            new RegExp(
                `"paymentId":"${id}","refundId":"\\w+","reason":"refund-not-permitted","message":"refund refused"`,
            ),
        );
        const second = await refund();
        expect(second).not.toBe(first);
        // Each is attributed to its own request, in the events and by its own status.
        const failures = await eventually(
            "the second event refund.failed",
            async () => {
                const found = (await eventsOfPayment(send, id)).filter(({ type }) => type === "refund.failed");
                return found.length === 2 ? found : undefined;
            },
            patience,
        );
        expect(failures.map(({ refundId }) => refundId)).toEqual([first, second]);
        for (const refundId of [first, second]) {
            const { text } = await send({ path: `${path}/${refundId}` });
            const reason = "refund-not-permitted";
            expect(JSON.parse(text)).toEqual({ id: refundId, paymentId: id, status: "failed", reason });
        }
    });

    test("has its own refunds only, and shows them to its merchant only", async () => {
        const [{ id }, { id: other }] = [await pay(1258), await pay()];
        await untilStatus(id, "captured");
        const path = `/api/payments/${id}/refunds`;
        const requested = await send({ method: "POST", path, headers: { "idempotency-key": newId() } });
        const { id: refundId } = JSON.parse(requested.text) as { id: string };
        expect((await send({ path: `${path}/${refundId}` })).status).toBe(200);
        for (const answer of [
            await send({ path: `${path}/${refundId}` }, { keyId: "key2" }),
            await send({ path: `/api/payments/${other}/refunds/${refundId}` }),
            await send({ path: `${path}/${newId()}` }),
        ]) {
            expect(answer).toMatchObject({ status: 404, text: expect.stringContaining("problem:not-found") });
        }
    });

    test("is not refunded before it is captured", async () => {
        const { id } = await pay(1205);
        await untilStatus(id, "declined");
        const path = `/api/payments/${id}/refunds`;
        const { status, text } = await send({ method: "POST", path, headers: { "idempotency-key": newId() } });
        expect(status).toBe(409);
        expect(text).toContain("problem:not-refundable");
    });
});

const createSession = async () => {
    const { status, text } = await send({ path: "/api/payment-sessions", body: amount(4200) });
    expect(status).toBe(201);
    return (JSON.parse(text) as { sessionId: string }).sessionId;
};

const paySession = (sessionId: string, key = newId()) =>
    send({ path: "/api/payments", headers: { "idempotency-key": key }, body: { sessionId } });

describe("a payment session", () => {
    test("is paid once, with its fields", async () => {
        const sessionId = await createSession();
        const key = newId();
        const first = await paySession(sessionId, key);
        expect(first.status).toBe(202);
        expect(JSON.parse(first.text)).toMatchObject({ amountMinor: 4200, currency: "EUR" });
        const replay = await paySession(sessionId, key);
        expect(replay).toMatchObject({ status: 202, text: first.text });
        const again = await paySession(sessionId);
        expect(again.status).toBe(409);
        expect(again.text).toContain("problem:session-used");
    });

    test("is paid once although ten requests with ten keys use it at the same time", async () => {
        const sessionId = await createSession();
        const answers = await Promise.all(Array.from({ length: 10 }, () => paySession(sessionId)));
        expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
        expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
    });

    test("does not exist for another merchant", async () => {
        const sessionId = await createSession();
        const headers = { "idempotency-key": newId() };
        const answer = await send({ path: "/api/payments", headers, body: { sessionId } }, { keyId: "key2" });
        expect(answer.status).toBe(409);
        expect(answer.text).toContain("problem:session-not-found");
    });
});

describe("an idempotency key", () => {
    test("gives the first response to a request that is sent again, in the same bytes", async () => {
        const [key, body] = [newId(), amount()];
        const request = { path: "/api/payments", headers: { "idempotency-key": key }, body };
        const first = await send(request);
        const { reference, currency, amountMinor } = body;
        const reordered = { reference, currency, amountMinor };
        const replay = await send({ ...request, headers: { "idempotency-key": `"${key}"` }, body: reordered });
        expect(replay).toMatchObject({ status: 202, text: first.text });
        expect(replay.headers["idempotent-replayed"]).toBe("true");
        expect(first.headers["idempotent-replayed"]).toBeUndefined();
    });

    test("makes one payment of ten requests at the same time", async () => {
        const request = { path: "/api/payments", headers: { "idempotency-key": newId() }, body: amount() };
        const answers = await Promise.all(Array.from({ length: 10 }, () => send(request)));
        expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
        expect(answers.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
        const rows = await query("SELECT id FROM payments.payment WHERE reference = $1", [request.body.reference]);
        expect(rows).toHaveLength(1);
        // Redis has no copy of a payment that was undone.
        const copies = await onCache((client) => client.keys("payment:example-shop:*"));
        const made = await query<{ id: string }>("SELECT id FROM payments.payment");
        const ids = made.map(({ id }) => id);
        expect(copies.filter((key) => !ids.includes(key.replace("payment:example-shop:", "")))).toEqual([]);
        expect(copies.length).toBeGreaterThan(0);
    });

    test("gets the response of a request that is not done yet, although its session has gone meanwhile", async () => {
        const sessionId = await createSession();
        const key = newId();
        const writer = databaseClient(underTest().machine);
        await writer.connect();
        const untilWaiting = (requests: number) =>
            eventually(
                `${requests} requests that wait`,
                async () => {
                    const rows = await query(
                        "SELECT 1 FROM pg_stat_activity WHERE usename = 'payment_api' AND wait_event_type = 'Lock'",
                    );
                    return rows.length === requests ? true : undefined;
                },
                { within: 5_000, every: 50 },
            );
        try {
            await writer.query("BEGIN; LOCK TABLE payments.used_session");
            const first = paySession(sessionId, key);
            await untilWaiting(1);
            await onCache((client) => client.del(`session:example-shop:${sessionId}`));
            const repeated = paySession(sessionId, key);
            await Promise.race([repeated, untilWaiting(2)]);
            await writer.query("COMMIT");
            expect(await repeated).toMatchObject({ status: 202, text: (await first).text });
            expect((await repeated).headers["idempotent-replayed"]).toBe("true");
        } finally {
            await writer.end();
        }
        expect((await paySession(sessionId)).text).toContain("problem:session-not-found");
    });

    test("of a request that was refused is free for the next one", async () => {
        const key = newId();
        expect((await paySession(newId(), key)).status).toBe(409);
        expect((await paySession(await createSession(), key)).status).toBe(202);
    });

    test("is refused for another request, and is free for another merchant", async () => {
        const headers = { "idempotency-key": newId() };
        const body = amount();
        expect((await send({ path: "/api/payments", headers, body })).status).toBe(202);
        const other = await send({ path: "/api/payments", headers, body: { ...body, amountMinor: 1 } });
        expect(other.status).toBe(409);
        expect(other.text).toContain("problem:idempotency-key-reused");
        expect((await send({ path: "/api/payments", headers, body }, { keyId: "key2" })).status).toBe(202);
    });
});

describe("what other releases have accepted", () => {
    /** As a release that knows it has written it, without the triggers and the foreign keys of this one. */
    const write = (sql: string) => query(`SET session_replication_role = replica; ${sql}`);

    test("stays readable: a withdrawn currency, a status, an event", async () => {
        const { id } = await pay();
        await untilStatus(id, "captured");
        const types = ["payment.authorized", "payment.captured"];
        await untilEvents(id, types);
        await write(`UPDATE payments.payment SET currency = 'ZZZ', status = 'disputed', reference = 'a b' WHERE id = '${id}';
            UPDATE payments.event SET type = 'payment.disputed' WHERE payment_id = '${id}' AND type = 'payment.captured'`);
        await onCache((client) => client.sendCommand(["FLUSHALL"]));
        const expected = { id, currency: "ZZZ", status: "disputed", reference: "a b" };
        expect(await read(id)).toMatchObject(expected);
        const page = await send({ path: "/api/payments?limit=100" });
        expect((JSON.parse(page.text) as { payments: object[] }).payments).toContainEqual(
            expect.objectContaining(expected),
        );
        expect((await eventsOf(id)).sort()).toEqual(["payment.authorized", "payment.disputed"]);
        await write(`UPDATE payments.payment SET currency = 'EUR', status = 'captured' WHERE id = '${id}';
            UPDATE payments.event SET type = 'payment.captured' WHERE payment_id = '${id}' AND type = 'payment.disputed'`);
    });

    test("can be paid: a session with a withdrawn currency", async () => {
        const sessionId = newId();
        const session = { ...amount(), currency: "ZZZ", sessionId, expiresAt: new Date().toISOString() };
        await onCache((client) => client.set(`session:example-shop:${sessionId}`, JSON.stringify(session)));
        const { status, text } = await paySession(sessionId);
        expect([status, JSON.parse(text)]).toMatchObject([202, { currency: "ZZZ" }]);
    });
});

describe("lists", () => {
    test("show a merchant's payments page by page, newest first, and no other merchant's", async () => {
        const made: string[] = [];
        for (const amountMinor of [1, 2, 3]) {
            made.unshift((await pay(amountMinor)).id);
        }
        const first = await send({ path: "/api/payments?limit=2" });
        const page = JSON.parse(first.text) as { payments: { id: string }[]; next: string };
        expect(page.payments.map(({ id }) => id)).toEqual(made.slice(0, 2));
        const second = await send({ path: `/api/payments?limit=1&cursor=${page.next}` });
        expect(JSON.parse(second.text)).toMatchObject({ payments: [{ id: made[2] }] });
        const others = await send({ path: "/api/payments?limit=100" }, { keyId: "key2" });
        expect(others.text).not.toContain(made[0]);
    });

    test("show the next page although its reader is behind that of the page before", async () => {
        const { id: older } = await pay();
        const database = poolOf(underTest().machine, { user: "payment_api" });
        const readers = await database.connect();
        try {
            // What it sees ends here, as that of a reader which has nothing newer yet.
            await readers.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
            await readers.query("SELECT 1");
            const { id: cursor } = await pay();
            const page = await listPayments({ database, readers }, "example-shop", { limit: 1, cursor });
            expect(page.payments).toMatchObject([{ id: older }]);
        } finally {
            readers.release(true);
            await database.end();
        }
    });

    test("show events by position, each once", async () => {
        const { id } = await pay();
        await untilStatus(id, "captured");
        await untilEvents(id, ["payment.captured"]);
        const rows = await query<{ position: number; count: number }>(
            "SELECT count(*)::int AS count, max(position)::int AS position FROM payments.event WHERE merchant_id = $1",
            ["example-shop"],
        );
        expect(rows[0]?.position).toBe(rows[0]?.count);
    });
});
