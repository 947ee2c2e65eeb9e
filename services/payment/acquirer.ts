/** A call to the acquirer: the same key is the same call, however often it is made. */
export interface AcquirerCall {
    readonly idempotencyKey: string;
    readonly amountMinor: number;
    readonly currency: string;
}

/** What the acquirer has decided. `reason` is one of its codes. */
export type Decision = { readonly approved: true } | { readonly approved: false; readonly reason: string };

/**
 * The company that moves the money.
 *
 * Each method throws where the decision is not known, for example after a timeout: the caller calls again with the same key.
 */
export interface Acquirer {
    readonly authorize: (call: AcquirerCall) => Promise<Decision>;
    readonly capture: (call: AcquirerCall) => Promise<Decision>;
    readonly refund: (call: AcquirerCall) => Promise<Decision>;
}

/** The acquirer did not answer, or without a decision. */
export class NoDecision extends Error {
    constructor() {
        super("the acquirer gave no decision");
        this.name = "NoDecision";
    }
}
