import { alarmTable } from "../../../lib/monitoring/alarm-table.ts";

/** Settings by their fields, such as `database.maxAcu`, and the values to give them. */
export type SettingValues = Readonly<Record<string, unknown>>;

export interface SecondValue {
    readonly changes: SettingValues;
    /** Rule of `npm run check` that must refuse it, as safety or data would be lost. Left out: every check passes. */
    readonly refusedBy?: string;
    /** Stack of the tests that is changed. @default "dev" */
    readonly stack?: "prod";
}

const valueOnDev = (changes: SettingValues): SecondValue => ({ changes });

const service = { path: "/refund/*", priority: 40, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };

/** Takes no requests. */
const worker = { cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };

const merchant = { "gateway.merchants.second-shop": { quotaPerDay: 50_000, ratePerSecond: 5, burst: 10 } };

const nat = { "network.egress": "nat", "network.natGateways": "single" };

const withAcquirer = (reconciliation: object): SecondValue =>
    valueOnDev({
        ...nat,
        "services.payment.acquirer": { url: "https://api.acquirer.example/v1", reconciliation },
    });

const dnsCertificate = { source: "dns", domainName: "dev.payments.example.com", zoneName: "payments.example.com" };

const arnCertificate = {
    source: "arn",
    arn: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
    domainName: "dev.payments.example.com",
};

const provisioned = { mode: "provisioned", units: 5, maxUnits: 50 };

const snapshotOf = (generation: number) => ({ source: "snapshot", generation, snapshot: "payment-before-migration" });

const latestBackup = { source: "point-in-time", generation: 2, cluster: "payment-database-dev", time: "latest" };

const deletedCluster = {
    source: "deleted-cluster",
    generation: 2,
    resourceId: "cluster-ABCDEFGHIJKLM1234567890123",
    time: "latest",
};

/** A restored cluster is in use, and the stack keeps the former one. */
const restored = (restoreFrom: object): SettingValues => ({
    "database.generation": 2,
    "database.otherGenerations": [1],
    "database.restoreFrom": restoreFrom,
});

const waiver: SecondValue = {
    stack: "prod",
    changes: {
        "compute.execCommand": true,
        waivers: [{ rule: "no-shells", reason: "A test of the settings of production.", expires: "9999-12-31" }],
    },
};

/** Of alarms whose metric cannot have the value 42, or always has a lower one. */
const secondThresholds: Readonly<Record<string, number>> = {
    "tasks-missing": 1,
    "target-unhealthy": 3,
    "memory-low": 128 * 1024 * 1024,
    "drill-overdue": 0.5,
    "reconciliation-late": 200_000,
};

/**
 * For each setting of the schema, a second valid value that an operator may choose. The fields of one entry are set
 * together, as one requires the other. Values that exclude each other are set in separate plans.
 */
