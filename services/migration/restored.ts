import type { ClientBase } from "pg";
import { keySuffixes } from "../payment/acquirer.ts";

/**
 * Positions that no event gets after a restore. Events that were lost had some of them, and a reader that continues after the last one it has seen
 * must find the next event behind it.
 */
const lostPositions = 1_000_000_000;

/** Days for which SQS keeps a message: what was sent before them has been received before the restored time, or is lost anyway. */
const messageDays = 14;

/** A text in the alphabet of our IDs, always the same for the same text. */
const idOf = (text: string): string => `translate(md5(${text}), '0123456789', 'ghijklmnop')`;

/**
 * What makes restored data safe to continue with, by what the log counts of it. Each may be run again at any time: a message that is sent twice
 * changes nothing twice, and positions have one more gap.
 */
const steps: Readonly<Record<string, string>> = {
    // The row without a merchant is where a new one begins (services/notification/record.ts).
    newMerchants: `INSERT INTO payments.event_count (merchant_id, last) VALUES ('', 0) ON CONFLICT DO NOTHING`,
    counts: `UPDATE payments.event_count SET last = last + ${lostPositions}`,
    // The acquirer answers with its first decision for the same key, and the refund becomes completed as any other.
    lostRefunds: `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id)
        SELECT left(idempotency_key, -${keySuffixes.refund.length}), payment.id, merchant_id, correlation_id
        FROM payments.acquirer_operation JOIN payments.payment ON payment.id = payment_id
        WHERE operation = 'refund' AND idempotency_key ~ '^[a-z]{32}${keySuffixes.refund}$' AND status = 'captured'
        ON CONFLICT DO NOTHING`,
    // Their messages may have been received after the restored time, and then nobody sends them again.
    payments: `INSERT INTO payments.api_outbox (id, body)
        SELECT id, jsonb_build_object(
            'id', id, 'type', 'payment.accepted', 'paymentId', id, 'correlationId', correlation_id)
        FROM payments.payment WHERE status IN ('accepted', 'authorized') ON CONFLICT (id) DO NOTHING`,
    refunds: `INSERT INTO payments.api_outbox (id, body)
        SELECT id, jsonb_build_object(
            'id', id, 'type', 'refund.requested', 'paymentId', payment_id, 'refundId', id, 'correlationId', correlation_id)
        FROM payments.refund WHERE status = 'requested' ON CONFLICT (id) DO NOTHING`,
    events: `INSERT INTO payments.payment_outbox (id, body)
        SELECT id, jsonb_strip_nulls(jsonb_build_object(
            'id', id, 'type', type, 'merchantId', merchant_id, 'paymentId', payment_id, 'reason', reason, 'correlationId', correlation_id,
            'occurredAt', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        FROM (
            SELECT ${idOf("payment_id || '-' || to_status")} AS id, 'payment.' || to_status AS type, merchant_id, payment_id,
                payment_history.reason, payment_history.correlation_id, at
            FROM payments.payment_history JOIN payments.payment ON payment.id = payment_id
            WHERE to_status <> 'accepted'
                AND at > (SELECT max(updated_at) FROM payments.payment) - interval '${messageDays} days'
        ) AS moved
        WHERE NOT EXISTS (SELECT FROM payments.event WHERE (event.payment_id, event.type) = (moved.payment_id, moved.type))
            AND NOT EXISTS (SELECT FROM payments.payment_outbox
                WHERE (body ->> 'paymentId', body ->> 'type') = (moved.payment_id, moved.type))
        ON CONFLICT (id) DO NOTHING`,
};

/** Prepares restored data in one transaction. @returns how many rows each step has written */
export async function prepareRestored(client: Pick<ClientBase, "query">): Promise<Record<string, number>> {
    const written: Record<string, number> = {};
    await client.query("BEGIN");
    for (const [name, sql] of Object.entries(steps)) {
        written[name] = (await client.query(sql)).rowCount ?? 0;
    }
    await client.query("COMMIT");
    return written;
}
