import fc from "fast-check";
import { stageName } from "../../../contract/container.ts";
import { acceptedConnections } from "../../../lib/settings/database-rules.ts";
import { fargateSizes, logRetentionDays } from "../../../lib/settings/fields.ts";
import { guardrails } from "../../../lib/settings/guardrails.ts";
import { isReserved, maxSuffixLength } from "../../../lib/settings/names.ts";
import { managedRuleGroups } from "../../../lib/settings/edge.ts";
import { readSettings, type PlatformSettings } from "../../../lib/settings.ts";
import { validatePath } from "../../../lib/settings/service-path.ts";
import { toStackConfigText, type StackConfig, withSetting } from "./stack-config.ts";

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

interface ArbitrarySettingsOptions {
    /** Maximum number of services; 30 by default. */
    readonly maxServices?: number;
}

/**
 * Configurations of every valid kind, in Pulumi's format. Those with compliance PCI-DSS waive the guardrails that they
 * break.
 */
export function arbitrarySettings({ maxServices = 30 }: ArbitrarySettingsOptions = {}): fc.Arbitrary<StackConfig> {
    return network.chain((net) =>
        fc
            .tuple(serviceNames(maxServices), messaging)
            .chain(([names, queuesAndTopics]) => fc.record(fieldsOf(net, names, queuesAndTopics)))
            .map(withFewConnections)
            .map(withWaivers),
    );
}

/** Without the database for services whose tasks would have more connections than it accepts. */
function withFewConnections(fields: Record<string, unknown>): Record<string, unknown> {
    const { services, database } = fields as unknown as Pick<PlatformSettings, "services" | "database">;
    const tasks = Object.values(services).reduce((sum, { maxTasks }) => sum + maxTasks, 0);
    if (database.maxAcu === undefined || tasks * 10 + 50 <= acceptedConnections(database)) {
        return fields;
    }
    const changed = Object.entries(services).map(([name, one]) => [name, { ...one, stores: ["cache"] }]);
    return { ...fields, services: Object.fromEntries(changed) };
}

const network = fc
    .record({
        cidr: fc.constantFrom("10.0.0.0/16", "10.4.128.0/17", "172.16.192.0/18", "192.168.32.0/19", "10.255.240.0/20"),
        availabilityZones: fc.integer({ min: 2, max: 4 }),
        endpointZones: fc.integer({ min: 0, max: 4 }),
        egress: fc.constantFrom("endpoints", "nat"),
        gateways: fc.constantFrom("single", "per-az"),
    })
    .map(({ gateways, endpointZones, ...net }) => ({
        ...net,
        endpointZones: Math.min(
            net.availabilityZones,
            net.egress === "nat" ? endpointZones : Math.max(1, endpointZones),
        ),
        ...(net.egress === "nat" ? { natGateways: gateways } : {}),
    }));
/** Secrets of which version 1 has no value before. */
const rotation = fc.record({ version: fc.integer({ min: 2, max: 9 }), acceptPrevious: fc.boolean() });

type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;

// Put together by hand: `stringMatching` takes most of the time of a run.
const letters = "abcdefghijklmnopqrstuvwxyz".split("");
const characters = (minLength: number, maxLength: number) =>
    fc
        .array(fc.constantFrom(...letters, ..."0123456789".split("")), { minLength, maxLength, size: "max" })
        .map((all) => all.join(""));
const word = (maxLength: number) =>
    fc
        .tuple(fc.constantFrom(...letters), characters(0, maxLength - 1), optional(characters(1, 3)))
        .map(([first, rest, group]) => `${first}${rest}${group === undefined ? "" : `-${group}`}`);
const queueAndTopicNames = ["processing", "notifications", "ledger-entries", "events", "refunds-made"];
const name = word(10).filter(
    (text) =>
        !isReserved(text) &&
        // Its path would be one of the platform's own.
        ![`/${stageName}`, validatePath].includes(`/${text}`) &&
        !queueAndTopicNames.some((other) => text === other || text.startsWith(`${other}-`)),
);

const serviceNames = (most: number) =>
    fc
        .integer({ min: 1, max: most })
        .chain((count) => fc.uniqueArray(name, { minLength: count, maxLength: count, size: "max" }));