export const secondValues: Readonly<Record<string, SecondValue>> = {
    environment: valueOnDev({ environment: "staging" }),
    environmentSuffix: valueOnDev({ environmentSuffix: "alice" }),
    accountId: valueOnDev({ accountId: "123456789012" }),
    permissionsBoundaryArn: valueOnDev({ permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary" }),
    deletionProtection: valueOnDev({ deletionProtection: true }),
    applyImmediately: valueOnDev({ applyImmediately: false }),
    costCenter: valueOnDev({ costCenter: "Payments / EU: 47" }),
    dataClassification: valueOnDev({ dataClassification: "confidential" }),
    compliance: { stack: "prod", changes: { compliance: "none" } },
    tags: valueOnDev({ tags: { Owner: "payments", "team:mail": "payments@example.com" } }),
    "network.cidr": valueOnDev({ "network.cidr": "172.20.0.0/18" }),
    "migration.imageDigest": valueOnDev({ "migration.imageDigest": `sha256:${"0123456789abcdef".repeat(4)}` }),
    "network.availabilityZones": valueOnDev({ "network.availabilityZones": 3 }),
    "network.endpointZones": valueOnDev({ "network.endpointZones": 2 }),
    "network.egress": valueOnDev(nat),
    "network.natGateways": valueOnDev({ ...nat, "network.natGateways": "per-az" }),
    "edge.allowedCidrs": valueOnDev({ "edge.allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"] }),
    "edge.httpRedirect": valueOnDev({ "edge.httpRedirect": true }),
    "edge.tlsPolicy": valueOnDev({ "edge.tlsPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" }),
    "certificate.source": valueOnDev({ certificate: dnsCertificate }),
    "certificate.domainName": valueOnDev({
        certificate: { ...dnsCertificate, domainName: "alice.payments.example.com" },
    }),
    "certificate.zoneName": valueOnDev({ certificate: { ...dnsCertificate, zoneName: "example.com" } }),
    "certificate.arn": valueOnDev({ certificate: arnCertificate }),
    "waf.requestsPer5Minutes": valueOnDev({ "waf.requestsPer5Minutes": 5000 }),
    "waf.countOnly": valueOnDev({ "waf.countOnly": ["CommonRuleSet"] }),
    "database.breakGlass": valueOnDev({ "database.breakGlass": true }),
    "database.generation": valueOnDev(restored(snapshotOf(2))),
    "database.otherGenerations": valueOnDev({ ...restored(snapshotOf(2)), "database.otherGenerations": [1, 3] }),
    "database.restoreFrom.source": valueOnDev(restored(snapshotOf(2))),
    "database.restoreFrom.generation": valueOnDev({
        "database.otherGenerations": [3],
        "database.restoreFrom": snapshotOf(3),
    }),
    "database.restoreFrom.snapshot": valueOnDev(restored(snapshotOf(2))),
    "database.restoreFrom.cluster": valueOnDev(restored(latestBackup)),
    "database.restoreFrom.resourceId": valueOnDev(restored(deletedCluster)),
    "database.restoreFrom.time": valueOnDev(restored({ ...latestBackup, time: "2026-03-31T09:30:00Z" })),
    "database.engineVersion": valueOnDev({ "database.engineVersion": "16" }),
    "database.instanceClass": valueOnDev({
        "database.instanceClass": "db.r8g.large",
        "database.minAcu": undefined,
        "database.maxAcu": undefined,
    }),
    "database.minAcu": valueOnDev({ "database.minAcu": 0.5 }),
    "database.maxAcu": valueOnDev({ "database.maxAcu": 16 }),
    "database.readers": valueOnDev({ "database.readers": 1 }),
    "database.backupRetentionDays": valueOnDev({ "database.backupRetentionDays": 1 }),
    "database.monitoringIntervalSeconds": valueOnDev({ "database.monitoringIntervalSeconds": 15 }),
    "database.pgaudit": valueOnDev({ "database.pgaudit": true }),
    "database.insights": valueOnDev({ "database.insights": "advanced" }),
    "cache.engine": valueOnDev({ "cache.engine": "valkey" }),
    "cache.nodeType": valueOnDev({ "cache.nodeType": "cache.r7g.large" }),
    "cache.nodes": valueOnDev({ "cache.nodes": 2 }),
    "cache.token.version": valueOnDev({ "cache.token": { version: 2 } }),
    "cache.token.acceptPrevious": valueOnDev({ "cache.token": { version: 3, acceptPrevious: true } }),
    "cache.snapshotRetentionDays": valueOnDev({ "cache.snapshotRetentionDays": 1 }),
    "services.<name>": valueOnDev({ "services.refund": service }),
    "services.<name>.path": valueOnDev({ "services.api.path": "/v2/*" }),
    "services.<name>.priority": valueOnDev({ "services.api.priority": 15 }),
    "services.<name>.imageDigest": valueOnDev({ "services.api.imageDigest": `sha256:${"0123456789abcdef".repeat(4)}` }),
    "services.<name>.cpuUnits": valueOnDev({ "services.api.cpuUnits": 512, "services.api.memoryMib": 1024 }),
    "services.<name>.memoryMib": valueOnDev({ "services.payment.memoryMib": 2048 }),
    "services.<name>.minTasks": valueOnDev({ "services.api.minTasks": 0 }),
    "services.<name>.maxTasks": valueOnDev({ "services.payment.maxTasks": 24 }),
    "services.<name>.requestsPerTaskPerMinute": valueOnDev({ "services.api.requestsPerTaskPerMinute": 500 }),
    "services.<name>.reservePercent": valueOnDev({ "services.api.reservePercent": 50 }),
    "services.<name>.stores": valueOnDev({ "services.notification.stores": ["database", "cache"] }),
    "services.<name>.consumes": valueOnDev({
        "services.payment.consumes": undefined,
        "services.notification.consumes": "notifications",
        "services.api.consumes": "processing",
    }),
    "services.<name>.backlogPerTask": valueOnDev({ "services.payment.backlogPerTask": 20 }),
    "services.<name>.sends": valueOnDev({ "services.api.sends": ["processing", "notifications"] }),
    "services.<name>.publishes": valueOnDev({ "services.api.publishes": ["events"] }),
    "services.<name>.acquirer.url": withAcquirer({}),
    "services.<name>.acquirer.reconciliation.enabled": withAcquirer({ enabled: false }),
    "services.<name>.acquirer.reconciliation.hour": withAcquirer({ hour: 23 }),
    "services.<name>.acquirer.reconciliation.command": withAcquirer({ command: ["node", "/app/compare.mjs"] }),
    "services.<name>.metrics": valueOnDev({ "services.notification.metrics": ["messages", "outbox"] }),
    "services.<name>.healthCommand": valueOnDev({
        "services.worker": { ...worker, healthCommand: ["node", "health.js"] },
    }),
    "serviceLevels.refusedPercent": {
        stack: "prod",
        changes: { "serviceLevels.refusedPercent": 1, "services.api.reservePercent": 100 },
        refusedBy: "spikes-absorbed",
    },
    "serviceLevels.recoverySeconds": { stack: "prod", changes: { "serviceLevels.recoverySeconds": 120 } },
    "serviceLevels.backlogMinutes": { stack: "prod", changes: { "serviceLevels.backlogMinutes": 10 } },
    "queues.<name>": valueOnDev({ "queues.refunds": {} }),
    "queues.<name>.visibilityTimeoutSeconds": valueOnDev({ "queues.processing.visibilityTimeoutSeconds": 300 }),
    "queues.<name>.maxReceiveCount": valueOnDev({ "queues.processing.maxReceiveCount": 3 }),
    "queues.<name>.subscribesTo": valueOnDev({ "queues.processing.subscribesTo": ["events"] }),
    "topics.<name>": valueOnDev({ "topics.refunds-made": {} }),
    "gateway.corsOrigins": valueOnDev({ "gateway.corsOrigins": ["https://a.example.com", "https://b.example.com"] }),
    "gateway.ratePerSecond": valueOnDev({ "gateway.ratePerSecond": 100 }),
    "gateway.burst": valueOnDev({ "gateway.burst": 200 }),
    "gateway.merchants.<name>": valueOnDev(merchant),
    "gateway.merchants.<name>.quotaPerDay": valueOnDev({ "gateway.merchants.example-shop.quotaPerDay": 2_000_000 }),
    "gateway.merchants.<name>.ratePerSecond": valueOnDev({ "gateway.merchants.example-shop.ratePerSecond": 10 }),
    "gateway.token.version": valueOnDev({ "gateway.token": { version: 2 } }),
    "gateway.token.acceptPrevious": valueOnDev({ "gateway.token": { version: 3, acceptPrevious: true } }),
    "gateway.merchants.<name>.key.version": valueOnDev({ "gateway.merchants.example-shop.key": { version: 2 } }),
    "gateway.merchants.<name>.key.acceptPrevious": valueOnDev({
        "gateway.merchants.example-shop.key": { version: 3, acceptPrevious: true },
    }),
    "gateway.merchants.<name>.burst": valueOnDev({ "gateway.merchants.example-shop.burst": 20 }),
    "validation.runtime": valueOnDev({ "validation.runtime": "nodejs22.x" }),
    "validation.memoryMib": valueOnDev({ "validation.memoryMib": 1024 }),
    "validation.timeoutSeconds": valueOnDev({ "validation.timeoutSeconds": 10 }),
    "validation.reservedConcurrency": valueOnDev({ "validation.reservedConcurrency": 10 }),
    "validation.maxAmountMinor": valueOnDev({ "validation.maxAmountMinor": 5_000_000 }),
    "validation.albPriority": valueOnDev({ "validation.albPriority": 5 }),
    "transactions.retentionDays": valueOnDev({ "transactions.retentionDays": 30 }),
    "transactions.pointInTimeRecovery": valueOnDev({ "transactions.pointInTimeRecovery": true }),
    "transactions.capacity.mode": valueOnDev({ "transactions.capacity": provisioned }),
    "transactions.capacity.units": valueOnDev({ "transactions.capacity": { ...provisioned, units: 10 } }),
    "transactions.capacity.maxUnits": valueOnDev({ "transactions.capacity": { ...provisioned, maxUnits: 100 } }),
    "accountServices.apiGatewayRole": valueOnDev({ "accountServices.apiGatewayRole": "adopt" }),
    "accountServices.guardDuty": valueOnDev({ "accountServices.guardDuty": "create" }),
    "accountServices.config": valueOnDev({ "accountServices.config": "create" }),
    "accountServices.securityHub": valueOnDev({ "accountServices.securityHub": "create" }),
    "compute.spot": valueOnDev({ "compute.spot": "none" }),
    "compute.containerInsights": valueOnDev({ "compute.containerInsights": "enhanced" }),
    "compute.execCommand": valueOnDev({ "compute.execCommand": true }),
    "logs.level": valueOnDev({ "logs.level": "debug" }),
    "logs.applicationRetentionDays": valueOnDev({ "logs.applicationRetentionDays": 90 }),
    "logs.auditRetentionDays": valueOnDev({ "logs.auditRetentionDays": 30 }),
    "alerts.critical": valueOnDev({ "alerts.critical": ["pager@example.com"] }),
    "alerts.warning": valueOnDev({ "alerts.warning": ["tickets@example.com"] }),
    ...Object.fromEntries(
        Object.keys(alarmTable).map((alarm) => [
            `alarmThresholds.${alarm}`,
            valueOnDev({ [`alarmThresholds.${alarm}`]: secondThresholds[alarm] ?? 42 }),
        ]),
    ),
    "audit.objectLock": valueOnDev({ "audit.objectLock": true }),
    "audit.cloudTrail": valueOnDev({ "audit.cloudTrail": false }),
    "recovery.drillEveryDays": valueOnDev({ "recovery.drillEveryDays": 30 }),
    "recovery.failureTests": valueOnDev({ "recovery.failureTests": false }),
    waivers: waiver,
    "waivers[].rule": waiver,
    "waivers[].reason": waiver,
    "waivers[].expires": waiver,
    "aws:region": valueOnDev({ "aws:region": "eu-central-1" }),
};
