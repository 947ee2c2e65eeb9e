import { describe, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { serviceNames } from "../../tools/local/machine/start.ts";
import { logsOf } from "./support/logs.ts";
import { amount, eventsOf, pay, query, read, send, untilStatus } from "./support/merchant.ts";
import { patience } from "./support/patience.ts";

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
        const refund = () =>
            send({ method: "POST", path: `/api/payments/${id}/refunds`, headers: { "idempotency-key": newId() } });
        expect((await refund()).status).toBe(202);
        await untilEvents(id, ["refund.failed"]);
        expect((await read(id)).status).toBe("captured");
        expect(logsOf("payment")).toMatch(
            new RegExp(
                `"paymentId":"${id}","refundId":"\\w+","reason":"refund-not-permitted","message":"refund refused"`,
            ),
        );
        expect((await refund()).status).toBe(202);
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

describe("a payment session", () => {
    const createSession = async () => {
        const { status, text } = await send({ path: "/api/payment-sessions", body: amount(4200) });
        expect(status).toBe(201);
        return (JSON.parse(text) as { sessionId: string }).sessionId;
    };
    const paySession = (sessionId: string, key = newId()) =>
        send({ path: "/api/payments", headers: { "idempotency-key": key }, body: { sessionId } });

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
