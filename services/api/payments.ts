import {
    paymentCacheKey,
    cachePayment,
    paymentColumns,
    paymentView,
    type PaymentRow,
    type PaymentView,
    type RefundStatus,
} from "../common/payment.ts";
import type { Cache } from "../common/cache.ts";
import { requireRow, transaction, type Connection, type Pool } from "../common/database.ts";
import { newId } from "../common/ids.ts";
import type { ProcessingMessage } from "../common/messages.ts";
import { addToOutbox } from "../common/outbox.ts";
import { Problem } from "../common/problem.ts";
import { idFor, recordKey, recordResponse, type OnceRequest } from "./idempotency.ts";
import type { NewPayment, Refund } from "./schemas.ts";
import { readSession } from "./sessions.ts";

export interface Stores {
    /** The writer. */
    readonly database: Pool;
    /** The readers, which may be some milliseconds behind. */
    readonly readers: Pool;
    readonly cache: Cache;
    /** Says that the outbox has a new message. */
    readonly wakeRelay: () => void;
}

export interface Caller {
    readonly merchantId: string;
    readonly correlationId: string;
}

/** A response in the bytes that were recorded with its key. */
export interface OnceResponse {
    readonly replayed: boolean;
    readonly body: string;
}

type Amount = Required<Pick<NewPayment, "amountMinor" | "currency" | "reference">>;

/**
 * Accepts a payment: the payment, the use of its session, the message to the payment service and the response are recorded in one
 * transaction. Redis has nothing that PostgreSQL needs.
 */
export async function createPayment(
    stores: Stores,
    caller: Caller,
    once: OnceRequest,
    body: NewPayment,
): Promise<OnceResponse> {
    const id = idFor(once, "payment");
    let created: PaymentRow | undefined;
    const response = await doOnce(stores, once, async (connection) => {
        const amount = await readAmount(stores.cache, caller.merchantId, body);
        created = await insertPayment(connection, id, caller, amount);
        if (body.sessionId !== undefined) {
            await useSession(connection, body.sessionId, id);
        }
        await send(connection, { id: newId(), type: "payment.accepted", paymentId: id, ...correlation(caller) });
        return paymentView(created);
    });
    if (created !== undefined) {
        await cachePayment(stores.cache, created);
    }
    return response;
}

/** Requests the refund of a captured payment, once. */
export async function createRefund(
    stores: Stores,
    caller: Caller,
    once: OnceRequest,
    paymentId: string,
): Promise<OnceResponse> {
    const refundId = idFor(once, "refund");
    return doOnce(stores, once, async (connection) => {
        const payment = await findPayment(connection, caller.merchantId, paymentId);
        const { rowCount } = await connection.query(
            `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id)
            SELECT $1, $2, $3, $4 WHERE $5 ON CONFLICT DO NOTHING`,
            [refundId, paymentId, caller.merchantId, caller.correlationId, payment.status === "captured"],
        );
        if (rowCount === 1) {
            const message = { type: "refund.requested", paymentId, refundId, ...correlation(caller) } as const;
            await send(connection, { id: newId(), ...message });
        } else if (!(await hasRefund(connection, refundId, paymentId))) {
            throw new Problem("not-refundable");
        }
        return { id: refundId, paymentId, status: "requested" } satisfies Refund;
    });
}

/** Whether the refund is there already: after a restore it is recorded from the acquirer's report, without its request. */
async function hasRefund(connection: Connection, id: string, paymentId: string): Promise<boolean> {
    const { rowCount } = await connection.query("SELECT FROM payments.refund WHERE id = $1 AND payment_id = $2", [
        id,
        paymentId,
    ]);
    return rowCount === 1;
}

/** A refund from the writer: a merchant may ask as soon as it has the ID. @throws Problem `not-found`, also if it is another merchant's */
export async function readRefund(
    { database }: Stores,
    merchantId: string,
    { id: paymentId, refundId }: { readonly id: string; readonly refundId: string },
): Promise<Refund> {
    const { rows } = await database.query<{ status: RefundStatus; reason: string | null }>(
        "SELECT status, reason FROM payments.refund WHERE id = $1 AND payment_id = $2 AND merchant_id = $3",
        [refundId, paymentId, merchantId],
    );
    const [row] = rows;
    if (row === undefined) {
        throw new Problem("not-found");
    }
    const { status, reason } = row;
    return { id: refundId, paymentId, status, ...(reason === null ? {} : { reason }) };
}

