import { eventually, type EventuallyOptions } from "../frame/eventually.ts";

/** A request of a merchant to the merchants' API. */
export interface MerchantRequest {
    readonly path: string;
    /** It is a POST, with or without a body. */
    readonly idempotencyKey?: string;
    /** It is a POST, of JSON. */
    readonly body?: object;
    readonly correlationId?: string;
    readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
}

/** A merchant at the merchants' API. */
export type MerchantClient = (request: MerchantRequest) => Promise<Answer>;

/** All that reading needs of a merchant. */
type Reader = (request: { readonly path: string }) => Promise<{ readonly text: string }>;

/** Milliseconds: API Gateway times out after 29 s. */
const timeoutMs = 30_000;

/** @param apiKey none: the requests are refused */
export const merchantAt =
    (address: string, apiKey?: string): MerchantClient =>
    async ({ path, idempotencyKey, body, correlationId, headers }) => {
        const response = await fetch(`${address}${path}`, {
            method: idempotencyKey === undefined && body === undefined ? "GET" : "POST",
            headers: {
                ...headers,
                ...(apiKey !== undefined && { "x-api-key": apiKey }),
                ...(body !== undefined && { "content-type": "application/json" }),
                ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
                ...(correlationId !== undefined && { "x-correlation-id": correlationId }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(timeoutMs),
        });
        return { status: response.status, headers: response.headers, text: await response.text() };
    };

/** A payment, as its merchant reads it. */
export interface MerchantPayment {
    readonly id: string;
    readonly status: string;
    readonly reason?: string;
}

/** An event, as its merchant reads it. */
export interface MerchantEvent {
    readonly position: number;
    readonly id: string;
    readonly type: string;
    readonly paymentId: string;
    readonly refundId?: string;
}

export const readPayment = async (reader: Reader, id: string): Promise<MerchantPayment> =>
    JSON.parse((await reader({ path: `/api/payments/${id}` })).text) as MerchantPayment;

/** Waits until a payment has one of these statuses. */
export const untilStatus = (
    reader: Reader,
    id: string,
    wanted: readonly string[],
    patience: EventuallyOptions,
): Promise<MerchantPayment> =>
    eventually(
        `payment ${wanted.join(" or ")}`,
        async () => {
            const payment = await readPayment(reader, id);
            return wanted.includes(payment.status) ? payment : undefined;
        },
        patience,
    );

export async function eventsOf(reader: Reader, paymentId: string): Promise<MerchantEvent[]> {
    const found: MerchantEvent[] = [];
    for (let after = 0; ;) {
        const { text } = await reader({ path: `/api/events?after=${after}&limit=100` });
        const { events } = JSON.parse(text) as { events: MerchantEvent[] };
        found.push(...events.filter((event) => event.paymentId === paymentId));
        const last = events.at(-1);
        if (last === undefined) {
            return found;
        }
        after = last.position;
    }
}
