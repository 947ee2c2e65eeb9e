import { z } from "zod";
import { logRetentionDays, oneOf } from "./fields.ts";

export const logs = z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("LOG_LEVEL of the containers."),
    applicationRetentionDays: oneOf(logRetentionDays).describe(
        "Days that application, cache, database and flow logs are kept.",
    ),
    auditRetentionDays: oneOf(logRetentionDays).describe(
        "Days that the trail, audit records and access logs are kept (PCI DSS 10.5.1: 365).",
    ),
});

export const audit = z.strictObject({
    cloudTrail: z
        .boolean()
        .describe("A multi-region trail of its own. AWS allows five per region and bills every copy but the first."),
});
