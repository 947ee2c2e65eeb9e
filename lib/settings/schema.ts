import { z } from "zod";
import { alarmTable, type AlarmRow } from "../monitoring/alarm-table.ts";
import { certificate } from "./certificate.ts";
import {
    uniqueList,
    email,
    ipv4Block,
    logRetentionDays,
    namePattern,
    oneOf,
    privateBlock,
    tagName,
    tagValue,
    integer,
} from "./fields.ts";
import { accountServices, gateway, transactions, validation } from "./front-door.ts";
import { queue, topic } from "./messaging.ts";
import { service } from "./service.ts";

export { fargateSizes, logRetentionDays } from "./fields.ts";
export { defaultHealthCommand, storeNames } from "./service.ts";

/** Intervals that RDS enhanced monitoring accepts, in seconds; 0 is off. */
const monitoringSeconds = [0, 1, 5, 10, 15, 30, 60] as const;

/**
 * Policies that Security Hub's ELB.17 accepts: TLS 1.2 with forward secrecy or later. Not those of TLS 1.3 alone: API
 * Gateway calls the load balancer with TLS 1.2.
 */
const tlsPolicies = ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"] as const;

/** AWS managed rule groups of the web firewall, in the order in which they look at a request. */
export const managedRuleGroups = [
    "AmazonIpReputationList",
    "AnonymousIpList",
    "CommonRuleSet",
    "KnownBadInputsRuleSet",
    "SQLiRuleSet",
] as const;

const network = z.strictObject({
    cidr: privateBlock.describe(
        "Private IPv4 block of the VPC, /16 to /20. Changing it replaces the network and all in it.",
    ),
    availabilityZones: integer(2, 4).describe(
        "Zones that hold subnets; a load balancer and an Aurora subnet group need two. Adding one leaves the others alone.",
    ),
    endpointZones: integer(0, 4).describe(
        "Zones that hold an interface endpoint of each AWS service (about $7.30 a month each); 0 only with egress `nat`.",
    ),
    egress: z
        .enum(["endpoints", "nat"])
        .default("endpoints")
        .describe(
            "`endpoints`: tasks reach AWS only. `nat`: they reach the internet on port 443 too, for an outside acquirer.",
        ),
    natGateways: z
        .enum(["single", "per-az"])
        .optional()
        .describe("With egress `nat` only: one gateway for all zones, or one each."),
});

const edge = z.strictObject({
    // A security group holds 60 rules, and with `httpRedirect` each block takes two.
    allowedCidrs: uniqueList(ipv4Block)
        .min(1)
        .max(25)
        .default(["0.0.0.0/0"])
        .describe("IPv4 blocks that may reach the load balancer on port 443."),
    httpRedirect: z
        .boolean()
        .default(false)
        .describe("Answer port 80 with a redirect to HTTPS. Off: port 80 stays closed."),
    tlsPolicy: z.enum(tlsPolicies).default(tlsPolicies[0]).describe("TLS policy of the listener."),
    targetProtocol: z
        .enum(["HTTPS", "HTTP"])
        .default("HTTPS")
        .describe("What containers speak on port 8080. The load balancer accepts a self-signed certificate there."),
});

const waf = z.strictObject({
    requestsPer5Minutes: integer(10, 2_000_000_000).describe(
        "Requests in five minutes after which an address is blocked.",
    ),
    countOnly: uniqueList(z.enum(["RateLimit", ...managedRuleGroups]))
        .default(["AnonymousIpList"])
        .describe("Rules that count and do not block. Anonymous addresses are counted by default: customers use VPNs."),
});

const database = z.strictObject({
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

const cache = z.strictObject({
    engine: z
        .enum(["redis", "valkey"])
        .default("redis")
        .describe("Redis OSS 7.1 or Valkey 8. From `redis` to `valkey` the cache stays; back, it is replaced."),
    nodeType: z
        .string()
        .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, { error: "must be a node type such as cache.r7g.large" })
        .describe("Size of each node."),
    nodes: integer(1, 6).describe("Primary and replicas. Two or more: failover, in other zones."),
    snapshotRetentionDays: integer(1, 35).default(7).describe("Days that daily snapshots are kept."),
});

const compute = z.strictObject({
    spot: z
        .enum(["none", "half", "all-but-one"])
        .describe(
            "Share of Fargate Spot among the tasks of services that consume a queue; the others never use it. Holds for services made after it was set: Pulumi would replace a running one.",
        ),
    containerInsights: z.enum(["enabled", "enhanced"]).describe("`enhanced` adds metrics per task, at a price."),
    execCommand: z.boolean().default(false).describe("Allow audited shells in tasks (ECS Exec)."),
});

const logs = z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("LOG_LEVEL of the containers."),
    applicationRetentionDays: oneOf(logRetentionDays).describe(
        "Days that application, cache, database and flow logs are kept.",
    ),
    auditRetentionDays: oneOf(logRetentionDays).describe(
        "Days that the trail, audit records and access logs are kept (PCI DSS 10.5.1: 365).",
    ),
});

const alerts = z.strictObject({
    critical: uniqueList(email)
        .default([])
        .describe("E-mail addresses that are paged; each must confirm its subscription."),
    warning: uniqueList(email).default([]).describe("E-mail addresses that get tickets."),
});

const audit = z.strictObject({
    cloudTrail: z
        .boolean()
        .describe("A multi-region trail of its own. AWS allows five per region and bills every copy but the first."),
});

const recovery = z.strictObject({
    drillEveryDays: integer(0, 365)
        .default(90)
        .describe(
            "Days after which an alarm says that no restore drill (`npm run drill`) has succeeded; 0: it never does.",
        ),
});

const alarmThresholds = z.strictObject(
    Object.fromEntries(
        Object.entries<AlarmRow>(alarmTable).map(([alarm, { above, below, preset, metric }]) => [
            alarm,
            z
                .number()
                .min(0)
                .optional()
                .describe(
                    `${metric} ${above === undefined ? "below" : "above"} this; ${preset ?? above ?? below} by default.`,
                ),
        ]),
    ),
);

const waiver = z.strictObject({
    rule: z.string().describe("Name of the guardrail, as the refusal prints it."),
    reason: z.string().min(20).max(1000).describe("Why it is acceptable, for the auditor."),
    expires: z.iso
        .date({ error: 'must be a date in quotes, such as "2027-03-31"' })
        .describe("Last day on which it holds."),
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
    // A load balancer takes 100 target groups (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
    // The names are checked by a rule, not as keys: zod would not look at the settings of a service whose name is wrong.
    services: z
        .record(z.string(), service)
        .refine((all) => Object.keys(all).length > 0 && Object.keys(all).length <= 100, {
            error: "must name 1 to 100 services",
        })
        .meta({ propertyNames: { pattern: namePattern.source }, minProperties: 1, maxProperties: 100 })
        .describe("The services by name; one more entry is one more service."),
    // CloudWatch's dashboard shows 500 metrics a graph; names are checked by a rule, as those of services are.
    queues: z
        .record(z.string(), queue)
        .refine((all) => Object.keys(all).length <= 100, { error: "must name at most 100 queues" })
        .default({})
        .meta({ propertyNames: { pattern: namePattern.source }, minProperties: 0, maxProperties: 100 })
        .describe("SQS queues by name; each has a dead-letter queue and alarms of its own."),
    topics: z
        .record(z.string(), topic)
        .refine((all) => Object.keys(all).length <= 100, { error: "must name at most 100 topics" })
        .default({})
        .meta({ propertyNames: { pattern: namePattern.source }, minProperties: 0, maxProperties: 100 })
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
