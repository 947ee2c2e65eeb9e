import { z } from "zod";
import { currencyExponents } from "../../validator/currencies.ts";
import { idPattern, idShape } from "../../validator/payment.ts";
import { newIdPattern } from "../common/ids.ts";
import { eventTypes } from "../common/messages.ts";
import { paymentStatuses, refundStatuses } from "../common/payment.ts";

const currencies = [...currencyExponents.keys()];
const minorUnit = "In the currency's minor unit: 1234 is 12.34 EUR.";
const ownName = "The merchant's own name for the payment.";
const withoutCardNumber =
    "Thirteen digits or more may look like a card number, also with dashes between them, and are then refused: a UUID with its dashes never is.";

const id = z.string().regex(newIdPattern, { error: "must be 32 small letters" });

/*
 * Answers have types and no rules: what was accepted stays readable when a currency is withdrawn or a limit lowered, and after a
 * rollback from a release with more statuses.
 */

const answeredAmount = {
    amountMinor: z.int().describe(minorUnit),
    currency: z.string().describe("As in ISO 4217 when the payment was made."),
    reference: z.string().describe(ownName),
};

const oneOf = (values: readonly string[]) =>
    z.string().describe(`${values.join(", ")}; a later release may have more.`);

export const session = z.object({
    sessionId: z.string(),
    ...answeredAmount,
    expiresAt: z.iso.datetime(),
});

export type Session = z.output<typeof session>;

/** Bodies of the requests that name an amount. @param maxAmountMinor limit of the stack */
export function requestsUpTo(maxAmountMinor: number) {
    const amountMinor = z.int().min(1).max(maxAmountMinor).describe(minorUnit);
    const currency = z.enum(currencies, { error: "must be a current ISO 4217 currency" });
    const reference = z
        .string()
        .regex(idPattern, { error: idShape(3) })
        .describe(`${ownName} ${withoutCardNumber}`);
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
        )
        // The same for the description, which has no functions.
        .meta({
            oneOf: [{ required: ["sessionId"], maxProperties: 1 }, { required: Object.keys(newSession.shape) }],
        });
    return { newSession, newPayment };
}

export type NewPayment = z.output<ReturnType<typeof requestsUpTo>["newPayment"]>;

export const payment = z.object({
    id: z.string(),
    status: oneOf(paymentStatuses),
    ...answeredAmount,
    reason: z.string().optional().describe("Why the payment was declined or has failed."),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
});

export const refund = z.object({
    id: z.string(),
    paymentId: z.string(),
    status: oneOf(refundStatuses),
    reason: z.string().optional().describe("Why the refund has failed."),
});

export type Refund = z.output<typeof refund>;

export const event = z.object({
    position: z.int().describe("Grows with each event of the merchant, by one but after a restore of the database."),
    id: z.string(),
    type: oneOf(eventTypes),
    paymentId: z.string(),
    refundId: z.string().optional().describe("Of the events of a refund. An earlier release recorded none."),
    reason: z.string().optional(),
    occurredAt: z.iso.datetime(),
});

/** A query, or a body that may be left out, in which nothing has a meaning. */
export const noFields = z.strictObject({});
export const noBody = noFields.nullish();

export const paymentId = z.object({ id });
export const refundId = z.object({ id, refundId: id });

// The quotes are those of a structured header: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
export const idempotencyHeaders = z.looseObject({
    "idempotency-key": z
        .string()
        .regex(/^(?:"[A-Za-z0-9_-]{8,64}"|[A-Za-z0-9_-]{8,64})$/, { error: "must be 8 to 64 letters, digits, _ or -" })
        .describe(`The same key with the same request gets the first response again. ${withoutCardNumber}`),
});

/** A whole number in a query, in digits: `Number` takes an empty text for 0. */
const whole = (number: z.ZodDefault<z.ZodInt>) =>
    z.preprocess((text) => (typeof text === "string" && /^\d+$/.test(text) ? Number(text) : text), number);

const limit = whole(z.int().min(1).max(100).default(20));

export const paymentsQuery = z.strictObject({
    limit,
    cursor: id.optional().describe("`next` of the page before."),
});

export const eventsQuery = z.strictObject({
    limit,
    after: whole(z.int().min(0).default(0)).describe("Position of the last event that the merchant has read."),
});

export const payments = z.object({ payments: z.array(payment), next: z.string().optional() });
export const events = z.object({ events: z.array(event) });

export const problem = z.object({
    type: z.string(),
    title: z.string(),
    status: z
        .int()
        .optional()
        .describe("The status of the answer. Some refusals of the API before the services have none here."),
    errors: z.array(z.object({ field: z.string(), rule: z.string(), detail: z.string() })).optional(),
});