function fieldsOf(net: Network, names: readonly string[], messaging: Messaging): Record<string, fc.Arbitrary<unknown>> {
    const zones = net.availabilityZones;
    return {
        environment: fc.constantFrom("dev", "prod", "QA 2/eu"),
        environmentSuffix: suffix(maxSuffixLength(names, { queues: Object.keys(messaging.queues) }).length),
        accountId: optional(fc.constant("123456789012")),
        deletionProtection: optional(fc.boolean()),
        permissionsBoundaryArn: optional(fc.constant("arn:aws:iam::123456789012:policy/boundary")),
        recovery: optional(
            withOptionalFields({ drillEveryDays: fc.integer({ min: 0, max: 365 }), failureTests: fc.boolean() }),
        ),
        applyImmediately: fc.boolean(),
        costCenter: fc.constantFrom("payments", "Payments / EU: 47"),
        dataClassification: fc.constantFrom("internal", "confidential"),
        compliance: fc.constantFrom("none", "PCI-DSS"),
        tags: optional(fc.constantFrom({}, { Owner: "payments", "team:mail": "payments@example.com" })),
        network: fc.constant(net),
        edge: optional(
            withOptionalFields({
                allowedCidrs: fc.constantFrom(["0.0.0.0/0"], ["203.0.113.0/24", "198.51.100.7/32"]),
                httpRedirect: fc.boolean(),
            }),
        ),
        certificate,
        waf: fc.record(
            {
                requestsPer5Minutes: fc.integer({ min: 10, max: 2_000_000_000 }),
                countOnly: fc.subarray(["RateLimit", ...managedRuleGroups]),
            },
            { requiredKeys: ["requestsPer5Minutes"] },
        ),
        database: database(zones),
        cache: fc.record(
            {
                engine: fc.constantFrom("redis", "valkey"),
                nodeType: fc.constantFrom("cache.t4g.micro", "cache.r7g.large"),
                nodes: fc.integer({ min: 1, max: zones }),
                snapshotRetentionDays: fc.integer({ min: 1, max: 35 }),
                token: rotation,
            },
            { requiredKeys: ["nodeType", "nodes"] },
        ),
        services: services(net, names, messaging),
        serviceLevels: optional(
            withOptionalFields({
                refusedPercent: fc.constantFrom(1, 5, 12.5),
                recoverySeconds: fc.constantFrom(60, 180, 600),
                backlogMinutes: fc.constantFrom(5, 15, 120),
            }),
        ),
        queues: fc.constant(messaging.queues),
        topics: fc.constant(messaging.topics),
        gateway: optional(gateway),
        validation: fc.record(
            {
                memoryMib: fc.integer({ min: 128, max: 10_240 }),
                timeoutSeconds: fc.integer({ min: 5, max: 30 }),
                reservedConcurrency: fc.integer({ min: 1, max: 1000 }),
                maxAmountMinor: fc.integer({ min: 1, max: 999_999_999_999 }),
                // Services have the priorities 1 to 9 after each ten.
                albPriority: fc.integer({ min: 1, max: 5000 }).map((n) => 10 * n),
            },
            { requiredKeys: ["memoryMib"] },
        ),
        transactions: fc.record(
            {
                retentionDays: fc.integer({ min: 1, max: 36_500 }),
                pointInTimeRecovery: fc.boolean(),
                capacity: tableCapacity,
            },
            { requiredKeys: ["pointInTimeRecovery", "capacity"] },
        ),
        accountServices: optional(
            withOptionalFields({
                apiGatewayRole: accountServiceMode,
                guardDuty: accountServiceMode,
                config: mostlySkip(accountServiceMode),
                securityHub: accountServiceMode,
            }),
        ),
        compute: fc.record(
            {
                spot: fc.constantFrom("none", "half", "all-but-one"),
                containerInsights: fc.constantFrom("enabled", "enhanced"),
                execCommand: fc.boolean(),
            },
            { requiredKeys: ["spot", "containerInsights"] },
        ),
        logs: fc.record(
            {
                level: fc.constantFrom("debug", "info", "warn", "error"),
                applicationRetentionDays: fc.constantFrom(...logRetentionDays),
                auditRetentionDays: fc.constantFrom(...logRetentionDays),
            },
            { requiredKeys: ["applicationRetentionDays", "auditRetentionDays"] },
        ),
        alerts: optional(withOptionalFields({ critical: emailLists, warning: emailLists })),
        audit: fc.record({ cloudTrail: fc.boolean(), objectLock: fc.boolean() }),
    };
}

const accountServiceMode = fc.constantFrom("create", "adopt", "skip");

/** AWS Config brings a rule for each check: many resources of one kind, which cost time and find nothing more. */
const mostlySkip = (each: typeof accountServiceMode) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant("skip" as const) }, { weight: 1, arbitrary: each });

const merchantName = word(10).filter(({ length }) => length >= 3);

/** A quota lasts for an hour or more. */
const merchant = fc
    .record(
        {
            ratePerSecond: fc.integer({ min: 1, max: 10_000 }),
            burst: fc.integer({ min: 1, max: 5_000 }),
            additionalQuota: fc.integer({ min: 0, max: 900_000_000 }),
            key: rotation,
        },
        { requiredKeys: ["ratePerSecond", "burst", "additionalQuota"] },
    )
    .map(({ additionalQuota, ...limits }) => ({
        ...limits,
        quotaPerDay: 3600 * limits.ratePerSecond + additionalQuota,
    }));

