import { InvalidArgumentError } from "commander";
import { getPath } from "../../plan/query.ts";
import { correlationIdPattern } from "../../validator/correlation-id.ts";
import { containingText, readRecords, recordKey, type FoundRecords, type LogQuery, type LogsAccess } from "./read.ts";
import type { LogGroup } from "./sources.ts";

/** @throws InvalidArgumentError unless it has the form of a correlation ID (docs/validator.md) or of the root of a trace */
export function parseCorrelationId(text: string): string {
    if (!correlationIdPattern.test(text)) {
        throw new InvalidArgumentError("It must be 8 to 64 letters, digits and hyphens.");
    }
    return text;
}

/**
 * The records of one request. API Gateway logs no correlation ID, for callers choose it: its records are found by the request ID
 * of the function that it invoked.
 */
export async function readRequest(
    access: LogsAccess,
    groups: readonly LogGroup[],
    { from, filterPattern }: LogQuery,
): Promise<FoundRecords> {
    const direct = await readRecords(access, groups, { from, filterPattern });
    const gateway = groups.filter(({ source }) => source === "gateway");
    const records = [...direct.records];
    for (const requestId of gateway.length === 0 ? [] : requestIdsIn(direct)) {
        records.push(
            ...(await readRecords(access, gateway, { from, filterPattern: containingText(requestId) })).records,
        );
    }
    const byId = new Map(records.map((record) => [recordKey(record), record]));
    return { ...direct, records: [...byId.values()].toSorted((a, b) => a.time - b.time) };
}

/** IDs of the invocations that logged the records. */
const requestIdsIn = ({ records }: FoundRecords): string[] => [
    ...new Set(
        records
            .filter(({ source }) => source === "validator")
            .map(({ message }) => getPath(parseMessage(message), "requestId"))
            .filter((id) => typeof id === "string"),
    ),
];

/** A message that is a JSON object as that object, any other one as its text. */
export function parseMessage(message: string): unknown {
    if (!message.startsWith("{")) {
        return message;
    }
    try {
        return JSON.parse(message) as unknown;
    } catch {
        return message;
    }
}
