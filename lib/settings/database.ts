import { z } from "zod";
import { choice } from "./choice.ts";
import { maxGeneration } from "./database-generations.ts";
import { integer, oneOf, uniqueList } from "./fields.ts";

/** Intervals of RDS enhanced monitoring, in seconds; 0 is off. */
const monitoringSeconds = [0, 1, 5, 10, 15, 30, 60] as const;

/** Major versions of Aurora PostgreSQL. */
export const engineVersions = ["16", "17"] as const;

const restoredGeneration = integer(1, maxGeneration).describe(
    "Generation of the cluster that is created with the data.",
);

const timeError = { error: 'must be latest, or a time in UTC in quotes, such as "2026-03-31T09:30:00Z"' };

/** Whether a text in the form of ISO 8601 is a time, unlike 30 February. */
function isTime(text: string): boolean {
    const time = Date.parse(text);
    return !Number.isNaN(time) && new Date(time).toISOString() === text.replace("Z", ".000Z");
}

const restoredTime = z
    .string()
    .regex(/^(latest|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/, timeError)
    .refine((time) => time === "latest" || isTime(time), timeError)
    .describe('`latest`, or a time in UTC in quotes, such as `"2026-03-31T09:30:00Z"`.');

/** Data with which a cluster is created. */
const restoreFrom = choice("source", [
    z.strictObject({
        source: z.literal("snapshot").describe("The data of a snapshot."),
        generation: restoredGeneration,
        snapshot: z
            .string()
            .regex(/^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:)?(rds:)?[A-Za-z][A-Za-z0-9-]*$/, {
                error: "must be the name or the ARN of a cluster snapshot",
            })
            .describe("Name or ARN of a cluster snapshot of Aurora PostgreSQL."),
    }),
    z.strictObject({
        source: z.literal("point-in-time").describe("The data of a cluster at a time within its backups."),
        generation: restoredGeneration,
        cluster: z
            .string()
            .regex(/^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster:)?[A-Za-z][A-Za-z0-9-]{0,62}$/, {
                error: "must be the identifier or the ARN of a database cluster",
            })
            .describe("Identifier or ARN of the source cluster of the backups."),
        time: restoredTime,
    }),
    z.strictObject({
        source: z
            .literal("deleted-cluster")
            .describe("The data of a deleted cluster at a time within the backups that RDS retains of it."),
        generation: restoredGeneration,
        resourceId: z
            .string()
            .regex(/^cluster-[A-Z0-9]+$/, {
                error: "must be the resource ID of a database cluster, such as cluster-ABCDEFGHIJKLM1234567890123",
            })
            .describe(
                "Resource ID of the deleted cluster, as `aws rds describe-db-cluster-automated-backups` shows it.",
            ),
        time: restoredTime,
    }),
]);

export const database = z.strictObject({
    engineVersion: z
        .enum(engineVersions)
        .default("17")
        .describe(
            "Major version of Aurora PostgreSQL; RDS upgrades minor versions. A downgrade is not possible. docs/runbook.md has the steps of an upgrade.",
        ),
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
        .describe(
            "Minimum capacity in ACUs; 0 pauses an idle database. Running services keep it awake, at 0.5 or more.",
        ),
    maxAcu: z
        .number()
        .min(1)
        .max(256)
        .multipleOf(0.5)
        .optional()
        .describe(
            "Maximum capacity in ACUs (2 GiB of memory each). The limit of connections follows it at the next restart of each instance.",
        ),
    readers: integer(0, 15).describe("Reader instances. A failover to another zone needs one."),
    backupRetentionDays: integer(1, 35).describe(
        "Period of point-in-time recovery in days. Lowering it deletes older backups at once.",
    ),
    monitoringIntervalSeconds: oneOf(monitoringSeconds).describe(
        "Interval of enhanced monitoring: 0 (off), 1, 5, 10, 15, 30 or 60.",
    ),
    pgaudit: z
        .boolean()
        .default(false)
        .describe(
            "Loads pgAudit, which logs changes of roles and of the schema with their user. A change takes effect when each instance restarts (docs/runbook.md).",
        ),
    breakGlass: z
        .boolean()
        .default(false)
        .describe(
            "The person on call may run statements in the database by the RDS Data API, under a role of its own that raises an alarm (docs/break-glass.md).",
        ),
    generation: integer(1, maxGeneration)
        .default(1)
        .describe("Number of the cluster that the services use. A restore creates another one (docs/recovery.md)."),
    otherGenerations: uniqueList(integer(1, maxGeneration))
        .optional()
        .describe(
            "Numbers of the stack's other clusters. Removing a number deletes its cluster; `deploy` refuses to delete one where the setting is left out.",
        ),
    restoreFrom: restoreFrom
        .optional()
        .describe("Data with which a cluster is created. Has no effect on a cluster that exists."),
    insights: z
        .enum(["standard", "advanced"])
        .describe("Database Insights: `standard` is free and keeps 7 days, `advanced` keeps 465 days."),
});
