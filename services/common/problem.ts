import type { FieldProblem } from "../../validator/payment.ts";
import { problemText } from "../../validator/problem.ts";

/** What a problem is called, for programs (`type`) and for people (`title`), as in the validator's responses. */
const kinds = {
    "invalid-request": { status: 400, title: "The request breaks the rules of this resource" },
    forbidden: { status: 403, title: "The request does not come from the merchants' API" },
    "not-found": { status: 404, title: "There is nothing here" },
    "idempotency-key-reused": { status: 409, title: "The idempotency key belongs to another request" },
    "session-not-found": { status: 409, title: "The payment session does not exist or has expired" },
    "session-used": { status: 409, title: "The payment session has been used by another payment" },
    "not-refundable": { status: 409, title: "Only a captured payment can be refunded, and only once" },
    "too-large": { status: 413, title: "The body is too large" },
    "media-type": { status: 415, title: "The body must be application/json" },
    failed: { status: 500, title: "The request could not be served" },
    unavailable: { status: 503, title: "The request could not be served now, try again" },
} as const;

export type ProblemKind = keyof typeof kinds;

/** A request that ends with a problem document (RFC 9457), refused or failed. */
export class Problem extends Error {
    readonly kind: ProblemKind;
    readonly errors: readonly FieldProblem[];

    constructor(kind: ProblemKind, errors: readonly FieldProblem[] = []) {
        super(kind);
        this.name = "Problem";
        this.kind = kind;
        this.errors = errors;
    }

    get status(): number {
        return kinds[this.kind].status;
    }

    /** The document. `errors` names fields and rules; no value of the request is in it. */
    body(): string {
        return problemText(this.kind, kinds[this.kind], this.errors);
    }
}
