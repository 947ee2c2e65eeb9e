import { randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { z } from "zod";
import { auditPrefixes } from "../../lib/audit.ts";
import { nameOf } from "../../lib/scope.ts";
import type { Caller } from "./account.ts";
import type { AwsClients } from "./aws-clients.ts";
import type { Clock } from "./clock.ts";
import { dayOf } from "./values.ts";

/** What an operator did to a stack by a command. It contains no content of a message, a log or a table. */
export const operationRecordSchema = z.object({
    version: z.literal(1),
    /** The command, and how far it is, such as `redrive.requested` and `redrive.done`. */
    event: z.string(),
    stack: z.string(),
    /** ISO 8601. */
    at: z.string(),
    /** ARN of the caller. */
    by: z.string(),
    reason: z.string(),
    details: z.record(z.string(), z.unknown()),
});
export type OperationRecord = z.output<typeof operationRecordSchema>;

/** Prefix of these records in the audit bucket. The trail logs who reads or writes there, and Object Lock keeps them. */
export const operationsPrefix = `${auditPrefixes.records}operations/`;

/** Key of a record in the audit bucket: it begins with the day. */
const recordKey = (at: string, event: string): string =>
    `${operationsPrefix}${dayFolder(Date.parse(at))}/${at}-${event}-${randomUUID()}.json`;

/** Folder of a day, such as `2027/01/31`. */
export const dayFolder = (time: number): string => dayOf(time).replaceAll("-", "/");

/** The time of a record, in milliseconds since 1970, as its key says it; undefined for a key that no command makes. */
export function timeInKey(key: string): number | undefined {
    const [, at = ""] = /\/(\d{4}-\d\d-\d\dT[\d:.]+Z)-[^/]+\.json$/.exec(key) ?? [];
    return Date.parse(at) || undefined;
}

/** Name of the audit bucket of a stack. */
export const auditBucketName = (suffix: string, account: string): string => `${nameOf({ suffix }, "audit")}-${account}`;

/** Who operates on which stack, and why. */
export interface OperatorAction {
    readonly s3: AwsClients["s3"];
    readonly clock: Clock;
    readonly caller: Caller;
    readonly suffix: string;
    readonly stack: string;
    readonly reason: string;
}

/** Writes a record into the audit bucket; it never overwrites one. */
export async function recordOperation(
    { s3, clock, caller, suffix, stack, reason }: OperatorAction,
    event: string,
    details: OperationRecord["details"],
): Promise<void> {
    const at = new Date(clock.now()).toISOString();
    const record: OperationRecord = { version: 1, event, stack, at, by: caller.arn, reason, details };
    await s3.send(
        new PutObjectCommand({
            Bucket: auditBucketName(suffix, caller.account),
            Key: recordKey(at, event),
            Body: JSON.stringify(record),
            ContentType: "application/json",
            IfNoneMatch: "*",
            // A bucket whose objects are locked refuses an upload without a checksum
            // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html).
            ChecksumAlgorithm: "SHA256",
        }),
    );
}
