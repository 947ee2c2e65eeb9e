import { performance } from "node:perf_hooks";
import type { MetricName } from "../../contract/metrics.ts";
import type { Cache } from "../common/cache.ts";
import { Unprocessable } from "../common/consumer.ts";
import { transaction, type Connection, type Pool } from "../common/database.ts";
import { newId } from "../common/ids.ts";
import { errorFields, type Log } from "../common/log.ts";
import type { PaymentEvent, ProcessingMessage } from "../common/messages.ts";
import type { PutMetric } from "../common/metrics.ts";
import { NotYet } from "../common/outage.ts";
import { addToOutbox } from "../common/outbox.ts";
import {
    cachePayment,
    paymentColumns,
    type PaymentRow,
    type PaymentStatus,
    type RefundStatus,
} from "../common/payment.ts";
import { keySuffixes, type Acquirer, type Decision } from "./acquirer.ts";

export interface ProcessArgs {
    readonly database: Pool;
    readonly cache: Cache;
    readonly acquirer: Acquirer;
    readonly log: Log;
    readonly putMetric: PutMetric;
    /** Says that the outbox has a new message. */
    readonly wakeRelay: () => void;
}

/** The call for a payment of a status, and the status after each decision. */
interface Step {
    readonly operation: "authorize" | "capture";
    readonly approved: DecidedStatus;
    readonly refused: DecidedStatus;
}

/** Steps of a payment that nobody has to request. A status without a step is final for the message. */
export const steps: Readonly<Partial<Record<PaymentStatus, Step>>> = {
    accepted: { operation: "authorize", approved: "authorized", refused: "declined" },
    authorized: { operation: "capture", approved: "captured", refused: "failed" },
};

const metricOf: Readonly<Partial<Record<PaymentStatus, MetricName>>> = {
    captured: "PaymentsCaptured",
    declined: "PaymentsDeclined",
    failed: "PaymentsFailed",
    refunded: "PaymentsRefunded",
};

/**
 * Processes a message, as often as it is received. Each call to the acquirer has a key that follows from the payment and the
 * step, and each transition happens only from the status that was read: a repeated message changes nothing twice.
 *
 * @throws Unprocessable if what it names does not exist, or cannot be refunded; NoDecision if the acquirer is to be called again
 */
export const processMessage = (args: ProcessArgs, message: ProcessingMessage): Promise<void> =>
    message.type === "payment.accepted" ? processPayment(args, message) : processRefund(args, message);

async function processPayment(args: ProcessArgs, { paymentId, correlationId }: ProcessingMessage): Promise<void> {
    let payment = await findPayment(args.database, paymentId);
    for (let step = steps[payment.status]; step !== undefined; step = steps[payment.status]) {
        const { operation, approved, refused } = step;
        const decision = await call(args, operation, { subject: paymentId, payment, correlationId });
        const status = decision.approved ? approved : refused;
        const change = { from: payment.status, status, reason: reasonOf(decision), correlationId };
        payment =
            (await changeStatus(args, payment, change)) ??
            // Another task has processed the same message.
            (await findPayment(args.database, paymentId));
    }
}

async function processRefund(
    args: ProcessArgs,
    { paymentId, refundId, correlationId }: Extract<ProcessingMessage, { type: "refund.requested" }>,
): Promise<void> {
    const payment = await findPayment(args.database, paymentId);
    const { rows } = await args.database.query<{ status: string }>(
        "SELECT status FROM payments.refund WHERE id = $1 AND payment_id = $2",
        [refundId, paymentId],
    );
    const [refund] = rows;
    if (refund === undefined) {
        throw new Unprocessable("the refund does not exist");
    }
    if (refund.status !== "requested") {
        return;
    }
    if (steps[payment.status] !== undefined) {
        // After a restore both have a message. This one is received again, until the capture has come.
        throw new NotYet(`the refund waits for the capture of its payment, which is ${payment.status}`);
    }
    if (payment.status !== "captured") {
        throw new Unprocessable("the payment of the refund is not captured");
    }
    const decision = await call(args, "refund", { subject: refundId, payment, correlationId });
    if (decision.approved) {
        await changeStatus(args, payment, { from: payment.status, status: "refunded", refundId, correlationId });
    } else {
        await refuseRefund(args, payment, { refundId, reason: decision.reason, correlationId });
    }
}

interface CallArgs {
    /** The payment or the refund, whose ID makes the key of the call. */
    readonly subject: string;
    readonly payment: PaymentRow;
    readonly correlationId: string;
}

