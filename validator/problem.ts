import type { FieldProblem } from "./payment.ts";

/** What a problem is called, for programs (`type`) and for people (`title`). A status may have several. */
const kinds = {
    "invalid-request": { status: 400, title: "The request breaks the rules of a payment" },
    forbidden: { status: 403, title: "The API key is not that of the merchant" },
    "not-found": { status: 404, title: "There is nothing here" },
    "method-not-allowed": { status: 405, title: "Only POST is answered here" },
    "idempotency-key-reused": { status: 409, title: "The idempotency key belongs to another request" },
    "payment-exists": { status: 409, title: "The payment id belongs to another request" },
    "reservation-expired": {
        status: 409,
        title: "The payment of this idempotency key has expired: it can be neither confirmed nor recorded",
    },
    "too-large": { status: 413, title: "The body is too large" },
    "media-type": { status: 415, title: "The body must be application/json" },
    unavailable: { status: 503, title: "The payment could not be recorded, try again with the same idempotency key" },
} as const;

export type ProblemKind = keyof typeof kinds;

/** Media type of a problem document. */
export const problemMediaType = "application/problem+json";

/** Text of a problem document (RFC 9457), as the merchants' API and the services send it, too. Without `status` AWS chooses it. */
export const problemText = (
    kind: string,
    { title, status }: { readonly title: string; readonly status?: number },
    errors: readonly FieldProblem[] = [],
): string =>
    JSON.stringify({
        type: `urn:payment-platform:problem:${kind}`,
        title,
        status,
        ...(errors.length > 0 ? { errors } : {}),
    });

/** A problem document (RFC 9457). `errors` names fields and rules; no value of the request is ever in it. */
export function problemDocument(
    kind: ProblemKind,
    errors: readonly FieldProblem[] = [],
): { status: number; body: string } {
    return { status: kinds[kind].status, body: problemText(kind, kinds[kind], errors) };
}
