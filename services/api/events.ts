import type { Pool } from "../common/database.ts";
import type { PaymentEvent } from "../common/messages.ts";

interface EventRow {
    readonly position: number;
    readonly id: string;
    readonly type: PaymentEvent["type"];
    readonly payment_id: string;
    readonly refund_id: string | null;
    readonly reason: string | null;
    readonly occurred_at: Date;
}

const eventView = (row: EventRow) => ({
    position: row.position,
    id: row.id,
    type: row.type,
    paymentId: row.payment_id,
    ...(row.refund_id === null ? {} : { refundId: row.refund_id }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    occurredAt: row.occurred_at.toISOString(),
});

/** Events of a merchant after a position. None appears later before one that was read. */
export async function readEvents(
    readers: Pool,
    merchantId: string,
    { limit, after }: { readonly limit: number; readonly after: number },
): Promise<{ events: ReturnType<typeof eventView>[] }> {
    const { rows } = await readers.query<EventRow>(
        `SELECT position, id, type, payment_id, refund_id, reason, occurred_at FROM payments.event
        WHERE merchant_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
        [merchantId, after, limit],
    );
    return { events: rows.map(eventView) };
}
