/** A call to the acquirer: the same key is the same call, however often it is made. */
export interface AcquirerCall {
    readonly idempotencyKey: string;
    readonly paymentId: string;
    readonly correlationId: string;
    readonly amountMinor: number;
    readonly currency: string;
}

/** An idempotency key is the ID of the payment, or of the refund, and this. The task that compares payments finds them by it. */
export const keySuffixes = {
    authorize: "-authorize",
    capture: "-capture",
    refund: "-refund",
} as const satisfies Readonly<Record<keyof Acquirer, string>>;

/** What the acquirer has decided. `reason` is one of its codes. */
export type Decision = { readonly approved: true } | { readonly approved: false; readonly reason: string };

/**
 * The company that moves the money.
 *
 * Each method throws where the decision is not known, for example after a timeout: the caller calls again with the same key, also while the
 * first call is still under way at the acquirer.
 */
export interface Acquirer {
    readonly authorize: (call: AcquirerCall) => Promise<Decision>;
    readonly capture: (call: AcquirerCall) => Promise<Decision>;
    readonly refund: (call: AcquirerCall) => Promise<Decision>;
}

/** The acquirer did not answer, or without a decision. `code` says how: `TIMEOUT`, `HTTP_503`. `outage.ts` knows those of an outage. */
export class NoDecision extends Error {
    readonly code: string;

    constructor(code: string) {
        super(`the acquirer gave no decision: ${code}`);
        this.name = "NoDecision";
        this.code = code;
    }
}
