import { describe, expect, test } from "@jest/globals";
import { acceptedConnections } from "../../../lib/settings/database-rules.ts";
import { namespace, regionKey } from "../../../lib/settings/problem.ts";
import { settingRules } from "../../../lib/settings/rules.ts";
import { readSettings } from "../../../lib/settings.ts";
import { readStackConfig, type StackConfig, withSettings } from "./stack-config.ts";

type Changes = Readonly<Record<string, unknown>>;

const dev = readStackConfig("dev");
const problemsOf = (config: StackConfig) => readSettings(config, [], "2026-06-30").problems;
const problemsAfter = (changes: Changes) => problemsOf(withSettings(dev, changes));

const service = { path: "/x/*", priority: 99, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };
const workerService = { ...service, path: undefined, priority: undefined };
const arn = (region: string, account: string) =>
    `arn:aws:acm:${region}:${account}:certificate/00000000-0000-0000-0000-000000000000`;
const imported = (region: string, account: string) => ({
    source: "arn",
    arn: arn(region, account),
    domainName: "pay.example.com",
});
const dns = (domainName: string, zoneName: string) => ({ source: "dns", domainName, zoneName });
const tagsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag-${i}`, "x"]));
const provisioned = { "database.instanceClass": "db.r8g.large" };

const snapshotOf = (generation: number) => ({ source: "snapshot", generation, snapshot: "payment-before-migration" });
const deletedAt = (time: string) => ({
    source: "deleted-cluster",
    generation: 1,
    resourceId: "cluster-ABCDEFGHIJKLM1234567890123",
    time,
});
const latestOf = (cluster: string) => ({ source: "point-in-time", generation: 1, cluster, time: "latest" });

const withAcquirer = { "services.payment.acquirer": { url: "https://api.acquirer.example" } };
/** Takes no requests, and its payments are compared. */
const reconciled = {
    ...workerService,
    maxTasks: 5,
    stores: ["database"],
    acquirer: { url: "https://api.acquirer.example" },
};
const nat = { "network.egress": "nat", "network.natGateways": "single" };
/** The workers of dev take requests, too. */
const withPaths = { "services.payment.path": "/payment/*", "services.notification.path": "/notification/*" };

/** Topics whose ARNs have this many characters as a list, to which the API publishes and a queue subscribes. */
const manyTopics = (length: number) => {
    const around = '"arn:aws:sns:us-east-1:123456789012:payment--dev",'.length;
    const names = Array.from({ length: 30 }, (_, i) => `t${i}-`.padEnd(200 - around, "x"));
    const [first = "", ...others] = names;
    const all = [first.padEnd(first.length + length - 30 * 200, "x"), ...others];
    return {
        topics: Object.fromEntries(all.map((name) => [name, {}])),
        "queues.notifications.subscribesTo": all,
        "services.api.publishes": all,
        "services.payment.publishes": [],
    };
};

/** A rule, the closest settings that it admits, the closest that it does not, and what it says of these. */
const table: readonly [rule: string, admitted: Changes, refused: Changes, ...lines: string[]][] = [
    [
        "acu-given",
        { ...provisioned, "database.minAcu": undefined, "database.maxAcu": undefined },
        { "database.minAcu": undefined, "database.maxAcu": undefined },
        "database.minAcu must be given with instanceClass db.serverless",
        "database.maxAcu must be given with instanceClass db.serverless",
    ],
    [
        "acu-left-out",
        { "database.instanceClass": "db.serverless" },
        provisioned,
        "database.minAcu must be left out with the provisioned instanceClass db.r8g.large, got 0",
        "database.maxAcu must be left out with the provisioned instanceClass db.r8g.large, got 3",
    ],
    [
        "acu-range",
        { "database.minAcu": 3 },
        { "database.minAcu": 3.5 },
        "database.minAcu must be at most maxAcu (3), got 3.5",
    ],
    [
        "connections",
        { "services.api.maxTasks": 26 },
        { "services.api.maxTasks": 27 },
        "database.maxAcu must be enough for the 570 connections of all tasks at their maxTasks, and 50 others (PostgreSQL accepts 611): 3.5 or more, got 3",
    ],
    [
        "data-api-class",
        { ...provisioned, "database.minAcu": undefined, "database.maxAcu": undefined, "database.breakGlass": true },
        {
            "database.instanceClass": "db.t4g.medium",
            "database.minAcu": undefined,
            "database.maxAcu": undefined,
            "database.breakGlass": true,
        },
        "database.breakGlass must be false with instanceClass db.t4g.medium, got true",
    ],
    [
        "generation-once",
        { "database.generation": 2, "database.otherGenerations": [1], "database.restoreFrom": snapshotOf(2) },
        { "database.generation": 2, "database.otherGenerations": [1, 2], "database.restoreFrom": snapshotOf(2) },
        "database.otherGenerations must leave out 2, the generation that the services use, got [1,2]",
    ],
    [
        "generation-restored",
        { "database.generation": 2 },
        { "database.generation": 2, "database.otherGenerations": [1] },
        "database.otherGenerations must be empty without restoreFrom, got [1]",
    ],
    [
        "restored-generation",
        { "database.restoreFrom": snapshotOf(1) },
        { "database.restoreFrom": snapshotOf(2) },
        "database.restoreFrom.generation must be one of the stack's generations (1), got 2",
    ],
    [
        "restored-from-another",
        { "database.restoreFrom": latestOf("payment-database-prod") },
        { "database.restoreFrom": latestOf("arn:aws:rds:us-east-1:123456789012:cluster:payment-database-dev") },
        'database.restoreFrom.cluster must differ from the restored cluster (payment-database-dev), got "arn:aws:rds:us-east-1:123456789012:cluster:payment-database-dev"',
    ],
    [
        "arn-of-stack",
        { "database.restoreFrom": { ...snapshotOf(1), snapshot: "rds:payment-database-prod-2026-06-29-03-10" } },
        {
            accountId: "123456789012",
            "database.restoreFrom": latestOf("arn:aws:rds:us-east-1:210987654321:cluster:payment-database-prod"),
        },
        'database.restoreFrom.cluster must be of the stack\'s partition (aws), region (us-east-1), account (123456789012), got "arn:aws:rds:us-east-1:210987654321:cluster:payment-database-prod"',
    ],
    [
        // The tests have 30 June 2026.
        "restored-to-the-past",
        { "database.restoreFrom": { ...latestOf("payment-database-prod"), time: "2026-06-30T23:59:59Z" } },
        { "database.restoreFrom": { ...latestOf("payment-database-prod"), time: "2026-07-01T00:00:00Z" } },
        'database.restoreFrom.time must be of today (UTC) or earlier, got "2026-07-01T00:00:00Z"',
    ],
    [
        "restored-to-the-past",
        { "database.restoreFrom": deletedAt("2026-06-30T23:59:59Z") },
        { "database.restoreFrom": deletedAt("2026-07-01T00:00:00Z") },
        'database.restoreFrom.time must be of today (UTC) or earlier, got "2026-07-01T00:00:00Z"',
    ],
    [
        "zones-of-endpoints",
        { "network.endpointZones": 2 },
        { "network.endpointZones": 3 },
        "network.endpointZones must be at most availabilityZones (2), got 3",
    ],
    [
        "egress-endpoints",
        { "network.endpointZones": 0, "network.egress": "nat", "network.natGateways": "single" },
        { "network.endpointZones": 0 },
        'network.endpointZones must be at least 1 with egress "endpoints", got 0',
    ],
    [
        "egress-no-gateways",
        { "network.egress": "nat", "network.natGateways": "per-az" },
        { "network.natGateways": "per-az" },
        'network.natGateways must be left out with egress "endpoints", got "per-az"',
    ],
    [
        "egress-gateways",
        { "network.egress": "nat", "network.natGateways": "single" },
        { "network.egress": "nat" },
        'network.natGateways must be "single" or "per-az" with egress "nat"',
    ],
    [
        "zones-of-database",
        { "database.readers": 1 },
        { "database.readers": 2 },
        "database.readers must be at most 1, which makes 2 instances with the writer, one in each zone, got 2",
    ],
    [
        "zones-of-cache",
        { "cache.nodes": 2 },
        { "cache.nodes": 3 },
        "cache.nodes must be at most availabilityZones (2), one node in each, got 3",
    ],
    [
        "cache-tiering",
        { "cache.nodeType": "cache.r6g.large" },
        { "cache.nodeType": "cache.r6gd.xlarge" },
        'cache.nodeType must be of another family than r6gd, which needs data tiering: such as cache.r7g.large, got "cache.r6gd.xlarge"',
    ],
    [
        "cache-generation",
        { "cache.nodeType": "cache.t3.small" },
        { "cache.nodeType": "cache.t2.small" },
        'cache.nodeType must be of another family than t1, t2, m1, m2, m3, c1, r3, of which ElastiCache creates no new nodes, got "cache.t2.small"',
    ],
    [
        "token-before",
        { "cache.token": { version: 2, acceptPrevious: true } },
        { "cache.token": { acceptPrevious: true } },
        "cache.token.acceptPrevious must be false with version 1",
    ],
    [
        "gateway-token-before",
        { "gateway.token": { version: 2, acceptPrevious: true } },
        { "gateway.token": { acceptPrevious: true } },
        "gateway.token.acceptPrevious must be false with version 1",
    ],
    [
        "key-before",
        { "gateway.merchants": { shop: { key: { version: 2, acceptPrevious: true } } } },
        { "gateway.merchants": { shop: { key: { acceptPrevious: true } } } },
        "gateway.merchants must not set key.acceptPrevious of shop, with key.version 1",
    ],
    [
        "unit-range",
        { "transactions.capacity": { mode: "provisioned", units: 50, maxUnits: 50 } },
        { "transactions.capacity": { mode: "provisioned", units: 51, maxUnits: 50 } },
        "transactions.capacity.units must be at most maxUnits (50), got 51",
    ],
    [
        "validator-priority",
        { "validation.albPriority": 11 },
        { "validation.albPriority": 3498 },
        "validation.albPriority must differ from that of api, got 3498",
    ],
    [
        // Two subnets of /23 with 507 addresses each: 1014 less 32 for others is twice 491.
        "addresses",
        { "network.cidr": "10.0.0.0/20", "services.api.maxTasks": 461, "services.api.stores": ["cache"] },
        { "network.cidr": "10.0.0.0/20", "services.api.maxTasks": 462, "services.api.stores": ["cache"] },
        'network.cidr must be larger or maxTasks smaller: all tasks twice, as in a deployment, need 1016 addresses and the private subnets have 1014, got "10.0.0.0/20"',
    ],
    [
        "name-lengths",
        { environmentSuffix: "a2345678901", "services.notification.path": "/notification/*" },
        { environmentSuffix: "a23456789012", "services.notification.path": "/notification/*" },
        `environmentSuffix must have at most 11 characters (AWS allows 32 characters for the target group notification-<suffix> and 8 characters that Pulumi adds), got "a23456789012"`,
    ],
    [
        "service-name-fits",
        {
            ...nat,
            [`services.${"x".repeat(20)}`]: service,
            [`services.${"w".repeat(34)}`]: workerService,
            [`services.${"r".repeat(19)}`]: reconciled,
        },
        {
            ...nat,
            [`services.${"x".repeat(21)}`]: service,
            [`services.${"w".repeat(35)}`]: workerService,
            [`services.${"r".repeat(20)}`]: reconciled,
        },
        `services.${"x".repeat(21)} must have a name of at most 20 characters with environmentSuffix "dev" (AWS allows 32 characters for the target group <name>-dev and 8 characters that Pulumi adds), and has one of 21`,
        `services.${"w".repeat(35)} must have a name of at most 34 characters with environmentSuffix "dev" (AWS allows 64 characters for the role payment-<name>-execution-dev and 8 characters that Pulumi adds), and has one of 35`,
        `services.${"r".repeat(20)} must have a name of at most 19 characters with environmentSuffix "dev" (AWS allows 64 characters for the role of the reconciliation payment-<name>-reconciliation-execution-dev and 8 characters that Pulumi adds), and has one of 20`,
    ],
    [
        "queue-name-fits",
        { [`queues.${"q".repeat(64)}`]: {}, "services.api.sends": [] },
        { [`queues.${"q".repeat(65)}`]: {} },
        `queues.${"q".repeat(65)} must have a name of at most 64 characters with environmentSuffix "dev" (AWS allows 80 characters for the queue payment-<name>-dlq-dev), and has one of 65`,
    ],
    [
        "certificate-zone",
        { certificate: dns("dev.pay.example.com", "pay.example.com") },
        { certificate: dns("devpay.example.com", "pay.example.com") },
        'certificate.domainName must be in zoneName (pay.example.com), got "devpay.example.com"',
    ],
    [
        "certificate-zone",
        { certificate: imported("us-east-1", "123456789012") },
        { certificate: { ...imported("us-east-1", "123456789012"), zoneName: "example.org" } },
        'certificate.domainName must be in zoneName (example.org), got "pay.example.com"',
    ],
    [
        "arn-of-stack",
        { accountId: "123456789012", certificate: imported("us-east-1", "123456789012") },
        { accountId: "123456789012", certificate: imported("us-east-1", "210987654321") },
        `certificate.arn must be of the stack's partition (aws), region (us-east-1), account (123456789012), got "${arn("us-east-1", "210987654321")}"`,
    ],
    [
        "arn-of-stack",
        { certificate: imported("us-east-1", "210987654321") },
        { certificate: imported("eu-west-1", "123456789012") },
        `certificate.arn must be of the stack's partition (aws), region (us-east-1), got "${arn("eu-west-1", "123456789012")}"`,
    ],
    [
        "arn-of-stack",
        { permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/bounds" },
        { permissionsBoundaryArn: "arn:aws-cn:iam::123456789012:policy/bounds" },
        'permissionsBoundaryArn must be of the stack\'s partition (aws), region (us-east-1), got "arn:aws-cn:iam::123456789012:policy/bounds"',
    ],
    [
        "arn-of-stack",
        {
            accountId: "123456789012",
            // Another account may share a snapshot.
            "database.restoreFrom": {
                ...snapshotOf(1),
                snapshot: "arn:aws:rds:us-east-1:210987654321:cluster-snapshot:before",
            },
        },
        {
            "database.restoreFrom": {
                ...snapshotOf(1),
                snapshot: "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before",
            },
        },
        'database.restoreFrom.snapshot must be of the stack\'s partition (aws), region (us-east-1), got "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before"',
    ],
    [
        "arn-of-stack",
        { "database.restoreFrom": latestOf("arn:aws:rds:us-east-1:123456789012:cluster:payment-database-prod") },
        { "database.restoreFrom": latestOf("arn:aws:rds:us-east-2:123456789012:cluster:payment-database-prod") },
        'database.restoreFrom.cluster must be of the stack\'s partition (aws), region (us-east-1), got "arn:aws:rds:us-east-2:123456789012:cluster:payment-database-prod"',
    ],
    [
        "region-partition",
        { "aws:region": "cn-north-1" },
        { "aws:region": "eusc-de-east-1" },
        'aws:region must be in one of the partitions aws, aws-us-gov, aws-cn, got "eusc-de-east-1"',
    ],
    [
        "guardduty-agent",
        { accountServices: { guardDuty: "create" }, "aws:region": "ap-east-2" },
        { accountServices: { guardDuty: "create" }, "aws:region": "us-gov-west-1" },
        'accountServices.guardDuty must be "skip" in us-gov-west-1: lib/account-services/agent.ts has no account with the agent image for it, got "create"',
    ],
    [
        "guardduty-agent",
        { accountServices: { guardDuty: "skip" }, "aws:region": "us-gov-west-1" },
        { accountServices: { guardDuty: "adopt" }, "aws:region": "us-gov-west-1" },
        'accountServices.guardDuty must be "skip" in us-gov-west-1: lib/account-services/agent.ts has no account with the agent image for it, got "adopt"',
    ],
    [
        "tags-of-the-platform",
        { tags: { Owner: "payments" } },
        { tags: { costcenter: "x", Name: "y" } },
        "tags must leave costcenter, Name to the platform",
    ],
    [
        "tags-distinct",
        { tags: { Owner: "a", Owners: "b" } },
        { tags: { Owner: "a", owner: "b" } },
        "tags must have names that differ by more than upper and lower case",
    ],
    ["tags-few", { tags: tagsOf(38) }, { tags: tagsOf(39) }, "tags must have at most 38 entries"],
    [
        "service-name",
        { "services.refunds-2": service },
        { "services.Refunds": service, "services.re--funds": { ...service, path: "/y/*", priority: 98 } },
        "services.Refunds must be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
        "services.re--funds must be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
    ],
    [
        "service-name-free",
        {
            ...withAcquirer,
            ...nat,
            "services.caches": service,
            // Only the service payment has an acquirer.
            "services.api-reconciliation": workerService,
            "services.api-acquirer": workerService,
        },
        {
            ...withAcquirer,
            ...nat,
            "services.cache": service,
            "services.database-x": { ...service, path: "/y/*", priority: 98 },
            "services.payment-reconciliation": workerService,
            "services.payment-acquirer": workerService,
        },
        "services.cache must have another name: the platform uses this one",
        "services.database-x must have another name: the platform uses this one",
        "services.payment-reconciliation must have another name: the platform uses this one",
        "services.payment-acquirer must have another name: the platform uses this one",
    ],
    [
        "path-free",
        { "services.api.path": "/validate-2/*" },
        { "services.api.path": "/validate/*", "services.payment.path": "/v1/*" },
        "services.api.path must be another path: /validate is the payment validator's, /v1 the API's stage, got \"/validate/*\"",
        "services.payment.path must be another path: /validate is the payment validator's, /v1 the API's stage, got \"/v1/*\"",
    ],
    [
        "quota-lasts",
        { "gateway.merchants": { shop: { ratePerSecond: 10, quotaPerDay: 36_000 } } },
        { "gateway.merchants": { shop: { ratePerSecond: 10, quotaPerDay: 35_999 }, desk: { ratePerSecond: 300 } } },
        "gateway.merchants must have a quotaPerDay of at least an hour at ratePerSecond (shop: 36000, desk: 1080000)",
    ],
    [
        "stage-rate",
        { "gateway.merchants": { shop: { ratePerSecond: 100 } }, "gateway.ratePerSecond": 100 },
        { "gateway.merchants": { shop: { ratePerSecond: 100 } }, "gateway.ratePerSecond": 99 },
        "gateway.ratePerSecond must be at least that of each merchant (100), got 99",
    ],
    [
        "stage-burst",
        { "gateway.merchants": { shop: { burst: 300 } }, "gateway.burst": 300 },
        { "gateway.merchants": { shop: { burst: 300 } }, "gateway.burst": 299 },
        "gateway.burst must be at least that of each merchant (300), got 299",
    ],
    [
        "acquirer-egress",
        { ...withAcquirer, ...nat },
        withAcquirer,
        'services.payment.acquirer.url must be left out with egress "endpoints", which lets tasks connect to AWS only; or set network.egress to "nat" and network.natGateways to "per-az"',
    ],
    [
        "reconciliation-database",
        { ...withAcquirer, ...nat, "services.payment.stores": ["database"] },
        { ...withAcquirer, ...nat, "services.payment.stores": ["cache"] },
        "services.payment.acquirer.reconciliation.enabled must be false for a service without the store database",
    ],
    [
        "fargate-size",
        { "services.api.memoryMib": 2048 },
        { "services.api.memoryMib": 4096 },
        "services.api.memoryMib must be one of 512, 1024, 2048 with 256 CPU units, got 4096",
    ],
    [
        "task-range",
        { "services.api.minTasks": 20 },
        { "services.api.minTasks": 21 },
        "services.api.minTasks must be at most maxTasks (20), got 21",
    ],
    [
        "reserve-range",
        { "services.api.minTasks": 2, "services.api.maxTasks": 5, "services.api.reservePercent": 150 },
        { "services.api.minTasks": 2, "services.api.maxTasks": 5, "services.api.reservePercent": 151 },
        "services.api.reservePercent must be at most 150, with which minTasks (2) and the reserve are maxTasks (5), got 151",
    ],
    [
        "receives-before-expiry",
        { "queues.processing": { visibilityTimeoutSeconds: 43_200, maxReceiveCount: 28 } },
        { "queues.processing": { visibilityTimeoutSeconds: 43_200, maxReceiveCount: 29 } },
        "queues.processing.maxReceiveCount must be at most 28: as many visibility timeouts are in the 1209600 s of SQS's retention, got 29",
    ],
    [
        "threshold-of-timeout",
        { "alarmThresholds.function-slow": 9999, "validation.timeoutSeconds": 10 },
        { "alarmThresholds.function-slow": 10_000, "validation.timeoutSeconds": 10 },
        "alarmThresholds.function-slow must be below the timeout of the function (10000 ms), got 10000",
    ],
    [
        "threshold-of-tasks",
        { "alarmThresholds.tasks-missing": 1 },
        { "alarmThresholds.tasks-missing": 2 },
        "alarmThresholds.tasks-missing must be at most the smallest minimum of tasks (1), got 2",
    ],
    [
        "threshold-of-targets",
        { "alarmThresholds.target-unhealthy": 19 },
        { "alarmThresholds.target-unhealthy": 20 },
        "alarmThresholds.target-unhealthy must be below the largest maximum of tasks (20), got 20",
    ],
    [
        "threshold-of-reconciliation",
        { ...withAcquirer, ...nat, "alarmThresholds.reconciliation-late": 108_001 },
        { ...withAcquirer, ...nat, "alarmThresholds.reconciliation-late": 108_000 },
        "alarmThresholds.reconciliation-late must be above a day and the hour of the latest reconciliation (108000 s), got 108000",
    ],
    [
        "threshold-of-memory",
        { "alarmThresholds.memory-low": 6_442_450_943 },
        { "alarmThresholds.memory-low": 6_442_450_944 },
        "alarmThresholds.memory-low must be below the memory at maxAcu (6442450944 bytes), got 6442450944",
    ],
    [
        "distinct-path",
        { "services.payment.path": "/api-2/*" },
        { "services.payment.path": "/api/*" },
        'services.payment.path must differ from that of api, got "/api/*"',
    ],
    [
        "distinct-priority",
        { ...withPaths, "services.payment.priority": 11, "services.notification.priority": 10 },
        { ...withPaths, "services.payment.priority": 10, "services.notification.priority": 10 },
        "services.payment.priority must differ from that of notification, got 10",
    ],
    [
        "distinct-priority",
        { "services.copy-6996": { ...service, priority: 12 } },
        { "services.copy-6996": { ...service, priority: undefined } },
        "services.copy-6996.priority must be given: the one that follows from the name, 3498, is that of api",
    ],
    [
        "distinct-priority",
        { ...withPaths, "services.payment.priority": 3499 },
        { ...withPaths, "services.payment.priority": 3498 },
        "services.api.priority must be given: the one that follows from the name, 3498, is that of payment",
    ],
    [
        "some-path",
        { services: { one: service, two: { ...service, path: undefined, priority: undefined } } },
        { services: { two: { ...service, path: undefined, priority: undefined } } },
        "services must have a service with a path: workers accept no requests",
    ],
    [
        "priority-with-path",
        { ...withPaths, "services.payment.priority": 10 },
        { "services.payment.priority": 10 },
        "services.payment.priority must be left out without a path, got 10",
    ],
    [
        "requests-with-path",
        { ...withPaths, "services.api.path": undefined, "services.api.requestsPerTaskPerMinute": undefined },
        { ...withPaths, "services.api.path": undefined },
        "services.api.requestsPerTaskPerMinute must be left out without a path, got 900",
    ],
    [
        "reserve-with-requests",
        { "services.api.reservePercent": 50 },
        { "services.api.reservePercent": 50, "services.api.requestsPerTaskPerMinute": undefined },
        "services.api.reservePercent must be 0 without requestsPerTaskPerMinute, got 50",
    ],
    [
        "health-command-of-worker",
        { "services.payment.healthCommand": ["node", "health.js"] },
        { ...withPaths, "services.payment.healthCommand": ["node", "health.js"] },
        'services.payment.healthCommand must be left out with a path, got ["node","health.js"]',
    ],
    [
        "one-consumer",
        { "services.payment.consumes": undefined, "services.api.consumes": "processing" },
        { "services.api.consumes": "notifications" },
        'services.notification.consumes must name a queue that no service before it consumes, got "notifications"',
    ],
    [
        "sent-to-a-consumer",
        { "services.api.sends": ["processing", "notifications"] },
        { "services.payment.consumes": undefined },
        'services.api.sends must name queues that a service consumes, got ["processing"]',
    ],
    [
        "published-to-a-consumer",
        { "services.notification.consumes": undefined, "services.payment.publishes": [] },
        { "services.notification.consumes": undefined },
        'services.payment.publishes must name topics to which queues subscribe, each with a service that consumes it, got ["events"]',
    ],
    [
        "consumes-a-queue",
        { "services.api.consumes": undefined },
        { "services.api.consumes": "refunds" },
        'services.api.consumes must name a queue of the stack (valid names: notifications, processing), got "refunds"',
    ],
    [
        "sends-to-queues",
        { "services.api.sends": ["notifications"] },
        { "services.api.sends": ["processing", "refunds"] },
        'services.api.sends must name queues of the stack (valid names: notifications, processing), got ["processing","refunds"]',
    ],
    [
        "publishes-to-topics",
        { "services.api.publishes": ["events"] },
        { "services.api.publishes": ["event"] },
        'services.api.publishes must name topics of the stack (did you mean events?), got ["event"]',
    ],
    [
        "targets-fit",
        { ...manyTopics(6000), "services.api.sends": [] },
        { ...manyTopics(6000) },
        'services.api.sends must name fewer queues, or publishes fewer topics: their ARNs have 6060 characters, and 6000 fit into the policy of the service\'s role, got ["processing"]',
    ],
    [
        "subscriptions-fit",
        { ...manyTopics(6000), "services.api.publishes": [] },
        { ...manyTopics(6001), "services.api.publishes": [] },
        `queues.notifications.subscribesTo must name fewer topics: their ARNs have 6001 characters, and 6000 fit into the policy of the queue, got ${JSON.stringify(Object.keys(manyTopics(6001).topics)).slice(0, 120)}…`,
    ],
    [
        "queue-name",
        { "queues.refunds-2": {} },
        { "queues.Refunds": {} },
        "queues.Refunds must be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
    ],
    [
        "queue-name-free",
        { "queues.refunds": {} },
        { "queues.consume": {}, "queues.cache": {}, "queues.refunds-dlq": {} },
        "queues.consume must have another name: the platform uses this one",
        "queues.cache must have another name: the platform uses this one",
        "queues.refunds-dlq must have another name: the platform uses this one",
    ],
    [
        "queue-name-of-service",
        { "queues.pay": {}, "queues.payment-x": {} },
        { "queues.payment": {}, "services.refunds-late": workerService, "queues.refunds": {} },
        "queues.payment must have another name, or the service payment must: its name is this one, or begins with it",
        "queues.refunds must have another name, or the service refunds-late must: its name is this one, or begins with it",
    ],
    [
        "topic-name-of-service",
        { topics: { events: {}, pay: {} } },
        { topics: { events: {}, payment: {} } },
        "topics.payment must have another name, or the service payment must: its name is this one, or begins with it",
    ],
    [
        "topic-name",
        { topics: { events: {}, "events-2": {} } },
        { topics: { events: {}, Events: {} } },
        "topics.Events must be named in lower-case letters and digits, in groups joined by single hyphens, beginning with a letter",
    ],
    [
        "topic-name-free",
        { topics: { events: {}, refunds: {} } },
        { topics: { events: {}, critical: {} } },
        "topics.critical must have another name: the platform uses this one",
    ],
    [
        "topic-name-distinct",
        { topics: { events: {}, refunds: {} } },
        { topics: { events: {}, processing: {} } },
        "topics.processing must have another name: a queue has this one",
    ],
    [
        "subscribes-to-topics",
        { "queues.processing.subscribesTo": ["events"] },
        { "queues.processing.subscribesTo": ["refunds"] },
        'queues.processing.subscribesTo must name topics of the stack (valid names: events), got ["refunds"]',
    ],
];

