import { callBudgetMs, Unavailable, type Aws } from "./aws.ts";
import { holdsCardNumber } from "./card-data.ts";
import type { Config } from "./config.ts";
import { correlationIdPattern } from "./correlation-id.ts";
import { inMajorUnits } from "./currencies.ts";
import {
    apiKeyIdOf,
    exposedHeaders,
    headerValues,
    toProxyResponse,
    type ProxyResponse,
    type ProxyEvent,
} from "./http.ts";
import { writeLog, type Ids, type LogEntry, type WriteLine } from "./log.ts";
import type { Merchants } from "./merchants.ts";
import { writeMetrics, type RequestOutcome } from "./metrics.ts";
import type { Payment } from "./payment.ts";
import { problemDocument, problemMediaType, type ProblemKind } from "./problem.ts";
import { recordOnce } from "./recording.ts";
import { checkRequest, type RequestRefusal } from "./request.ts";
import { daySeconds, paymentHash, type Reservation } from "./transactions.ts";

/** Dependencies of the handler, so that a test can replace AWS, the clock and stdout. */
export interface Dependencies extends Pick<Aws, "dynamo" | "s3" | "sleep"> {
    config: Config;
    merchants: Merchants;
    now: () => number;
    write: WriteLine;
    /** The X-Ray header of the running invocation. */
    trace: () => string | undefined;
}

export interface InvocationContext {
    awsRequestId: string;
    getRemainingTimeInMillis: () => number;
}

export type Handler = (event: ProxyEvent, context: InvocationContext) => Promise<ProxyResponse>;

interface Result {
    outcome: RequestOutcome;
    status: number;
    body: string;
    headers?: Record<string, string>;
    entry: LogEntry;
}

export function createHandler(deps: Dependencies): Handler {
    return async (event, context) => {
        const started = deps.now();
        const ids = idsOf(event, context, deps.trace());
        let result: Result;
        try {
            result = await handle(deps, event, context, ids, started);
        } catch {
            // A bug, not an outage: the invocation fails, which raises the alarm on the function's errors. The error has neither
            // message nor cause, because Lambda logs it, and both may quote the request.
            writeLog(deps.write, deps.now(), ids, { level: "ERROR", message: "unexpected error" });
            throw new Error("unexpected error");
        }
        const now = deps.now();
        writeLog(deps.write, now, ids, result.entry);
        writeMetrics(deps.write, deps.config, now, result.outcome, now - started, result.entry.reason);
        return toProxyResponse(event, result.status, headersOf(deps.config, event, ids, result), result.body);
    };
}

async function handle(
    deps: Dependencies,
    event: ProxyEvent,
    context: InvocationContext,
    ids: Ids,
    started: number,
): Promise<Result> {
    const { refusal, payment, idempotencyKey } = checkRequest(event, deps.config.maxAmountMinor, deps.merchants);
    if (refusal !== undefined) {
        return refusedResult(refusal);
    }
    const signal = AbortSignal.timeout(callBudgetMs(context.getRemainingTimeInMillis()));
    const aws = { dynamo: deps.dynamo, s3: deps.s3, sleep: deps.sleep, signal };
    const wanted = reservationFor(deps.config, payment, event, ids, started);
    try {
        const recorded = await recordOnce(aws, deps.config, payment, idempotencyKey, wanted);
        return recorded.is === "conflict"
            ? conflictResult(recorded.over)
            : acceptedResult(recorded.is, recorded.answer);
    } catch (error) {
        if (error instanceof Unavailable) {
            return unavailableResult(error);
        }
        throw error;
    }
}

function reservationFor(config: Config, payment: Payment, event: ProxyEvent, ids: Ids, started: number): Reservation {
    const receivedAt = new Date(started).toISOString();
    const { paymentId, amountMinor, currency, exponent } = payment;
    const amount = inMajorUnits(amountMinor, exponent);
    return {
        requestHash: paymentHash(payment),
        receivedAt,
        correlationId: ids.correlationId,
        apiKeyId: apiKeyIdOf(event),
        recordExpiresAt: Math.floor(started / 1000) + config.recordTtlDays * daySeconds,
        answer: JSON.stringify({ status: "accepted", paymentId, amountMinor, currency, exponent, amount, receivedAt }),
    };
}

function refusedResult({ kind, reason, problems }: RequestRefusal): Result {
    const level = kind === "forbidden" || reason.startsWith("card-") ? "WARN" : "INFO";
    return {
        outcome: "Refused",
        ...problemDocument(kind, problems),
        ...(kind === "method-not-allowed" ? { headers: { Allow: "POST" } } : {}),
        entry: { level, message: "refused", reason, problems },
    };
}

/** 202: the payment is valid and recorded, but not processed yet. */
function acceptedResult(is: "accepted" | "replayed", answer: string): Result {
    const entry: LogEntry = { level: "INFO", message: is };
    return is === "accepted"
        ? { outcome: "Accepted", status: 202, body: answer, entry }
        : { outcome: "Replayed", status: 202, body: answer, entry, headers: { "Idempotent-Replayed": "true" } };
}

function conflictResult(kind: ProblemKind): Result {
    return {
        outcome: "Conflict",
        ...problemDocument(kind),
        entry: { level: "INFO", message: "conflict", reason: kind },
    };
}

function unavailableResult({ step, reason }: Unavailable): Result {
    return {
        outcome: "Unavailable",
        ...problemDocument("unavailable"),
        headers: { "Retry-After": "5" },
        entry: { level: "ERROR", message: "unavailable", failed: step, cause: reason },
    };
}

function headersOf(config: Config, event: ProxyEvent, ids: Ids, result: Result): Record<string, string> {
    const [origin = ""] = headerValues(event, "Origin");
    const allowed = config.corsOrigins.find((one) => one === "*" || one === origin);
    return {
        "Content-Type": result.status < 400 ? "application/json" : problemMediaType,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Correlation-Id": ids.correlationId,
        ...result.headers,
        ...(allowed === undefined
            ? {}
            : {
                  "Access-Control-Allow-Origin": allowed,
                  "Access-Control-Expose-Headers": exposedHeaders,
                  Vary: "Origin",
              }),
    };
}

/**
 * The caller's `X-Correlation-Id`, else the root of the X-Ray trace, else the invocation's request ID. A trace ID may also come
 * from the caller, so both must have the right format and contain no card number.
 */
function idsOf(event: ProxyEvent, context: InvocationContext, trace = ""): Ids {
    const [given = ""] = headerValues(event, "X-Correlation-Id");
    const candidates = [
        correlationIdPattern.exec(given)?.[0],
        /(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(trace)?.[1],
    ];
    const correlationId = candidates.find((id) => id !== undefined && !holdsCardNumber(id));
    return { requestId: context.awsRequestId, correlationId: correlationId ?? context.awsRequestId };
}
