import type { Cache } from "./cache.ts";

/** Statuses of a payment, as in `payments.status`. */
export const paymentStatuses = ["accepted", "authorized", "captured", "declined", "failed", "refunded"] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** Statuses of a refund, as in the check of `payments.refund`. */
export const refundStatuses = ["requested", "completed", "failed"] as const;
export type RefundStatus = (typeof refundStatuses)[number];

/** Columns of `payments.payment` that services read. */
export const paymentColumns =
    "id, position, merchant_id, amount_minor, currency, reference, status, reason, version, created_at, updated_at";

export interface PaymentRow {
    readonly id: string;
    readonly position: number;
    readonly merchant_id: string;
    readonly amount_minor: number;
    readonly currency: string;
    readonly reference: string;
    readonly status: PaymentStatus;
    readonly reason: string | null;
    readonly version: number;
    readonly created_at: Date;
    readonly updated_at: Date;
}

/** What a merchant sees of a payment. */
export const paymentView = (row: PaymentRow) => ({
    id: row.id,
    status: row.status,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reference: row.reference,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
});

export type PaymentView = ReturnType<typeof paymentView>;

/** Seconds for which Redis has a payment: so long it may show an old status if Redis was away when the status changed. */
const cacheSeconds = 60;

/** Of a payment in Redis. The merchant is part of it, so that no other merchant reads it. */
export const paymentCacheKey = (merchantId: string, id: string): string => `payment:${merchantId}:${id}`;

/** Writes a payment to Redis, unless Redis has a later version of it. */
export async function cachePayment(cache: Cache, row: PaymentRow): Promise<void> {
    const key = paymentCacheKey(row.merchant_id, row.id);
    await cache.setVersion(key, row.version, JSON.stringify(paymentView(row)), cacheSeconds);
}