describe.each(table)("%s", (_rule, admitted, refused, ...lines) => {
    test(`admits ${JSON.stringify(admitted).slice(0, 100)}`, () => {
        expect(problemsAfter(admitted)).toBeUndefined();
    });
    test(`refuses ${JSON.stringify(refused).slice(0, 100)}`, () => {
        expect(problemsAfter(refused)).toEqual(
            lines.map((line) => (line.startsWith(regionKey) ? line : `${namespace}${line}`)),
        );
    });
});

test("every rule is in the table", () => {
    expect([...new Set(settingRules.map(({ name }) => name))].toSorted()).toEqual(
        [...new Set(table.map(([rule]) => rule))].toSorted(),
    );
});

test("invalid settings of one service do not hide those of another", () => {
    const changes = { "services.api.cpuUnits": 300, "services.payment.memoryMib": 512 };
    expect(problemsAfter(changes)).toEqual([
        "payment-platform:services.api.cpuUnits must be 256, 512, 1024, 2048, 4096, 8192 or 16384, got 300",
        "payment-platform:services.payment.memoryMib must be one of 1024, 2048, 3072, 4096 with 512 CPU units, got 512",
    ]);
});

test("a rule reports nothing for a field that is itself invalid", () => {
    expect(problemsAfter({ "network.availabilityZones": 9, "network.endpointZones": 4 })).toEqual([
        "payment-platform:network.availabilityZones must be a whole number from 2 to 4, got 9",
    ]);
});

