import { forEachService, type SettingRule } from "./rule.ts";

/** A rule for stacks in the scope of PCI DSS. `must` is followed by "with compliance PCI-DSS". */
export interface Guardrail extends SettingRule {
    readonly must: string;
}

/** Requests from anonymous addresses may come from customers with a VPN, so counting them is enough. */
const groupsThatMayOnlyCount = ["AnonymousIpList"];

const maxRequestsPer5Minutes = 10_000;

export const guardrails: readonly Guardrail[] = [
    {
        name: "endpoints-two-zones",
        why: "If all endpoints are in one zone and it fails, no task in another zone can start (design: loss of a zone).",
        field: "network.endpointZones",
        reads: ["network.egress"],
        must: "be 2 or more",
        isMet: ({ network }) => network.egress === "nat" || network.endpointZones >= 2,
    },
    {
        name: "nat-per-zone",
        why: "If the zone of a single gateway fails, all zones lose egress (design: loss of a zone).",
        field: "network.natGateways",
        reads: ["network.egress"],
        must: 'be "per-az"',
        isMet: ({ network }) => network.egress !== "nat" || network.natGateways !== "single",
    },
    {
        name: "database-reader",
        why: "Without a reader in another zone, a failover must create a new instance (Security Hub RDS.15).",
        field: "database.readers",
        reads: [],
        must: "be 1 or more",
        isMet: ({ database }) => database.readers >= 1,
    },
    {
        name: "database-awake",
        why: "A paused database takes about 15 seconds to respond, and payments must take less than one.",
        field: "database.minAcu",
        reads: [],
        must: "be 0.5 or more",
        isMet: ({ database }) => database.minAcu !== 0,
    },
    {
        name: "database-backups",
        why: "Security Hub RDS.11 requires 7 days; damage that is found after two weeks needs twice that.",
        field: "database.backupRetentionDays",
        reads: [],
        must: "be 14 or more",
        isMet: ({ database }) => database.backupRetentionDays >= 14,
    },
    {
        name: "database-monitored",
        why: "Without enhanced monitoring the cause of a slow database cannot be found (Security Hub RDS.6).",
        field: "database.monitoringIntervalSeconds",
        reads: [],
        must: "be more than 0",
        isMet: ({ database }) => database.monitoringIntervalSeconds > 0,
    },
    {
        name: "transactions-restorable",
        why: "A payment that was overwritten or deleted by mistake cannot be recovered otherwise (Security Hub DynamoDB.2).",
        field: "transactions.pointInTimeRecovery",
        reads: [],
        must: "be true",
        isMet: ({ transactions }) => transactions.pointInTimeRecovery,
    },
    {
        name: "origins-named",
        why: "With `*` any web page could call the API from a merchant's browser (PCI DSS 6.2.4).",
        field: "gateway.corsOrigins",
        reads: ["gateway.corsOrigins.*"],
        must: "name https origins, and not *",
        isMet: ({ gateway }) => gateway.corsOrigins.every((origin) => origin.startsWith("https://")),
    },
    {
        name: "api-logged",
        why: "Without the role API Gateway writes no logs of who called the API (PCI DSS 10.2.1).",
        field: "accountServices.apiGatewayRole",
        reads: [],
        must: 'not be "skip"',
        isMet: ({ accountServices }) => accountServices.apiGatewayRole !== "skip",
    },
    {
        name: "cache-replica",
        why: "Without a replica a failed node loses sessions and locks (Security Hub ElastiCache.3).",
        field: "cache.nodes",
        reads: [],
        must: "be 2 or more",
        isMet: ({ cache }) => cache.nodes >= 2,
    },
    {
        name: "certificate-trusted",
        why: "A client that accepts a self-signed certificate also accepts that of an attacker (PCI DSS 4.2.1).",
        field: "certificate.source",
        reads: [],
        must: 'not be "self-signed"',
        isMet: ({ certificate }) => certificate.source !== "self-signed",
    },
    {
        name: "encrypted-to-the-task",
        why: "Card data is sent from the load balancer to the task (PCI DSS 4.2.1, Security Hub ELB.21).",
        field: "edge.targetProtocol",
        reads: [],
        must: 'be "HTTPS"',
        isMet: ({ edge }) => edge.targetProtocol === "HTTPS",
    },
    {
        name: "firewall-blocks",
        why: "A rule that only counts requests blocks no attack (PCI DSS 6.4.2).",
        field: "waf.countOnly",
        reads: ["waf.countOnly.*"],
        must: `name nothing but ${groupsThatMayOnlyCount.join(", ")}`,
        isMet: ({ waf }) => waf.countOnly.every((rule) => groupsThatMayOnlyCount.includes(rule)),
    },
    {
        name: "rate-limited",
        why: "No customer sends more than 30 requests a second from one address.",
        field: "waf.requestsPer5Minutes",
        reads: [],
        must: `be at most ${maxRequestsPer5Minutes}`,
        isMet: ({ waf }) => waf.requestsPer5Minutes <= maxRequestsPer5Minutes,
    },
    guardrailForEachService({
        name: "two-tasks",
        why: "A service with one task is down if the zone of that task fails.",
        field: "services.@.minTasks",
        reads: [],
        must: "be 2 or more",
        isMet: ({ minTasks }) => minTasks >= 2,
    }),
    guardrailForEachService({
        name: "tenfold-spike",
        why: "Traffic may increase tenfold at once; docs/simulation.md shows how a service scales then.",
        field: "services.@.maxTasks",
        reads: ["services.@.minTasks"],
        must: "be ten times minTasks or more",
        isMet: ({ minTasks, maxTasks }) => maxTasks >= 10 * minTasks,
    }),
    {
        name: "no-spot",
        why: "AWS stops Spot tasks two minutes after a warning, possibly all at once.",
        field: "compute.spot",
        reads: [],
        must: 'be "none"',
        isMet: ({ compute }) => compute.spot === "none",
    },
    {
        name: "no-shells",
        why: "A shell in a task has the task's access to data (PCI DSS 7.2.1).",
        field: "compute.execCommand",
        reads: [],
        must: "be false",
        isMet: ({ compute }) => !compute.execCommand,
    },
    {
        name: "quiet-logs",
        why: "Debug logs often contain whole requests, which contain card data (PCI DSS 3.3.1).",
        field: "logs.level",
        reads: [],
        must: 'not be "debug"',
        isMet: ({ logs }) => logs.level !== "debug",
    },
    {
        name: "application-logs-kept",
        why: "Three months of logs must be available for an investigation (PCI DSS 10.5.1).",
        field: "logs.applicationRetentionDays",
        reads: [],
        must: "be 90 or more",
        isMet: ({ logs }) => logs.applicationRetentionDays >= 90,
    },
    {
        name: "audit-logs-kept",
        why: "The audit trail must be retained for twelve months (PCI DSS 10.5.1).",
        field: "logs.auditRetentionDays",
        reads: [],
        must: "be 365 or more",
        isMet: ({ logs }) => logs.auditRetentionDays >= 365,
    },
    {
        name: "audit-trail",
        why: "Every change must be recorded with its user (PCI DSS 10.2.1, Security Hub CloudTrail.1).",
        field: "audit.cloudTrail",
        reads: [],
        must: "be true",
        isMet: ({ audit }) => audit.cloudTrail,
    },
    {
        name: "maintenance-window",
        why: "A change that restarts the database should wait for hours with little traffic.",
        field: "applyImmediately",
        reads: [],
        must: "be false",
        isMet: ({ applyImmediately }) => !applyImmediately,
    },
];

function guardrailForEachService(row: Parameters<typeof forEachService>[0] & { must: string }): Guardrail {
    return { ...forEachService(row), must: row.must };
}
