import { z } from "zod";
import { correlationIdPattern } from "../../validator/correlation-id.ts";
import { newIdPattern } from "./ids.ts";

const id = z.string().regex(newIdPattern);

const header = { id, correlationId: z.string().regex(correlationIdPattern) };

/** Messages in the queue `processing`, from the api service to the payment service. */
export const processingMessage = z.discriminatedUnion("type", [
    z.object({ ...header, type: z.literal("payment.accepted"), paymentId: id }),
    z.object({ ...header, type: z.literal("refund.requested"), paymentId: id, refundId: id }),
]);

export type ProcessingMessage = z.output<typeof processingMessage>;

export const eventTypes = [
    "payment.authorized",
    "payment.captured",
    "payment.declined",
    "payment.failed",
    "payment.refunded",
    "refund.failed",
] as const;

/** Events of the topic `events`, from the payment service to those that subscribe. */
export const paymentEvent = z.object({
    ...header,
    type: z.enum(eventTypes),
    merchantId: z.string(),
    paymentId: id,
    /** Of `payment.refunded` and `refund.failed`. A service of an earlier release sends none. */
    refundId: id.optional(),
    reason: z.string().optional(),
    occurredAt: z.iso.datetime(),
});

export type PaymentEvent = z.output<typeof paymentEvent>;
