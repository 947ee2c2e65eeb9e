import { describe, expect, test } from "@jest/globals";
import { settingRules } from "../../../lib/settings/rules.ts";
import { readSettings } from "../../../lib/settings.ts";
import { readStackConfig, type StackConfig, withSettings } from "./stack-config.ts";

type Changes = Readonly<Record<string, unknown>>;

const dev = readStackConfig("dev");
const problemsOf = (config: StackConfig) => readSettings(config, [], "2026-06-30").problems;
const problemsAfter = (changes: Changes) => problemsOf(withSettings(dev, changes));

const service = { path: "/x/*", priority: 99, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 };
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

/** Takes no requests. */
const worker = (service: string) => ({
    [`services.${service}.path`]: undefined,
    [`services.${service}.priority`]: undefined,
});

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
        "database.maxAcu must be left out with the provisioned instanceClass db.r8g.large, got 2",
    ],
    [
        "acu-range",
        { "database.minAcu": 2 },
        { "database.minAcu": 2.5 },
        "database.minAcu must be at most maxAcu (2), got 2.5",
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
        "unit-range",
        { "transactions.capacity": { mode: "provisioned", units: 50, maxUnits: 50 } },
        { "transactions.capacity": { mode: "provisioned", units: 51, maxUnits: 50 } },
        "transactions.capacity.units must be at most maxUnits (50), got 51",
    ],
    [
        "validator-priority",
        { "validation.albPriority": 11 },
        { "validation.albPriority": 20 },
        "validation.albPriority must differ from that of payment, got 20",
    ],
    [
        // Two subnets of /23 with 507 addresses each: 1014 less 32 for others is twice 491.
        "addresses",
        { "network.cidr": "10.0.0.0/20", "services.api.maxTasks": 461 },
        { "network.cidr": "10.0.0.0/20", "services.api.maxTasks": 462 },
        'network.cidr must be larger or maxTasks smaller: all tasks twice, as in a deployment, need 1016 addresses and the private subnets have 1014, got "10.0.0.0/20"',
    ],
    [
        "name-lengths",
        { environmentSuffix: "a2345678901" },
        { environmentSuffix: "a23456789012" },
        `environmentSuffix must have at most 11 characters (AWS allows 32 characters for the target group notification-<suffix> and 8 characters that Pulumi adds), got "a23456789012"`,
    ],
    [
        "name-lengths",
        { [`services.${"x".repeat(20)}`]: service },
        { [`services.${"x".repeat(23)}`]: service },
        `environmentSuffix must be used with services and queues that have shorter names (AWS allows 32 characters for the target group ${"x".repeat(23)}-<suffix> and 8 characters that Pulumi adds), got "dev"`,
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
        "certificate-region",
        { certificate: imported("us-east-1", "123456789012") },
        { certificate: imported("eu-west-1", "123456789012") },
        `certificate.arn must be in the region of the stack (us-east-1), got "${arn("eu-west-1", "123456789012")}"`,
    ],
    [
        "certificate-account",
        { accountId: "123456789012", certificate: imported("us-east-1", "123456789012") },
        { accountId: "123456789012", certificate: imported("us-east-1", "210987654321") },
        `certificate.arn must be in the account of the stack (123456789012), got "${arn("us-east-1", "210987654321")}"`,
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
        { "services.caches": service },
        { "services.cache": service, "services.database-x": { ...service, path: "/y/*", priority: 98 } },
        "services.cache must have another name: the platform uses this one",
        "services.database-x must have another name: the platform uses this one",
    ],
    [
        "path-free",
        { "services.api.path": "/validate-2/*" },
        { "services.api.path": "/validate/*" },
        'services.api.path must be another path: /validate is the payment validator\'s, got "/validate/*"',
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
        "distinct-path",
        { "services.payment.path": "/api-2/*" },
        { "services.payment.path": "/api/*" },
        'services.payment.path must differ from that of api, got "/api/*"',
    ],
    [
        "distinct-priority",
        { "services.payment.priority": 11 },
        { "services.payment.priority": 10, "services.notification.priority": 10 },
        "services.notification.priority must differ from that of api, got 10",
        "services.payment.priority must differ from that of api, got 10",
    ],
    [
        "some-path",
        { services: { one: service, two: { ...service, path: undefined, priority: undefined } } },
        { services: { two: { ...service, path: undefined, priority: undefined } } },
        "services must have a service with a path: workers accept no requests",
    ],
    [
        "path-with-priority",
        { "services.payment.path": undefined, "services.payment.priority": undefined },
        { "services.payment.path": undefined },
        "services.payment.path must be given together with priority, or both left out for a worker",
    ],
    [
        "priority-with-path",
        { "services.payment.path": undefined, "services.payment.priority": undefined },
        { "services.payment.priority": undefined },
        "services.payment.priority must be given together with path, or both left out for a worker",
    ],
    [
        "requests-with-path",
        { ...worker("api"), "services.api.requestsPerTaskPerMinute": undefined },
        worker("api"),
        "services.api.requestsPerTaskPerMinute must be left out without a path, got 900",
    ],
    [
        "health-command-of-worker",
        { ...worker("payment"), "services.payment.healthCommand": ["node", "health.js"] },
        { "services.payment.healthCommand": ["node", "health.js"] },
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
        expect(problemsAfter(refused)).toEqual(lines.map((line) => `payment-platform:${line}`));
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