/** A payment from Redis, or from PostgreSQL if Redis does not have it or does not answer. */
export async function readPayment(stores: Stores, merchantId: string, id: string): Promise<PaymentView> {
    const cached = await stores.cache.getVersioned(paymentCacheKey(merchantId, id));
    if (cached.is === "found") {
        return JSON.parse(cached.value) as PaymentView;
    }
    const row = await findPayment(stores.database, merchantId, id);
    if (cached.is === "missing") {
        await cachePayment(stores.cache, row);
    }
    return paymentView(row);
}

export const listPaymentsSql = `SELECT ${paymentColumns} FROM payments.payment
    WHERE merchant_id = $1 AND ($2::bigint IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`;

/**
 * A page of a merchant's payments, newest first. `cursor` is the last one of the page before.
 *
 * @throws Problem if the merchant has no such payment
 */
export async function listPayments(
    { database, readers }: Readonly<Record<"database" | "readers", Connection>>,
    merchantId: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<{ payments: PaymentView[]; next?: string }> {
    const before =
        cursor === undefined
            ? null
            : // The reader of this page may be behind that of the page before.
              ((await positionOf(readers, merchantId, cursor)) ?? (await positionOf(database, merchantId, cursor)));
    if (before === undefined) {
        throw new Problem("invalid-request", [
            { field: "query.cursor", rule: "format", detail: "must be `next` of a page" },
        ]);
    }
    const { rows } = await readers.query<PaymentRow>(listPaymentsSql, [merchantId, before, limit + 1]);
    const payments = rows.slice(0, limit).map(paymentView);
    const next = rows.length > limit ? payments.at(-1)?.id : undefined;
    return next === undefined ? { payments } : { payments, next };
}

async function positionOf(connection: Connection, merchantId: string, id: string): Promise<number | undefined> {
    const { rows } = await connection.query<Pick<PaymentRow, "position">>(
        "SELECT position FROM payments.payment WHERE id = $1 AND merchant_id = $2",
        [id, merchantId],
    );
    return rows[0]?.position;
}

/**
 * Does the work in a transaction with its response, unless another request with the same key has. The key comes first: what the work
 * would meet, such as a session that is used or has expired since, may be what that request has left.
 */
async function doOnce(
    { database, wakeRelay }: Stores,
    once: OnceRequest,
    work: (connection: Connection) => Promise<object>,
): Promise<OnceResponse> {
    const response = await transaction(database, async (connection): Promise<OnceResponse> => {
        const first = await recordKey(connection, once);
        if (first !== undefined) {
            return { replayed: true, body: first };
        }
        const body = JSON.stringify(await work(connection));
        await recordResponse(connection, once, body);
        return { replayed: false, body };
    });
    if (!response.replayed) {
        wakeRelay();
    }
    return response;
}

/** Amount and reference of a payment: those of its session, or its own. */
async function readAmount(cache: Cache, merchantId: string, body: NewPayment): Promise<Amount> {
    const { sessionId, amountMinor, currency, reference } = body;
    if (sessionId !== undefined) {
        return readSession(cache, merchantId, sessionId);
    }
    if (amountMinor === undefined || currency === undefined || reference === undefined) {
        throw new Problem("invalid-request");
    }
    return { amountMinor, currency, reference };
}

async function insertPayment(
    connection: Connection,
    id: string,
    { merchantId, correlationId }: Caller,
    { amountMinor, currency, reference }: Amount,
): Promise<PaymentRow> {
    const { rows } = await connection.query<PaymentRow>(
        `INSERT INTO payments.payment (id, merchant_id, amount_minor, currency, reference, correlation_id)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${paymentColumns}`,
        [id, merchantId, amountMinor, currency, reference, correlationId],
    );
    return requireRow(rows);
}

/** @throws Problem if another payment has used it */
async function useSession(connection: Connection, sessionId: string, paymentId: string): Promise<void> {
    const { rowCount } = await connection.query(
        "INSERT INTO payments.used_session (session_id, payment_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [sessionId, paymentId],
    );
    if (rowCount !== 1) {
        throw new Problem("session-used");
    }
}

/** @throws Problem `not-found`, also if it is another merchant's */
async function findPayment(connection: Connection, merchantId: string, id: string): Promise<PaymentRow> {
    const { rows } = await connection.query<PaymentRow>(
        `SELECT ${paymentColumns} FROM payments.payment WHERE id = $1 AND merchant_id = $2`,
        [id, merchantId],
    );
    const [row] = rows;
    if (row === undefined) {
        throw new Problem("not-found");
    }
    return row;
}

const send = (connection: Connection, message: ProcessingMessage): Promise<void> =>
    addToOutbox(connection, "api_outbox", message);

const correlation = ({ correlationId }: Caller) => ({ correlationId });