test.each<[string, Changes, string, Changes]>([
    ["more ACUs", { "services.api.maxTasks": 50 }, "4.5 or more", { "database.maxAcu": 4.5 }],
    [
        "a higher minimum",
        { "services.api.maxTasks": 200, "database.maxAcu": 16 },
        "11.5 or more, with a minAcu of 1 or more",
        { "database.maxAcu": 11.5, "database.minAcu": 1 },
    ],
    [
        "fewer tasks",
        { "services.api.maxTasks": 500, "database.maxAcu": 256, "database.minAcu": 1 },
        "none is, so lower the maxTasks of services with the database by 35 in all",
        { "services.api.maxTasks": 465 },
    ],
])("the fix for too many connections, %s, works", (_, changes, fix, fixed) => {
    expect(problemsAfter(changes)).toEqual([expect.stringContaining(`): ${fix}, got `)]);
    expect(problemsAfter({ ...changes, ...fixed })).toBeUndefined();
});

test.each([
    [{ minAcu: 0, maxAcu: 1 }, 189],
    [{ minAcu: 0.5, maxAcu: 4 }, 823],
    [{ minAcu: 1, maxAcu: 8 }, 1_669],
    [{ minAcu: 1, maxAcu: 16 }, 3_360],
    [{ minAcu: 0.5, maxAcu: 32 }, 2_000],
    [{ minAcu: 1, maxAcu: 32 }, 5_000],
    [{ minAcu: 8, maxAcu: 256 }, 5_000],
])("no more connections are planned with %j than AWS's %i", (capacity, limit) => {
    const accepted = acceptedConnections(capacity);
    expect(accepted).toBeLessThanOrEqual(limit);
    expect(accepted).toBeGreaterThan(0.99 * limit);
});