/** The stage allows what each merchant may send. */
const gateway = fc
    .record(
        {
            corsOrigins: fc.constantFrom([], ["*"], ["https://shop.example.com", "http://localhost:3000"]),
            ratePerSecond: fc.integer({ min: 1, max: 10_000 }),
            burst: fc.integer({ min: 1, max: 5_000 }),
            merchants: fc.dictionary(merchantName, merchant, { maxKeys: 3, noNullPrototype: true }),
        },
        { requiredKeys: [] },
    )
    .map(({ merchants = {}, ratePerSecond, burst, ...others }) => {
        const all = Object.values(merchants);
        return {
            ...others,
            merchants,
            ratePerSecond: Math.max(ratePerSecond ?? 1000, ...all.map((each) => each.ratePerSecond)),
            burst: Math.max(burst ?? 2000, ...all.map((each) => each.burst)),
        };
    });

const tableCapacity = fc.oneof(
    fc.constant({ mode: "on-demand" }),
    fc.integer({ min: 1, max: 40_000 }).chain((maxUnits) =>
        fc.record({
            mode: fc.constant("provisioned"),
            units: fc.integer({ min: 1, max: maxUnits }),
            maxUnits: fc.constant(maxUnits),
        }),
    ),
);

const withOptionalFields = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });

const emailLists = fc.subarray(["pager@example.com", "payments+tickets@example.com"]);

/** Words that fit, and the longest that does. */
const suffix = (length: number) =>
    fc.oneof(
        shortWord.map((text) => text.slice(0, length).replace(/-$/, "")),
        fc.constant("s".repeat(length)),
    );

const shortWord = word(6);

const certificate = fc.constantFrom(
    { source: "self-signed" },
    { source: "dns", domainName: "payments.example.com", zoneName: "payments.example.com" },
    { source: "dns", domainName: "pr-1.payments.example.com", zoneName: "example.com" },
    ...[{}, { zoneName: "example.com" }].map((zone) => ({
        source: "arn",
        arn: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
        domainName: "pay.example.com",
        ...zone,
    })),
);

const halfSteps = (min: number, max: number) => fc.integer({ min: 2 * min, max: 2 * max }).map((n) => n / 2);

const capacity = fc.oneof(
    fc.constant({ instanceClass: "db.r8g.large" }),
    halfSteps(1, 256).chain((maxAcu) => fc.record({ minAcu: halfSteps(0, maxAcu), maxAcu: fc.constant(maxAcu) })),
);

const database = (zones: number) =>
    fc
        .record({
            engineVersion: fc.constantFrom("16", "17"),
            readers: fc.integer({ min: 0, max: zones - 1 }),
            backupRetentionDays: fc.integer({ min: 1, max: 35 }),
            monitoringIntervalSeconds: fc.constantFrom(0, 1, 5, 10, 15, 30, 60),
            pgaudit: fc.boolean(),
            breakGlass: fc.boolean(),
            insights: fc.constantFrom("standard", "advanced"),
        })
        .chain((rest) => fc.tuple(capacity, clusters).map(([size, both]) => ({ ...rest, ...size, ...both })));

/** The first cluster, or a restored one with or without another. */
const clusters = fc.oneof(
    fc.constant({}),
    fc.integer({ min: 2, max: 9 }).chain((generation) =>
        fc.record({
            generation: fc.constant(generation),
            otherGenerations: fc.constantFrom([], [1]),
            restoreFrom: fc.constantFrom(
                { source: "snapshot", generation, snapshot: "payment-before-migration" },
                { source: "point-in-time", generation, cluster: "payment-database-former", time: "latest" },
                { source: "deleted-cluster", generation, resourceId: "cluster-ABC123", time: "latest" },
            ),
        }),
    ),
);

/** Queues and topics by name. */
const messaging = fc
    .record({
        queues: fc.subarray(queueAndTopicNames.slice(0, 3)),
        topics: fc.subarray(queueAndTopicNames.slice(3)),
    })
    .chain(({ queues, topics }) =>
        fc.record({
            queues: fc.record(Object.fromEntries(queues.map((queue) => [queue, queueOf(topics)]))),
            topics: fc.constant(Object.fromEntries(topics.map((topic) => [topic, {}]))),
        }),
    );
type Messaging = typeof messaging extends fc.Arbitrary<infer T> ? T : never;

const queueOf = (topics: readonly string[]) =>
    fc.record(
        {
            // SQS keeps a message for 14 days: both at their maximum would be too long.
            visibilityTimeoutSeconds: fc.integer({ min: 60, max: 43_200 }),
            maxReceiveCount: fc.integer({ min: 2, max: 28 }),
            subscribesTo: fc.subarray([...topics]),
        },
        { requiredKeys: [] },
    );

