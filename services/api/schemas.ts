import { z } from "zod";
import { maxAmountLimit } from "../../validator/config.ts";
import { currencyExponents } from "../../validator/currencies.ts";
import { idPattern, idShape } from "../../validator/payment.ts";
import { newIdPattern } from "../common/ids.ts";
import { eventTypes } from "../common/messages.ts";
import { paymentStatuses } from "../common/payment.ts";

const currencies = [...currencyExponents.keys()];

const amountUpTo = (max: number) => ({
    amountMinor: z.int().min(1).max(max).describe("In the currency's minor unit: 1234 is 12.34 EUR."),
    currency: z.enum(currencies, { error: "must be a current ISO 4217 currency" }),
    reference: z
        .string()
        .regex(idPattern, { error: idShape(3) })
        .describe("The merchant's own name for the payment."),
});

/** Of what was accepted: it stays readable after its stack has lowered its limit. */
const amount = amountUpTo(maxAmountLimit);

const id = z.string().regex(newIdPattern, { error: "must be 32 small letters" });

export const session = z.object({
    sessionId: id,
    ...amount,
    expiresAt: z.iso.datetime(),
});

export type Session = z.output<typeof session>;

/** Bodies of the requests that name an amount. @param maxAmountMinor limit of the stack */
export function requestsUpTo(maxAmountMinor: number) {
    const { amountMinor, currency, reference } = amountUpTo(maxAmountMinor);
    const newSession = z.strictObject({ amountMinor, currency, reference });
    /** A session, or the fields that it would have. */
    const newPayment = z
        .strictObject({
            sessionId: id.optional(),
            amountMinor: amountMinor.optional(),
            currency: currency.optional(),
            reference: reference.optional(),
        })
        .refine(
            (body) => {
                const given = [body.amountMinor, body.currency, body.reference].filter(
                    (value) => value !== undefined,
                ).length;
                return body.sessionId === undefined ? given === 3 : given === 0;
            },
            { error: "must have either sessionId, or amountMinor, currency and reference" },
        );
    return { newSession, newPayment };
}

export type NewPayment = z.output<ReturnType<typeof requestsUpTo>["newPayment"]>;

export const payment = z.object({
    id,
    status: z.enum(paymentStatuses),
    ...amount,
    reason: z.string().optional().describe("Why the payment was declined or has failed."),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
});

export const refund = z.object({ id, paymentId: id, status: z.literal("requested") });

export const event = z.object({
    position: z.int().describe("Grows by one with each event of the merchant."),
    id,
    type: z.enum(eventTypes),
    paymentId: id,
    reason: z.string().optional(),
    occurredAt: z.iso.datetime(),
});

export const paymentId = z.object({ id });

// The quotes are those of a structured header: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
export const idempotencyHeaders = z.looseObject({
    "idempotency-key": z
        .string()
        .regex(/^(?:"[A-Za-z0-9_-]{8,64}"|[A-Za-z0-9_-]{8,64})$/, { error: "must be 8 to 64 letters, digits, _ or -" })
        .describe("The same key with the same request gets the first response again."),
});

const limit = z.coerce.number().int().min(1).max(100).default(20);

export const paymentsQuery = z.strictObject({
    limit,
    cursor: id.optional().describe("`next` of the page before."),
});

export const eventsQuery = z.strictObject({
    limit,
    after: z.coerce.number().int().min(0).default(0).describe("Position of the last event that the merchant has read."),
});

export const payments = z.object({ payments: z.array(payment), next: id.optional() });
export const events = z.object({ events: z.array(event) });

export const problem = z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    errors: z.array(z.object({ field: z.string(), rule: z.string(), detail: z.string() })).optional(),
});
