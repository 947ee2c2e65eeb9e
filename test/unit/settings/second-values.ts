import { alarmTable } from "../../../lib/monitoring/alarm-table.ts";

/** Settings by their fields, such as `database.maxAcu`, and the values to give them. */
export type Changes = Readonly<Record<string, unknown>>;

export interface SecondValue {
    readonly changes: Changes;
    /** Rule of `npm run check` that must refuse it, as safety or data would be lost. Left out: every check passes. */
    readonly refusedBy?: string;
    /** Stack of the tests that is changed. @default "dev" */
    readonly stack?: "prod";
}

const value = (changes: Changes): SecondValue => ({ changes });

const service = { path: "/refund/*", priority: 40, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };

/** Takes no requests. */
const worker = { cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };

const merchant = { "gateway.merchants.second-shop": { quotaPerDay: 500, ratePerSecond: 5, burst: 10 } };

const nat = { "network.egress": "nat", "network.natGateways": "single" };

const dnsCertificate = { source: "dns", domainName: "dev.payments.example.com", zoneName: "payments.example.com" };

const arnCertificate = {
    source: "arn",
    arn: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    domainName: "dev.payments.example.com",
};

const provisioned = { mode: "provisioned", units: 5, maxUnits: 50 };

const waiver: SecondValue = {
    stack: "prod",
    changes: {
        "compute.execCommand": true,
        waivers: [{ rule: "no-shells", reason: "A test of the settings of production.", expires: "9999-12-31" }],
    },
};

/**
 * For each setting of the schema, a second valid value: whoever deploys may choose it on any day. The fields of one entry
 * are set together, as one asks for the other. What excludes each other is set in plans of its own by itself.
 */
