import { z } from "zod";
import { logRetentionDays, oneOf } from "./fields.ts";

export const logs = z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("LOG_LEVEL of the containers."),
    applicationRetentionDays: oneOf(logRetentionDays).describe(
        "Retention of application, cache, database and flow logs, in days.",
    ),
    auditRetentionDays: oneOf(logRetentionDays).describe(
        "Retention of the trail, audit records and access logs, in days (PCI DSS 10.5.1: 365).",
    ),
});

export const audit = z.strictObject({
    cloudTrail: z
        .boolean()
        .describe("Creates a multi-region trail. AWS allows five per region, and charges for all but the first."),
    objectLock: z
        .boolean()
        .default(false)
        .describe(
            "Locks each audit record for `logs.auditRetentionDays` (S3 Object Lock in governance mode): to delete one earlier takes `s3:BypassGovernanceRetention`.",
        ),
});
