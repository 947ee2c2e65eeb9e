import { z } from "zod";
import { integer, oneOf } from "./fields.ts";

/** Intervals of RDS enhanced monitoring, in seconds; 0 is off. */
const monitoringSeconds = [0, 1, 5, 10, 15, 30, 60] as const;

export const database = z.strictObject({
    engineVersion: z
        .enum(["16", "17"])
        .default("17")
        .describe("Major version of Aurora PostgreSQL; RDS upgrades minor versions. A downgrade is not possible."),
    instanceClass: z
        .string()
        .regex(/^db\.(serverless|[a-z0-9]+\.[a-z0-9]+)$/, {
            error: "must be db.serverless or an instance class such as db.r8g.large",
        })
        .default("db.serverless")
        .describe("`db.serverless`, or a provisioned class (then minAcu and maxAcu must be left out)."),
    minAcu: z
        .number()
        .min(0)
        .max(256)
        .multipleOf(0.5)
        .optional()
        .describe("Minimum capacity in ACUs; 0 pauses an idle database."),
    maxAcu: z
        .number()
        .min(1)
        .max(256)
        .multipleOf(0.5)
        .optional()
        .describe("Maximum capacity in ACUs (2 GiB of memory each)."),
    readers: integer(0, 15).describe("Reader instances. A failover to another zone needs one."),
    backupRetentionDays: integer(1, 35).describe(
        "Period of point-in-time recovery in days. Lowering it deletes older backups at once.",
    ),
    monitoringIntervalSeconds: oneOf(monitoringSeconds).describe(
        "Interval of enhanced monitoring: 0 (off), 1, 5, 10, 15, 30 or 60.",
    ),
    insights: z
        .enum(["standard", "advanced"])
        .describe("Database Insights: `standard` is free and keeps 7 days, `advanced` keeps 465 days."),
});
