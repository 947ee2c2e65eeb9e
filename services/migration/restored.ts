import type { ClientBase } from "pg";
import { lettersOfHex } from "../../validator/card-data.ts";
import { keySuffixes } from "../payment/acquirer.ts";

const digits = "0123456789";

/**
 * Events get positions after this one: a reader that continues after the last one it has seen must find the next event behind it, and lost events, also
 * those of another restored cluster, had the positions before. So it follows from the time. It holds where a merchant has had fewer than a hundred
 * events a second on average since the restore before. More would need more digits, and a request with 13 could have a card number: these are 12,
 * until the year 2286.
 */
const positionOfNow = "floor(extract(epoch FROM now()))::bigint * 100";

/** Days for which SQS keeps a message: what was sent before them has been received before the restored time, or is lost anyway. */
const messageDays = 14;

/** A text in the alphabet of our IDs, always the same for the same text. */
const idOf = (text: string): string => `translate(md5(${text}), '${digits}', '${lettersOfHex(digits)}')`;

/**
 * What makes restored data safe to continue with, by what the log counts of it. All may be run again: a message that is sent twice moves no money
 * twice, and positions have one more gap. An event that is on its way meanwhile comes twice.
 */
const steps: Readonly<Record<string, string>> = {
    // Also of a payment that was captured only after the restored time: its message captures it again. The acquirer answers both keys
    // with its first decisions, and the refund becomes completed as any other.
    lostRefunds: `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id)
        SELECT left(idempotency_key, -${keySuffixes.refund.length}), payment.id, merchant_id, correlation_id
        FROM payments.acquirer_operation JOIN payments.payment ON payment.id = payment_id
        WHERE operation = 'refund' AND idempotency_key ~ '^[a-z]{32}${keySuffixes.refund}$'
            AND status IN ('accepted', 'authorized', 'captured')
            AND NOT EXISTS (SELECT FROM payments.reconciliation_difference AS difference
                WHERE difference.idempotency_key = acquirer_operation.idempotency_key
                    AND kind = 'only-acquirer' AND settled_by = 'person')
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
            'id', id, 'type', type, 'merchantId', merchant_id, 'paymentId', payment_id, 'refundId', refund_id, 'reason', reason,
            'correlationId', correlation_id,
            'occurredAt', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        FROM (
            SELECT ${idOf("payment_id || '-' || to_status")} AS id, 'payment.' || to_status AS type, merchant_id, payment_id,
                (SELECT refund.id FROM payments.refund
                    WHERE refund.payment_id = payment.id AND refund.status = 'completed' AND to_status = 'refunded') AS refund_id,
                payment_history.reason, payment_history.correlation_id, at
            FROM payments.payment_history JOIN payments.payment ON payment.id = payment_id
            WHERE to_status <> 'accepted'
                AND at > (SELECT max(updated_at) FROM payments.payment) - interval '${messageDays} days'
        ) AS moved
        WHERE NOT EXISTS (SELECT FROM payments.event WHERE (event.payment_id, event.type) = (moved.payment_id, moved.type))
            AND NOT EXISTS (SELECT FROM payments.payment_outbox
                WHERE (body ->> 'paymentId', body ->> 'type') = (moved.payment_id, moved.type))
        ON CONFLICT (id) DO NOTHING`,
    // Last, as events wait for these rows. The row without a merchant is where a new one begins (services/notification/record.ts).
    newMerchants: `INSERT INTO payments.event_count (merchant_id, last) VALUES ('', 0) ON CONFLICT DO NOTHING`,
    counts: `UPDATE payments.event_count SET last = greatest(last, ${positionOfNow})`,
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
