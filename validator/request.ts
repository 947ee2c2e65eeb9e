import { headerValues, jsonMediaType, queryParameters, readBody, requestPath, type ProxyEvent } from "./http.ts";
import { actsFor, type Merchants } from "./merchants.ts";
import {
    cardProblemsOfField,
    cardProblemsOfTexts,
    paymentRules,
    safeFieldName,
    validatePayment,
    type Payment,
    type FieldProblem,
} from "./payment.ts";
import type { ProblemKind } from "./problem.ts";

export interface RequestRefusal {
    kind: ProblemKind;
    /** Of the metrics: the gravest rule that was broken, or the kind itself. */
    reason: string;
    problems: FieldProblem[];
}

export type CheckedRequest =
    | { payment: Payment; idempotencyKey: string; refusal?: never }
    | { payment?: never; idempotencyKey?: never; refusal: RequestRefusal };

const idempotencyKeyName = "Idempotency-Key";
// The quotes are those of a structured header: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
const idempotencyKeyShape = /^(?:"([A-Za-z0-9_-]{8,64})"|([A-Za-z0-9_-]{8,64}))$/;

/** Checks everything of a request. Card data is looked for first, wherever it is, so that no other refusal hides it. */
export function checkRequest(event: ProxyEvent, maxAmountMinor: number, merchants: Merchants): CheckedRequest {
    const outside = cardProblemsOutside(event);
    if (outside.length === 0) {
        const kind = routingProblem(event);
        if (kind !== undefined) {
            return { refusal: { kind, reason: kind, problems: [] } };
        }
    }
    const body = readBody(event);
    if (body === "too-large") {
        return { refusal: refusalOf(outside, "too-large") };
    }
    // Not UTF-8 is not JSON either (RFC 8259, section 8.1); an empty text is refused with that rule.
    const text = body === "not-text" ? "" : body.text;
    const { payment, problems = [] } = validatePayment(text, maxAmountMinor);
    const { key = "", problems: keyProblems } = readIdempotencyKey(event);
    const all = [...outside, ...unknownParameters(event), ...keyProblems, ...problems];
    if (payment === undefined || all.length > 0) {
        return { refusal: refusalOf(all, "invalid-request") };
    }
    return actsFor(merchants, event, payment.merchantId)
        ? { payment, idempotencyKey: key }
        : { refusal: refusalOf([], "forbidden") };
}

// A body of unknown fields has thousands of problems: a list of all would make response and log larger than the body.
const maxProblems = 50;

function refusalOf(problems: FieldProblem[], otherwise: ProblemKind): RequestRefusal {
    const reason = paymentRules.find((rule) => problems.some((problem) => problem.rule === rule));
    return reason === undefined
        ? { kind: otherwise, reason: otherwise, problems }
        : { kind: "invalid-request", reason, problems: problems.slice(0, maxProblems) };
}

function routingProblem(event: ProxyEvent): ProblemKind | undefined {
    // A custom domain may put a base path before it.
    if (!requestPath(event).endsWith("/validate")) {
        return "not-found";
    }
    if (event.httpMethod !== "POST") {
        return "method-not-allowed";
    }
    const [mediaType, ...others] = headerValues(event, "Content-Type");
    return jsonMediaType.test(mediaType ?? "") && others.length === 0 ? undefined : "media-type";
}

function cardProblemsOutside(event: ProxyEvent): FieldProblem[] {
    const parameters = queryParameters(event).flatMap(([name, values]) =>
        cardProblemsOfField(queryField(name), name, values),
    );
    return [
        ...cardProblemsOfTexts("path", [requestPath(event)]),
        ...cardProblemsOfTexts(idempotencyKeyName, headerValues(event, idempotencyKeyName)),
        ...parameters,
    ];
}

function unknownParameters(event: ProxyEvent): FieldProblem[] {
    return queryParameters(event).map(([name]) => ({
        field: queryField(name),
        rule: "unknown-field",
        detail: "is not a query parameter of this resource",
    }));
}

function queryField(name: string): string {
    return `query.${safeFieldName(name)}`;
}

function readIdempotencyKey(event: ProxyEvent): { key?: string; problems: FieldProblem[] } {
    const field = idempotencyKeyName;
    const values = headerValues(event, field);
    if (values.length === 0) {
        return { problems: [{ field, rule: "missing", detail: "must be given" }] };
    }
    const [, quoted, bare] = values.length === 1 ? (idempotencyKeyShape.exec(values[0] ?? "") ?? []) : [];
    const key = quoted ?? bare;
    return key === undefined
        ? { problems: [{ field, rule: "format", detail: "must be one value of 8 to 64 letters, digits, _ or -" }] }
        : { key, problems: [] };
}
