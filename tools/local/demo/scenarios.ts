import type { PaymentEvent } from "../../../services/common/messages.ts";
import type { PaymentStatus } from "../../../services/common/payment.ts";

/** A request of the merchant, and what must be answered. */
export interface DemoRequest {
    /** What the timeline says about it. */
    readonly what: string;
    readonly path: "/api/payments" | "/api/payments/{id}/refunds";
    /** Requests of a payment with the same text have the same idempotency key. */
    readonly key: string;
    /** Fields in addition to those of the payment. */
    readonly extra?: Readonly<Record<string, string>>;
    /** The status to wait for before it is sent. */
    readonly after?: PaymentStatus;
    readonly status: number;
    /** The answer must be the recorded one. */
    readonly replayed?: true;
}

/** A payment, and the life that it must have. */
export interface Scenario {
    readonly title: string;
    /** Its last two digits decide what the simulated acquirer answers (`services/payment/simulated-acquirer.ts`). */
    readonly amountMinor: number;
    readonly requests: readonly DemoRequest[];
    /** The payment's statuses in their order; none: nothing may have been recorded. */
    readonly history: readonly PaymentStatus[];
    /** Events of the merchant, in any order: SNS keeps none. */
    readonly events: readonly PaymentEvent["type"][];
    /** Of the last status. */
    readonly reason?: string;
}

const pay: DemoRequest = { what: "POST /api/payments", path: "/api/payments", key: "payment", status: 202 };

/** The number that card schemes publish for tests: https://docs.stripe.com/testing */
const testCardNumber = "4111111111111111";

export const scenarios: readonly Scenario[] = [
    {
        title: "captured",
        amountMinor: 1234,
        requests: [pay],
        history: ["accepted", "authorized", "captured"],
        events: ["payment.authorized", "payment.captured"],
    },
    {
        title: "declined",
        amountMinor: 1251,
        requests: [pay],
        history: ["accepted", "declined"],
        events: ["payment.declined"],
        reason: "insufficient-funds",
    },
    {
        title: "sent twice with one idempotency key",
        amountMinor: 4200,
        requests: [pay, { ...pay, what: "the same request again", replayed: true }],
        history: ["accepted", "authorized", "captured"],
        events: ["payment.authorized", "payment.captured"],
    },
    {
        title: "refused for card data",
        amountMinor: 4200,
        requests: [
            { ...pay, what: "POST /api/payments with a card number", extra: { pan: testCardNumber }, status: 400 },
        ],
        history: [],
        events: [],
    },
    {
        title: "refunded",
        amountMinor: 2500,
        requests: [
            pay,
            {
                what: "POST /api/payments/{id}/refunds",
                path: "/api/payments/{id}/refunds",
                key: "refund",
                after: "captured",
                status: 202,
            },
        ],
        history: ["accepted", "authorized", "captured", "refunded"],
        events: ["payment.authorized", "payment.captured", "payment.refunded"],
    },
    {
        title: "failed after its authorization",
        amountMinor: 1257,
        requests: [pay],
        history: ["accepted", "authorized", "failed"],
        events: ["payment.authorized", "payment.failed"],
        reason: "not-permitted",
    },
];
