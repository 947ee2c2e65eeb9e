import { z } from "zod";
import { integer, oneOf } from "./fields.ts";

/** Intervals that RDS enhanced monitoring accepts, in seconds; 0 is off. */
const monitoringSeconds = [0, 1, 5, 10, 15, 30, 60] as const;

export const database = z.strictObject({
    engineVersion: z
        .enum(["16", "17"])
        .default("17")
        .describe("Major version of Aurora PostgreSQL; AWS applies minor ones. Lowering it is not possible."),
    instanceClass: z
        .string()
        .regex(/^db\.(serverless|[a-z0-9]+\.[a-z0-9]+)$/, {
            error: "must be db.serverless or an instance class such as db.r8g.large",
        })
        .default("db.serverless")
        .describe("`db.serverless`, or a provisioned class (then the ACU settings do nothing and must be left out)."),
    minAcu: z
        .number()
        .min(0)
        .max(256)
        .multipleOf(0.5)
        .optional()
        .describe("Least capacity units; 0 pauses an idle database."),
    maxAcu: z
        .number()
        .min(1)
        .max(256)
        .multipleOf(0.5)
        .optional()
        .describe("Most capacity units (2 GiB of memory each)."),
    readers: integer(0, 15).describe("Readers beside the writer; failover in another zone needs one."),
    backupRetentionDays: integer(1, 35).describe(
        "Days that point-in-time recovery reaches back. Lowering it discards history at once.",
    ),
    monitoringIntervalSeconds: oneOf(monitoringSeconds).describe(
        "Enhanced monitoring: 0 (off), 1, 5, 10, 15, 30 or 60.",
    ),
    insights: z
        .enum(["standard", "advanced"])
        .describe("Database Insights: `standard` keeps 7 days free, `advanced` 465 days."),
});
