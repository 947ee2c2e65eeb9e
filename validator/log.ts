import type { FieldProblem } from "./payment.ts";

/** IDs of one invocation. Neither is from the request's body, and neither can contain a card number. */
export interface Ids {
    requestId: string;
    correlationId: string;
}

/**
 * Fields of a log line. A closed list without free text, so that no value of the request can be logged.
 * `failed` and `cause` are names of our steps and of AWS error classes; an error's message may quote an item, so it stays out.
 */
export interface LogEntry {
    level: "INFO" | "WARN" | "ERROR";
    message: "accepted" | "replayed" | "refused" | "conflict" | "unavailable" | "unexpected error";
    reason?: string;
    problems?: readonly Pick<FieldProblem, "field" | "rule">[];
    failed?: string;
    cause?: string;
}

export type WriteLine = (line: string) => void;

/** One JSON line. Lambda's JSON log format reads `timestamp` and `level` from it as it is. */
export function writeLog(write: WriteLine, now: number, ids: Ids, entry: LogEntry): void {
    const problems = entry.problems?.map(({ field, rule }) => ({ field, rule }));
    write(JSON.stringify({ timestamp: new Date(now).toISOString(), ...entry, problems, ...ids }));
}
