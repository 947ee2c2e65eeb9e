import { z } from "zod";
import { accountServices } from "./account-services.ts";
import { cache } from "./cache.ts";
import { certificate } from "./certificate.ts";
import { database } from "./database.ts";
import { edge, waf } from "./edge.ts";
import { namePattern, tagName, tagValue } from "./fields.ts";
import { gateway } from "./gateway.ts";
import { audit, logs } from "./logs.ts";
import { queue, topic } from "./messaging.ts";
import { alarmThresholds, alerts, recovery } from "./monitoring.ts";
import { network } from "./network.ts";
import { service } from "./service.ts";
import { transactions } from "./transactions.ts";
import { validation } from "./validation.ts";

const compute = z.strictObject({
    spot: z
        .enum(["none", "half", "all-but-one"])
        .describe(
            "Share of Fargate Spot among the tasks of services that consume a queue; the others never use it. Holds for services made after it was set: Pulumi would replace a running one.",
        ),
    containerInsights: z.enum(["enabled", "enhanced"]).describe("`enhanced` adds metrics per task, at a price."),
    execCommand: z.boolean().default(false).describe("Allow audited shells in tasks (ECS Exec)."),
});

const waiver = z.strictObject({
    rule: z.string().describe("Name of the guardrail, as the refusal prints it."),
    reason: z.string().min(20).max(1000).describe("Why it is acceptable, for the auditor."),
    expires: z.iso
        .date({ error: 'must be a date in quotes, such as "2027-03-31"' })
        .describe("Last day on which it holds."),
});

const maxEntries = 100;

/** Entries by name. A rule checks the names: zod does not validate the value of an entry whose key is invalid. */
const namedEntries = <T extends z.ZodType>(entry: T, { min, error }: { min: number; error: string }) =>
    z.record(z.string(), entry).refine(
        (entries) => {
            const count = Object.keys(entries).length;
            return count >= min && count <= maxEntries;
        },
        { error },
    );

/** The same limits in the JSON Schema, which cannot read a `refine`. */
const namedEntriesLimits = (min: number) => ({
    propertyNames: { pattern: namePattern.source },
    minProperties: min,
    maxProperties: maxEntries,
});

/** What a stack may set, under `payment-platform:` in `Pulumi.<stack>.yaml`. Defaults stand here and nowhere else. */
export const settingsSchema = z.strictObject({
    environment: tagValue.describe("Environment tag, such as `dev`; any name will do, and nothing depends on it."),
    environmentSuffix: z
        .string()
        .regex(namePattern, {
            error: "must be lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        })
        .describe(
            "Ends every name, so that several copies fit into one account; short enough for AWS. Changing it replaces everything.",
        ),
    accountId: z
        .string()
        .regex(/^\d{12}$/, { error: "must be the 12 digits of an AWS account, in quotes" })
        .optional()
        .describe("AWS account of the stack; any other is refused before anything happens."),
    permissionsBoundaryArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/, {
            error: "must be the ARN of an IAM policy of the stack's account",
        })
        .optional()
        .describe(
            "Policy that bounds every role, so that whoever deploys cannot make one that may do more (docs/deployer.md). Left out: roles are not bounded.",
        ),
    deletionProtection: z
        .boolean()
        .default(false)
        .describe(
            "Protects database, load balancer, buckets, repositories and secrets against deletion. Off: `pulumi destroy` removes everything.",
        ),
    applyImmediately: z
        .boolean()
        .describe("Database and cache changes that restart nodes happen at once, or wait for the maintenance window."),
    costCenter: tagValue.describe("CostCenter tag."),
    dataClassification: z.enum(["internal", "confidential"]).describe("DataClassification tag."),
    compliance: z
        .enum(["none", "PCI-DSS"])
        .describe("Compliance tag. `PCI-DSS` switches the guardrails on (docs/settings.md)."),
    tags: z.record(tagName, tagValue).default({}).describe("Further tags of every resource."),
    network: network.describe("The VPC, and how tasks reach AWS."),
    edge: edge.prefault({}).describe("The load balancer."),
    certificate: certificate.describe(
        "Certificate of the load balancer. `self-signed`: made and imported, for dev. `dns`: issued by ACM, validated in the zone. `arn`: an existing one.",
    ),
    waf: waf.describe("The web firewall."),
    database: database.describe("Aurora PostgreSQL."),
    cache: cache.describe("The cache of sessions and locks."),
    // A load balancer has a quota of 100 target groups (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
    services: namedEntries(service, { min: 1, error: "must name 1 to 100 services" })
        .meta(namedEntriesLimits(1))
        .describe("The services by name; one more entry is one more service."),
    // A graph of a CloudWatch dashboard shows at most 500 metrics.
    queues: namedEntries(queue, { min: 0, error: "must name at most 100 queues" })
        .default({})
        .meta(namedEntriesLimits(0))
        .describe("SQS queues by name; each has a dead-letter queue and alarms of its own."),
    topics: namedEntries(topic, { min: 0, error: "must name at most 100 topics" })
        .default({})
        .meta(namedEntriesLimits(0))
        .describe("SNS topics by name, such as `events: {}`; queues subscribe to them."),
    gateway: gateway.prefault({}).describe("The merchants' API."),
    validation: validation.describe("The payment validator."),
    transactions: transactions.describe("The transaction log."),
    accountServices: accountServices
        .prefault({})
        .describe("What AWS has once an account: `create` it here, `adopt` what is there, or `skip` it."),
    compute: compute.describe("The ECS cluster."),
    logs: logs.describe("What is logged, and for how long it is kept."),
    alerts: alerts.prefault({}).describe("Who hears of alarms."),
    alarmThresholds: alarmThresholds
        .prefault({})
        .describe("Thresholds of this stack that differ from the alarm table, by alarm."),
    audit: audit.describe("The record of who changed what."),
    recovery: recovery.prefault({}).describe("Proof that the backups can be restored."),
    waivers: z.array(waiver).default([]).describe("Guardrails that this stack may break, until when and why."),
});

export type Settings = z.output<typeof settingsSchema>;
export type ServiceSettings = Settings["services"][string];
export type QueueSettings = Settings["queues"][string];
export type StoreName = ServiceSettings["stores"][number];