async function call(
    { acquirer, log, putMetric }: ProcessArgs,
    operation: keyof Acquirer,
    { subject, payment, correlationId }: CallArgs,
): Promise<Decision> {
    const { id: paymentId, amount_minor: amountMinor, currency } = payment;
    const idempotencyKey = `${subject}${keySuffixes[operation]}`;
    const started = performance.now();
    try {
        return await acquirer[operation]({ idempotencyKey, paymentId, correlationId, amountMinor, currency });
    } catch (error) {
        putMetric("AcquirerErrors", 1);
        log.warn({ correlationId, operation, ...errorFields(error) }, "the acquirer did not decide");
        throw error;
    } finally {
        putMetric("AcquirerLatency", performance.now() - started);
    }
}

/** A status that a payment comes to have by a decision of the acquirer. */
type DecidedStatus = Exclude<PaymentStatus, "accepted">;

const eventOf = {
    authorized: "payment.authorized",
    captured: "payment.captured",
    declined: "payment.declined",
    failed: "payment.failed",
    refunded: "payment.refunded",
} as const satisfies Readonly<Record<DecidedStatus, PaymentEvent["type"]>>;

interface Change {
    readonly from: PaymentStatus;
    readonly status: DecidedStatus;
    readonly reason?: string;
    /** The refund that is completed with it. */
    readonly refundId?: string;
    readonly correlationId: string;
}

/** Changes the status, with its event, if it is still what was read. @returns the payment, or undefined if it was not */
async function changeStatus(
    { database, cache, log, putMetric, wakeRelay }: ProcessArgs,
    { id }: PaymentRow,
    { from, status, reason, refundId, correlationId }: Change,
): Promise<PaymentRow | undefined> {
    const changed = await transaction(database, async (connection) => {
        const { rows } = await connection.query<PaymentRow>(
            `UPDATE payments.payment SET status = $1, reason = $2, correlation_id = $3
            WHERE id = $4 AND status = $5 RETURNING ${paymentColumns}`,
            [status, reason ?? null, correlationId, id, from],
        );
        const [row] = rows;
        if (row !== undefined) {
            if (refundId !== undefined) {
                await finishRefund(connection, refundId, "completed");
            }
            await addEvent(connection, row, { type: eventOf[status], refundId, reason, correlationId });
        }
        return row;
    });
    if (changed === undefined) {
        return undefined;
    }
    log.info({ correlationId, paymentId: id, from, status, reason }, "payment changed");
    const metric = metricOf[status];
    if (metric !== undefined) {
        putMetric(metric, 1);
    }
    wakeRelay();
    await cachePayment(cache, changed);
    return changed;
}

async function refuseRefund(
    { database, log, wakeRelay }: ProcessArgs,
    payment: PaymentRow,
    { refundId, reason, correlationId }: Required<Pick<Change, "refundId" | "reason" | "correlationId">>,
): Promise<void> {
    const isFirst = await transaction(database, async (connection) => {
        const finished = await finishRefund(connection, refundId, "failed", reason);
        if (finished) {
            await addEvent(connection, payment, { type: "refund.failed", refundId, reason, correlationId });
        }
        return finished;
    });
    if (isFirst) {
        log.info({ correlationId, paymentId: payment.id, refundId, reason }, "refund refused");
        wakeRelay();
    }
}

/** @returns false if another task has done it */
async function finishRefund(
    connection: Connection,
    refundId: string,
    status: Exclude<RefundStatus, "requested">,
    reason?: string,
): Promise<boolean> {
    const { rowCount } = await connection.query(
        "UPDATE payments.refund SET status = $1, reason = $2 WHERE id = $3 AND status = 'requested'",
        [status, reason ?? null, refundId],
    );
    return rowCount === 1;
}

async function addEvent(
    connection: Connection,
    payment: PaymentRow,
    what: Pick<PaymentEvent, "type" | "refundId" | "reason" | "correlationId">,
): Promise<void> {
    const event: PaymentEvent = {
        id: newId(),
        ...what,
        merchantId: payment.merchant_id,
        paymentId: payment.id,
        occurredAt: new Date().toISOString(),
    };
    await addToOutbox(connection, "payment_outbox", event);
}

async function findPayment(connection: Connection, id: string): Promise<PaymentRow> {
    const { rows } = await connection.query<PaymentRow>(
        `SELECT ${paymentColumns} FROM payments.payment WHERE id = $1`,
        [id],
    );
    const [row] = rows;
    if (row === undefined) {
        throw new Unprocessable("the payment does not exist");
    }
    return row;
}

const reasonOf = (decision: Decision): string | undefined => (decision.approved ? undefined : decision.reason);