export const secondValues: Readonly<Record<string, SecondValue>> = {
    environment: value({ environment: "staging" }),
    environmentSuffix: value({ environmentSuffix: "alice" }),
    accountId: value({ accountId: "123456789012" }),
    permissionsBoundaryArn: value({ permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary" }),
    deletionProtection: value({ deletionProtection: true }),
    applyImmediately: value({ applyImmediately: false }),
    costCenter: value({ costCenter: "Payments / EU: 47" }),
    dataClassification: value({ dataClassification: "confidential" }),
    compliance: { stack: "prod", changes: { compliance: "none" } },
    tags: value({ tags: { Owner: "payments", "team:mail": "payments@example.com" } }),
    "network.cidr": value({ "network.cidr": "172.20.0.0/18" }),
    "network.availabilityZones": value({ "network.availabilityZones": 3 }),
    "network.endpointZones": value({ "network.endpointZones": 2 }),
    "network.egress": value(nat),
    "network.natGateways": value({ ...nat, "network.natGateways": "per-az" }),
    "edge.allowedCidrs": value({ "edge.allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"] }),
    "edge.httpRedirect": value({ "edge.httpRedirect": true }),
    "edge.tlsPolicy": value({ "edge.tlsPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" }),
    "edge.targetProtocol": { changes: { "edge.targetProtocol": "HTTP" }, refusedBy: "targets-encrypted" },
    "certificate.source": value({ certificate: dnsCertificate }),
    "certificate.domainName": value({
        certificate: { ...dnsCertificate, domainName: "alice.payments.example.com" },
    }),
    "certificate.zoneName": value({ certificate: { ...dnsCertificate, zoneName: "example.com" } }),
    "certificate.arn": value({ certificate: arnCertificate }),
    "waf.requestsPer5Minutes": value({ "waf.requestsPer5Minutes": 5000 }),
    "waf.countOnly": value({ "waf.countOnly": ["CommonRuleSet"] }),
    "database.engineVersion": value({ "database.engineVersion": "16" }),
    "database.instanceClass": value({
        "database.instanceClass": "db.r8g.large",
        "database.minAcu": undefined,
        "database.maxAcu": undefined,
    }),
    "database.minAcu": value({ "database.minAcu": 0.5 }),
    "database.maxAcu": value({ "database.maxAcu": 16 }),
    "database.readers": value({ "database.readers": 1 }),
    "database.backupRetentionDays": value({ "database.backupRetentionDays": 1 }),
    "database.monitoringIntervalSeconds": value({ "database.monitoringIntervalSeconds": 15 }),
    "database.insights": value({ "database.insights": "advanced" }),
    "cache.engine": value({ "cache.engine": "valkey" }),
    "cache.nodeType": value({ "cache.nodeType": "cache.r7g.large" }),
    "cache.nodes": value({ "cache.nodes": 2 }),
    "cache.snapshotRetentionDays": value({ "cache.snapshotRetentionDays": 1 }),
    "services.<name>": value({ "services.refund": service }),
    "services.<name>.path": value({ "services.api.path": "/v2/*" }),
    "services.<name>.priority": value({ "services.api.priority": 15 }),
    "services.<name>.imageDigest": value({ "services.api.imageDigest": `sha256:${"0123456789abcdef".repeat(4)}` }),
    "services.<name>.cpuUnits": value({ "services.api.cpuUnits": 512, "services.api.memoryMib": 1024 }),
    "services.<name>.memoryMib": value({ "services.payment.memoryMib": 2048 }),
    "services.<name>.minTasks": value({ "services.api.minTasks": 0 }),
    "services.<name>.maxTasks": value({ "services.payment.maxTasks": 40 }),
    "services.<name>.requestsPerTaskPerMinute": value({ "services.api.requestsPerTaskPerMinute": 500 }),
    "services.<name>.stores": value({ "services.notification.stores": ["database", "cache"] }),
    "services.<name>.consumes": value({
        "services.payment.consumes": undefined,
        "services.notification.consumes": "notifications",
        "services.api.consumes": "processing",
    }),
    "services.<name>.backlogPerTask": value({ "services.payment.backlogPerTask": 20 }),
    "services.<name>.sends": value({ "services.api.sends": ["processing", "notifications"] }),
    "services.<name>.publishes": value({ "services.api.publishes": ["events"] }),
    "services.<name>.healthCommand": value({ "services.worker": { ...worker, healthCommand: ["node", "health.js"] } }),
    "queues.<name>": value({ "queues.refunds": {} }),
    "queues.<name>.visibilityTimeoutSeconds": value({ "queues.processing.visibilityTimeoutSeconds": 300 }),
    "queues.<name>.maxReceiveCount": value({ "queues.processing.maxReceiveCount": 3 }),
    "queues.<name>.subscribesTo": value({ "queues.processing.subscribesTo": ["events"] }),
    "topics.<name>": value({ "topics.refunds-made": {} }),
    "gateway.corsOrigins": value({ "gateway.corsOrigins": ["https://a.example.com", "https://b.example.com"] }),
    "gateway.ratePerSecond": value({ "gateway.ratePerSecond": 100 }),
    "gateway.burst": value({ "gateway.burst": 200 }),
    "gateway.merchants.<name>": value(merchant),
    "gateway.merchants.<name>.quotaPerDay": value({ "gateway.merchants.example-shop.quotaPerDay": 20_000 }),
    "gateway.merchants.<name>.ratePerSecond": value({ "gateway.merchants.example-shop.ratePerSecond": 10 }),
    "gateway.merchants.<name>.burst": value({ "gateway.merchants.example-shop.burst": 20 }),
    "validation.runtime": value({ "validation.runtime": "nodejs22.x" }),
    "validation.memoryMib": value({ "validation.memoryMib": 1024 }),
    "validation.timeoutSeconds": value({ "validation.timeoutSeconds": 10 }),
    "validation.reservedConcurrency": value({ "validation.reservedConcurrency": 10 }),
    "validation.maxAmountMinor": value({ "validation.maxAmountMinor": 5_000_000 }),
    "validation.albPriority": value({ "validation.albPriority": 5 }),
    "transactions.retentionDays": value({ "transactions.retentionDays": 30 }),
    "transactions.pointInTimeRecovery": value({ "transactions.pointInTimeRecovery": true }),
    "transactions.capacity.mode": value({ "transactions.capacity": provisioned }),
    "transactions.capacity.units": value({ "transactions.capacity": { ...provisioned, units: 10 } }),
    "transactions.capacity.maxUnits": value({ "transactions.capacity": { ...provisioned, maxUnits: 100 } }),
    "accountServices.apiGatewayRole": value({ "accountServices.apiGatewayRole": "adopt" }),
    "accountServices.guardDuty": value({ "accountServices.guardDuty": "create" }),
    "accountServices.config": value({ "accountServices.config": "create" }),
    "accountServices.securityHub": value({ "accountServices.securityHub": "create" }),
    "compute.spot": value({ "compute.spot": "none" }),
    "compute.containerInsights": value({ "compute.containerInsights": "enhanced" }),
    "compute.execCommand": value({ "compute.execCommand": true }),
    "logs.level": value({ "logs.level": "debug" }),
    "logs.applicationRetentionDays": value({ "logs.applicationRetentionDays": 90 }),
    "logs.auditRetentionDays": value({ "logs.auditRetentionDays": 30 }),
    "alerts.critical": value({ "alerts.critical": ["pager@example.com"] }),
    "alerts.warning": value({ "alerts.warning": ["tickets@example.com"] }),
    ...Object.fromEntries(
        Object.keys(alarmTable).map((alarm) => [
            `alarmThresholds.${alarm}`,
            value({ [`alarmThresholds.${alarm}`]: 42 }),
        ]),
    ),
    "audit.cloudTrail": value({ "audit.cloudTrail": false }),
    "recovery.drillEveryDays": value({ "recovery.drillEveryDays": 30 }),
    waivers: waiver,
    "waivers[].rule": waiver,
    "waivers[].reason": waiver,
    "waivers[].expires": waiver,
    "aws:region": value({ "aws:region": "eu-central-1" }),
};
