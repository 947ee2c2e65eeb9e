import { z } from "zod";
import { accountIdPattern } from "../scope.ts";
import { accountServices } from "./account-services.ts";
import { cache } from "./cache.ts";
import { certificate } from "./certificate.ts";
import { database } from "./database.ts";
import { edge, waf } from "./edge.ts";
import { namePattern, nameShape, tagName, tagValue } from "./fields.ts";
import { gateway } from "./gateway.ts";
import { audit, logs } from "./logs.ts";
import { queue, topic } from "./messaging.ts";
import { migration } from "./migration.ts";
import { alarmThresholds, alerts, recovery } from "./monitoring.ts";
import { network } from "./network.ts";
import { service } from "./service.ts";
import { serviceLevels } from "./service-levels.ts";
import { transactions } from "./transactions.ts";
import { validation } from "./validation.ts";

const compute = z.strictObject({
    spot: z
        .enum(["none", "half", "all-but-one"])
        .describe(
            "Share of Fargate Spot among the tasks of services that consume a queue; others never use it. A change applies only to services created after it.",
        ),
    containerInsights: z
        .enum(["enabled", "enhanced"])
        .describe("`enhanced` adds metrics per task, at additional cost."),
    execCommand: z.boolean().default(false).describe("Allows shells in tasks (ECS Exec), which are logged."),
});

const waiver = z.strictObject({
    rule: z.string().describe("Name of the guardrail, as in the error message."),
    reason: z.string().min(20).max(1000).describe("Why the risk is acceptable, for the auditor."),
    expires: z.iso
        .date({
            // Undefined: the message for a setting that is required.
            error: ({ input }) => (input === undefined ? undefined : 'must be a date in quotes, such as "2027-03-31"'),
        })
        .describe("Last day of the waiver."),
});

const maxEntries = 100;

/**
 * Entries by name. A rule checks the names: zod does not validate the value of an entry whose key is invalid. The message has the
 * number of entries in place of what they are.
 */
const namedEntries = <T extends z.ZodType>(entry: T, min: 0 | 1, noun: string) =>
    z.record(z.string(), entry).check(({ value, issues }) => {
        const count = Object.keys(value).length;
        if (count < min || count > maxEntries) {
            const limits = min === 0 ? "at most" : `${min} to`;
            const message = `must name ${limits} ${maxEntries} ${noun}, got ${count}`;
            issues.push({ code: "custom", message, input: undefined });
        }
    });

/** The same limits in the JSON Schema, which cannot read a `refine`. */
const namedEntriesLimits = (min: number) => ({
    propertyNames: { pattern: namePattern.source },
    minProperties: min,
    maxProperties: maxEntries,
});

/** The settings of a stack, under `payment-platform:` in `Pulumi.<stack>.yaml`. The only place with defaults. */
export const settingsSchema = z.strictObject({
    environment: tagValue.describe("Environment tag, such as `dev`. Any value is valid, and nothing depends on it."),
    environmentSuffix: z
        .string()
        .regex(namePattern, { error: `must be ${nameShape}` })
        .describe(
            "Last part of every name, so that one account can have several platforms; short enough for AWS's limits. Changing it replaces everything.",
        ),
    accountId: z
        .string()
        .regex(accountIdPattern, { error: "must be the 12 digits of an AWS account, in quotes" })
        .optional()
        .describe("AWS account of the stack. Credentials of another account are refused before any change."),
    permissionsBoundaryArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/, {
            error: "must be the ARN of an IAM policy of the stack's account",
        })
        .optional()
        .describe(
            "Permissions boundary of every role, so that the deployer cannot create a role with more permissions (docs/deployer.md). Left out: no boundary.",
        ),
    deletionProtection: z
        .boolean()
        .default(false)
        .describe(
            "Protects database, transaction log, cache, load balancer, buckets, repositories and secrets from deletion. Off: `pulumi destroy` deletes everything.",
        ),
    applyImmediately: z
        .boolean()
        .describe("Applies changes that restart database or cache nodes immediately, or in the maintenance window."),
    costCenter: tagValue.describe("CostCenter tag."),
    dataClassification: z.enum(["internal", "confidential"]).describe("DataClassification tag."),
    compliance: z
        .enum(["none", "PCI-DSS"])
        .describe("Compliance tag. `PCI-DSS` enables the guardrails (docs/settings.md)."),
    tags: z.record(tagName, tagValue).default({}).describe("Additional tags of every resource."),
    network: network.describe("The VPC, and how tasks connect to AWS."),
    edge: edge.prefault({}).describe("The load balancer."),
    certificate: certificate.describe(
        "Certificate of the load balancer. `self-signed`: created and imported, for dev. `dns`: issued by ACM, with DNS validation. `arn`: an existing one.",
    ),
    waf: waf.describe("The WAF web ACLs."),
    database: database.describe("Aurora PostgreSQL."),
    cache: cache.describe("The cache: sessions that are not used, and copies of payments."),
    // A load balancer has a quota of 100 target groups (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
    services: namedEntries(service, 1, "services")
        .meta(namedEntriesLimits(1))
        .describe("The services by name; each entry creates one."),
    migration: migration.prefault({}).describe("The task that changes the schema of the database."),
    serviceLevels: serviceLevels
        .prefault({})
        .describe(
            "What a tenfold spike may cost the callers; `npm run simulate` and, with PCI-DSS, `npm run check` hold it.",
        ),
    // A graph of a CloudWatch dashboard shows at most 500 metrics.
    queues: namedEntries(queue, 0, "queues")
        .default({})
        .meta(namedEntriesLimits(0))
        .describe("SQS queues by name; each has its own dead-letter queue and alarms."),
    topics: namedEntries(topic, 0, "topics")
        .default({})
        .meta(namedEntriesLimits(0))
        .describe("SNS topics by name, such as `events: {}`; queues subscribe to them."),
    gateway: gateway.prefault({}).describe("The merchants' API."),
    validation: validation.describe("The payment validator."),
    transactions: transactions.describe("The transaction log."),
    accountServices: accountServices
        .prefault({})
        .describe("Services that AWS offers once per account: `create` one, `adopt` an existing one, or `skip` it."),
    compute: compute.describe("The ECS cluster."),
    logs: logs.describe("Log level and retention."),
    alerts: alerts.prefault({}).describe("Recipients of alarms."),
    alarmThresholds: alarmThresholds.prefault({}).describe("Thresholds that differ from the alarm table, by alarm."),
    audit: audit.describe("The audit trail."),
    recovery: recovery.prefault({}).describe("Restore drills, which prove that the backups can be restored."),
    waivers: z.array(waiver).default([]).describe("Guardrails that this stack may break, until when and why."),
});

export type Settings = z.output<typeof settingsSchema>;
export type ServiceSettings = Settings["services"][string];
export type QueueSettings = Settings["queues"][string];
