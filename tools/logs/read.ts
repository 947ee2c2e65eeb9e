import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import type { LogGroup } from "./sources.ts";

/** One event of a log group. */
export interface LogRecord {
    readonly source: string;
    readonly groupName: string;
    readonly eventId: string;
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly message: string;
}

/** Distinguishes a record from all others. */
export const recordKey = ({ groupName, eventId }: LogRecord): string => `${groupName} ${eventId}`;

export interface LogQuery {
    /** Milliseconds since 1970. */
    readonly from: number;
    /** @default now */
    readonly to?: number;
    /** A filter pattern of CloudWatch Logs. @default every event */
    readonly filterPattern?: string;
}

export type LogsAccess = Pick<AwsClients, "logs">;

/** What several log groups hold, the newest last, and the groups that do not exist. */
export interface FoundRecords {
    readonly records: readonly LogRecord[];
    readonly missing: readonly LogGroup[];
}

/** A filter pattern for events that contain a text. */
export const containingText = (text: string): string => `"${text}"`;

export async function readRecords(
    { logs }: LogsAccess,
    groups: readonly LogGroup[],
    query: LogQuery,
): Promise<FoundRecords> {
    const missing: LogGroup[] = [];
    const records: LogRecord[] = [];
    // One group after the other: AWS limits FilterLogEvents for the account and the region.
    for (const group of groups) {
        const found = await readGroup(logs, group, query);
        if (found === undefined) {
            missing.push(group);
        } else {
            records.push(...found);
        }
    }
    return { records: records.toSorted((a, b) => a.time - b.time), missing };
}

/** Undefined where there is no such log group. */
async function readGroup(
    client: AwsClients["logs"],
    { source, groupName }: LogGroup,
    { from, to, filterPattern }: LogQuery,
): Promise<LogRecord[] | undefined> {
    const pages = paginateFilterLogEvents(
        { client },
        { logGroupName: groupName, startTime: from, endTime: to, filterPattern },
    );
    try {
        const events = await collectPages(pages, (page) => page.events);
        return events.map(({ eventId = "", timestamp = 0, message = "" }) => ({
            ...{ source, groupName, eventId },
            time: timestamp,
            message: message.trimEnd(),
        }));
    } catch (error) {
        if (hasErrorName(error, "ResourceNotFoundException")) {
            return undefined;
        }
        throw error;
    }
}
