import { transaction, type Pool } from "../common/database.ts";
import type { Log } from "../common/log.ts";
import type { PaymentEvent } from "../common/messages.ts";

/**
 * Records an event for its merchant, once. The row of the merchant's count is locked until the transaction ends, so that the event
 * with the next position becomes visible after this one: a reader that continues after a position misses none.
 */
export async function recordEvent(database: Pool, log: Log, event: PaymentEvent): Promise<void> {
    const { id, type, merchantId, paymentId, refundId, reason, correlationId, occurredAt } = event;
    const isNew = await transaction(database, async (connection) => {
        const { rows } = await connection.query<{ last: number }>(
            // After a restore a merchant that is new here may have read events: all begin behind a gap (services/migration/restored.ts).
            `INSERT INTO payments.event_count (merchant_id, last)
            SELECT $1, coalesce((SELECT last FROM payments.event_count WHERE merchant_id = ''), 0)
            ON CONFLICT (merchant_id) DO UPDATE SET last = event_count.last RETURNING last`,
            [merchantId],
        );
        const position = (rows[0]?.last ?? 0) + 1;
        const { rowCount } = await connection.query(
            `INSERT INTO payments.event
                (merchant_id, position, id, type, payment_id, refund_id, reason, correlation_id, occurred_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
            [merchantId, position, id, type, paymentId, refundId ?? null, reason ?? null, correlationId, occurredAt],
        );
        if (rowCount !== 1) {
            return false;
        }
        await connection.query("UPDATE payments.event_count SET last = $1 WHERE merchant_id = $2", [
            position,
            merchantId,
        ]);
        return true;
    });
    log.info({ correlationId, paymentId, type }, isNew ? "event recorded" : "event received again");
}
