import type { FastifyError, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { stageName } from "../../contract/container.ts";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { correlationIdPattern } from "../../validator/correlation-id.ts";
import { parseJson } from "../../validator/json.ts";
import {
    cardProblemsOfBody,
    cardProblemsOfField,
    cardProblemsOfTexts,
    safeFieldName,
    type FieldProblem,
} from "../../validator/payment.ts";
import { isUnavailable } from "./database.ts";
import { newId } from "./ids.ts";
import { Problem } from "./problem.ts";

/** The path without the stage of the API before it: API Gateway may send either form. */
export const withoutStage = (url: string): string =>
    url.startsWith(`/${stageName}/`) ? url.slice(stageName.length + 1) : url;

/**
 * The URL of a request, as the router gets it. The router itself would answer a path that it cannot decode, with the path in the answer
 * and without a line in the log. So it gets another path, and `checkUrlAndHeaders` refuses the request.
 */
export const routedUrl = (url = "/"): string => (decodedPath(url) === undefined ? "/" : withoutStage(url));

/** The caller's correlation ID if it has the right form and no card number, else a new one. */
export function correlationIdOf(header: string | string[] | undefined): string {
    const given = typeof header === "string" && correlationIdPattern.test(header) ? header : undefined;
    return given === undefined || holdsCardNumber(given) ? newId() : given;
}

/** The URL's path, decoded; undefined if it cannot be, or is none. */
function decodedPath(url: string): string | undefined {
    const [path] = partsOf(url);
    try {
        return path.startsWith("/") ? decodeURIComponent(path) : undefined;
    } catch {
        return undefined;
    }
}

/** Path and query. For the router `#` begins a query, too. */
const partsOf = (url: string): [path: string, query: string] => {
    const end = url.search(/[?#]|$/);
    return [url.slice(0, end), url.slice(end + 1)];
};

/** @throws Problem if the path is malformed, or if it, the query or the idempotency key has card data */
export function checkUrlAndHeaders({ originalUrl, headers }: Pick<FastifyRequest, "originalUrl" | "headers">): void {
    const [path, query] = partsOf(originalUrl);
    const decoded = decodedPath(originalUrl);
    const inQuery = [...new URLSearchParams(query)].flatMap(([name, value]) =>
        cardProblemsOfField(`query.${safeFieldName(name)}`, name, value),
    );
    const problems = [
        ...cardProblemsOfTexts("path", [decoded ?? path]),
        ...inQuery,
        ...cardProblemsOfTexts("Idempotency-Key", [String(headers["idempotency-key"] ?? "")]),
    ];
    if (decoded === undefined) {
        problems.push({ field: "path", rule: "format", detail: "must begin with / and be encoded as in a URL" });
    }
    if (problems.length > 0) {
        throw new Problem("invalid-request", problems);
    }
}

/**
 * Value of a JSON body, with the validator's rules about card data: they come first, so that no other refusal hides it.
 *
 * @throws Problem if the body is not JSON, repeats a name or has card data
 */
export function parseBody(text: string): unknown {
    const json = parseJson(text);
    if (json === undefined) {
        throw new Problem("invalid-request", [{ field: "body", rule: "not-json", detail: "must be valid JSON" }]);
    }
    const problems = cardProblemsOfBody(json);
    if (json.repeatsName) {
        problems.push({ field: "body", rule: "repeated-name", detail: "must not repeat a field" });
    }
    if (problems.length > 0) {
        throw new Problem("invalid-request", problems);
    }
    return json.value;
}

const maxProblems = 50;

/** What is answered for an error of a handler, or of the server before it. */
export function problemOf(error: FastifyError | Error): Problem {
    if (error instanceof Problem) {
        return error;
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
        const where = error.validationContext === "querystring" ? "query." : "";
        const problems = error.validation.flatMap(({ keyword, params, instancePath, message }) =>
            fieldProblemsOf(keyword, `${where}${instancePath.slice(1).replaceAll("/", ".")}`, message, params.keys),
        );
        return new Problem("invalid-request", problems.slice(0, maxProblems));
    }
    if (isUnavailable(error)) {
        return new Problem("unavailable");
    }
    const status = "statusCode" in error ? error.statusCode : undefined;
    switch (status) {
        case 413:
            return new Problem("too-large");
        case 415:
            return new Problem("media-type");
        default:
            return new Problem(status !== undefined && status < 500 ? "invalid-request" : "failed");
    }
}

const ruleOfCode: Readonly<Record<string, FieldProblem["rule"]>> = {
    invalid_type: "type",
    invalid_value: "format",
    too_big: "limit",
    too_small: "limit",
};

function fieldProblemsOf(code: string, field: string, message = "is not valid", keys: unknown = []): FieldProblem[] {
    if (code === "unrecognized_keys" && Array.isArray(keys)) {
        return keys.map((key) => ({
            field: field.startsWith("query.") ? `query.${safeFieldName(String(key))}` : safeFieldName(String(key)),
            rule: "unknown-field",
            detail: "is not a field of this request",
        }));
    }
    const rule = message.endsWith("received undefined") ? "missing" : (ruleOfCode[code] ?? "format");
    return [{ field: field === "" ? "body" : field, rule, detail: message }];
}