/** At most one consumer of each queue; a service that sends or publishes has a path. */
function services(net: Network, names: readonly string[], messaging: Messaging): fc.Arbitrary<unknown> {
    const addresses = net.availabilityZones * (2 ** (29 - Number(net.cidr.split("/")[1])) - 5 - 16);
    const mostTasks = Math.min(5000, Math.floor(addresses / 2 / names.length));
    const queues = Object.keys(messaging.queues);
    return fc.shuffledSubarray([...names], { maxLength: Math.min(names.length, queues.length) }).chain((consumers) => {
        const consumed = queues.slice(0, consumers.length);
        const isHeard = (topic: string) => {
            const subscribers = queues.filter((queue) => messaging.queues[queue]?.subscribesTo?.includes(topic));
            return subscribers.length > 0 && subscribers.every((queue) => consumed.includes(queue));
        };
        const one = (name: string, index: number) =>
            fc.record(
                {
                    reached:
                        index === 0
                            ? reached(name, index)
                            : fc.oneof(
                                  { weight: 3, arbitrary: reached(name, index) },
                                  { weight: 1, arbitrary: worker },
                              ),
                    imageDigest: fc.constant(`sha256:${"0123456789abcdef".repeat(4)}`),
                    ...size,
                    ...consumerFields(consumed[consumers.indexOf(name)]),
                    tasks: taskRange(mostTasks),
                    stores: fc.subarray(["database", "cache"]),
                    sends: fc.subarray(consumed),
                    publishes: fc.subarray(Object.keys(messaging.topics).filter(isHeard)),
                },
                { requiredKeys: ["reached", "size", "tasks", "consumes"] },
            );
        return fc.record(Object.fromEntries(names.map((name, i) => [name, one(name, i).map(flattenService)])));
    });
}

const size = {
    size: fc
        .constantFrom(...fargateSizes)
        .chain(([cpuUnits, sizes]) => fc.constantFrom(...sizes).map((memoryMib) => ({ cpuUnits, memoryMib }))),
};

const consumerFields = (queue: string | undefined) => ({
    consumes: fc.constant(queue),
    backlogPerTask: fc.integer({ min: 1, max: 100_000 }),
});

const taskRange = (most: number) =>
    fc.integer({ min: 1, max: most }).chain((maxTasks) =>
        fc.record({
            minTasks: fc.integer({ min: 0, max: Math.min(1000, maxTasks) }),
            maxTasks: fc.constant(maxTasks),
        }),
    );

const reached = (name: string, index: number) =>
    fc
        .record({
            path: fc.constant(`/${name}/*`),
            priority: optional(fc.integer({ min: 1, max: 9 }).map((n) => index * 10 + n)),
            requests: optional(
                fc.record(
                    {
                        requestsPerTaskPerMinute: fc.integer({ min: 1, max: 1_000_000 }),
                        reservePercent: fc.integer({ min: 0, max: 1000 }),
                    },
                    { requiredKeys: ["requestsPerTaskPerMinute"] },
                ),
            ),
        })
        .map(({ requests, ...rest }) => ({ ...rest, ...requests }));

/** Takes no requests. */
const worker = withOptionalFields({ healthCommand: fc.constantFrom(["healthcheck"], ["node", "health.js"]) });

interface ServiceParts {
    readonly reached: { readonly reservePercent?: number };
    readonly size: object;
    readonly tasks: { readonly minTasks: number; readonly maxTasks: number };
}

/** A service with a reserve that fits below its maximum of tasks. */
const flattenService = ({ reached, size, tasks, ...rest }: ServiceParts) => {
    const { minTasks, maxTasks } = tasks;
    const room = minTasks === 0 ? 1000 : Math.floor((100 * (maxTasks - minTasks)) / minTasks);
    const { reservePercent, ...others } = reached;
    return {
        ...rest,
        ...others,
        ...(reservePercent !== undefined && { reservePercent: Math.min(reservePercent, room) }),
        ...size,
        ...tasks,
    };
};

const config = (fields: Record<string, unknown>): StackConfig => ({
    "aws:region": "us-east-1",
    ...Object.fromEntries(
        Object.entries(fields)
            .filter(([, value]) => value !== undefined)
            .map(([field, value]) => [`payment-platform:${field}`, toStackConfigText(value)]),
    ),
});

function withWaivers(fields: Record<string, unknown>): StackConfig {
    const plain = config(fields);
    const problems = readSettings(plain, [], "2026-06-30").problems ?? [];
    const broken = guardrails.filter(({ name }) => problems.some((line) => line.includes(`(guardrail ${name})`)));
    const reason = "Made for a test that looks at settings of every kind.";
    const waivers = broken.map(({ name }) => ({ rule: name, reason, expires: "9999-12-31" }));
    return waivers.length > 0 ? withSetting(plain, "waivers", waivers) : plain;
}
