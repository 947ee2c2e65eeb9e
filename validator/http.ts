import { STATUS_CODES } from "node:http";

/** What an API Gateway REST proxy event and an ALB target event have in common, as far as it is read here. */
export interface ProxyEvent {
    httpMethod?: string;
    path?: string;
    headers?: Record<string, string | undefined> | null;
    /** API Gateway sends both forms of headers; an ALB this one alone, when its target group says so. */
    multiValueHeaders?: Record<string, string[] | undefined> | null;
    queryStringParameters?: Record<string, string | undefined> | null;
    multiValueQueryStringParameters?: Record<string, string[] | undefined> | null;
    body?: string | null;
    isBase64Encoded?: boolean;
    requestContext?: { elb?: unknown; identity?: { apiKeyId?: string | null } | null };
}

export interface ProxyResponse {
    statusCode: number;
    /** An ALB refuses an answer without it; API Gateway refuses one with it. */
    statusDescription?: string;
    isBase64Encoded: false;
    headers?: Record<string, string>;
    multiValueHeaders?: Record<string, string[]>;
    body: string;
}

/** Largest body of a request; the web ACL of the merchants' API blocks larger ones. */
export const maxBodyBytes = 16 * 1024;

/** Media type of a body that is read: in UTF-8 alone, as all JSON that is exchanged is (RFC 8259, section 8.1). */
export const jsonMediaType = /^application\/json(\s*;\s*charset="?utf-8"?)?$/i;

/** ID of the API key that API Gateway has checked; empty for a request without one. */
export const apiKeyIdOf = ({ requestContext }: ProxyEvent): string =>
    /^[a-z0-9]{1,12}$/.exec(requestContext?.identity?.apiKeyId ?? "")?.[0] ?? "";

/** Headers of answers that pages may read, besides those that CORS allows anyway. */
export const exposedHeaders = "X-Correlation-Id, Idempotent-Replayed, Retry-After";

/** All values of a header, trimmed. Two values of one header are for the caller to refuse. */
export function headerValues(event: ProxyEvent, name: string): string[] {
    const many = Object.entries(event.multiValueHeaders ?? {});
    const entries =
        many.length > 0 ? many : Object.entries(event.headers ?? {}).map(([key, one]) => [key, [one]] as const);
    return entries
        .filter(([key]) => key.toLowerCase() === name.toLowerCase())
        .flatMap(([, values]) => values ?? [])
        .filter((value) => value !== undefined)
        .map((value) => value.trim());
}

/**
 * Query parameters by name, with all values. API Gateway sends each in both forms, in one of them its last value only. An ALB passes them as they came,
 * percent signs and all, so that two of its names may be the same.
 */
export function queryParameters(event: ProxyEvent): [name: string, values: string[]][] {
    const single = Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, [value]] as const);
    const entries = [...Object.entries(event.multiValueQueryStringParameters ?? {}), ...single];
    const parameters = Map.groupBy(entries, ([name]) => decodeUriText(name));
    return [...parameters].map(([name, same]) => [
        name,
        same.flatMap(([, values]) => (values ?? []).map((value) => decodeUriText(value ?? ""))),
    ]);
}

export function requestPath(event: ProxyEvent): string {
    return decodeUriText(event.path ?? "");
}

function decodeUriText(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** The body as text; "too-large" before it is decoded, "not-text" when it is not UTF-8. */
export function readBody(event: ProxyEvent): { text: string } | "too-large" | "not-text" {
    const raw = event.body ?? "";
    const bytes = event.isBase64Encoded === true ? Math.floor((raw.length * 3) / 4) : Buffer.byteLength(raw);
    // Base64 rounds up to three bytes.
    if (bytes > maxBodyBytes + 2) {
        return "too-large";
    }
    const body = Buffer.from(raw, event.isBase64Encoded === true ? "base64" : "utf8");
    if (body.length > maxBodyBytes) {
        return "too-large";
    }
    try {
        return { text: new TextDecoder("utf-8", { fatal: true }).decode(body) };
    } catch {
        return "not-text";
    }
}

/** The answer in the shape that the event's sender understands. */
export function toProxyResponse(
    event: ProxyEvent,
    statusCode: number,
    headers: Record<string, string>,
    body: string,
): ProxyResponse {
    const answer = { statusCode, isBase64Encoded: false as const, body };
    if (event.requestContext?.elb === undefined) {
        return { ...answer, headers };
    }
    const statusDescription = `${statusCode} ${STATUS_CODES[statusCode] ?? ""}`;
    if (event.multiValueHeaders == null) {
        return { ...answer, statusDescription, headers };
    }
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    return { ...answer, statusDescription, multiValueHeaders };
}
