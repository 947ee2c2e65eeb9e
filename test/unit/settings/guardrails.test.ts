import { describe, expect, test } from "@jest/globals";
import { guardrails } from "../../../lib/settings/guardrails.ts";
import { readSettings } from "../../../lib/settings.ts";
import { readStackConfig, type StackConfig, withSetting, withSettings } from "./stack-config.ts";

const today = "2026-06-30";
const prod = readStackConfig("prod");
const problemsOf = (config: StackConfig) => readSettings(config, [], today).problems;

const nat = { "network.egress": "nat", "network.natGateways": "per-az" };

/**
 * Each guardrail, the smallest change to prod that breaks it, its message, and the closest value that
 * passes.
 */
const table: readonly [
    name: string,
    broken: Readonly<Record<string, unknown>>,
    lines: string | readonly string[],
    kept: Readonly<Record<string, unknown>>,
][] = [
    [
        "endpoints-two-zones",
        { "network.endpointZones": 1 },
        "network.endpointZones must be 2 or more with compliance PCI-DSS (guardrail endpoints-two-zones), got 1",
        { ...nat, "network.endpointZones": 0 },
    ],
    [
        "nat-per-zone",
        { ...nat, "network.natGateways": "single" },
        'network.natGateways must be "per-az" with compliance PCI-DSS (guardrail nat-per-zone), got "single"',
        nat,
    ],
    [
        "database-reader",
        { "database.readers": 0 },
        "database.readers must be 1 or more with compliance PCI-DSS (guardrail database-reader), got 0",
        { "database.readers": 1 },
    ],
    [
        "database-awake",
        { "database.minAcu": 0 },
        "database.minAcu must be 0.5 or more with compliance PCI-DSS (guardrail database-awake), got 0",
        { "database.minAcu": 0.5 },
    ],
    [
        "database-backups",
        { "database.backupRetentionDays": 13 },
        "database.backupRetentionDays must be 14 or more with compliance PCI-DSS (guardrail database-backups), got 13",
        { "database.backupRetentionDays": 14 },
    ],
    [
        "database-monitored",
        { "database.monitoringIntervalSeconds": 0 },
        "database.monitoringIntervalSeconds must be more than 0 with compliance PCI-DSS (guardrail database-monitored), got 0",
        { "database.monitoringIntervalSeconds": 60 },
    ],
    [
        "database-audited",
        { "database.pgaudit": false },
        "database.pgaudit must be true with compliance PCI-DSS (guardrail database-audited), got false",
        { "database.pgaudit": true },
    ],
    [
        "transactions-restorable",
        { "transactions.pointInTimeRecovery": false },
        "transactions.pointInTimeRecovery must be true with compliance PCI-DSS (guardrail transactions-restorable), got false",
        { "transactions.pointInTimeRecovery": true },
    ],
    [
        "origins-named",
        { "gateway.corsOrigins": ["https://payments.example.com", "*"] },
        'gateway.corsOrigins must name https origins, and not * with compliance PCI-DSS (guardrail origins-named), got ["*","https://payments.example.com"]',
        { "gateway.corsOrigins": [] },
    ],
    [
        "payments-by-api-key",
        { "validation.albPriority": 5 },
        "validation.albPriority must be left out with compliance PCI-DSS (guardrail payments-by-api-key), got 5",
        { "validation.albPriority": undefined },
    ],
    [
        "api-logged",
        { "accountServices.apiGatewayRole": "skip" },
        'accountServices.apiGatewayRole must not be "skip" with compliance PCI-DSS (guardrail api-logged), got "skip"',
        { "accountServices.apiGatewayRole": "adopt" },
    ],
    [
        "cache-replica",
        { "cache.nodes": 1 },
        "cache.nodes must be 2 or more with compliance PCI-DSS (guardrail cache-replica), got 1",
        { "cache.nodes": 2 },
    ],
    [
        "certificate-trusted",
        { certificate: { source: "self-signed" } },
        'certificate.source must not be "self-signed" with compliance PCI-DSS (guardrail certificate-trusted), got "self-signed"',
        { "certificate.domainName": "api.payments.example.com" },
    ],
    [
        "firewall-blocks",
        { "waf.countOnly": ["AnonymousIpList", "SQLiRuleSet"] },
        'waf.countOnly must name nothing but AnonymousIpList with compliance PCI-DSS (guardrail firewall-blocks), got ["AnonymousIpList","SQLiRuleSet"]',
        { "waf.countOnly": [] },
    ],
    [
        "rate-limited",
        { "waf.requestsPer5Minutes": 10_001 },
        "waf.requestsPer5Minutes must be at most 10000 with compliance PCI-DSS (guardrail rate-limited), got 10001",
        { "waf.requestsPer5Minutes": 10_000 },
    ],
    [
        "two-tasks",
        { "services.api.minTasks": 1, "services.notification.minTasks": 0 },
        [
            "services.api.minTasks must be 2 or more with compliance PCI-DSS (guardrail two-tasks), got 1",
            "services.notification.minTasks must be 2 or more with compliance PCI-DSS (guardrail two-tasks), got 0",
        ],
        { "services.api.minTasks": 2 },
    ],
    [
        "tenfold-spike",
        { "services.api.maxTasks": 49 },
        [
            "services.api.maxTasks must be ten times minTasks or more with compliance PCI-DSS (guardrail tenfold-spike), got 49",
        ],
        { "services.api.maxTasks": 50 },
    ],
    [
        "few-refused",
        { "serviceLevels.refusedPercent": 5.1 },
        "serviceLevels.refusedPercent must be at most 5 with compliance PCI-DSS (guardrail few-refused), got 5.1",
        { "serviceLevels.refusedPercent": 5 },
    ],
    [
        "fast-recovery",
        { "serviceLevels.recoverySeconds": 181 },
        "serviceLevels.recoverySeconds must be at most 180 with compliance PCI-DSS (guardrail fast-recovery), got 181",
        { "serviceLevels.recoverySeconds": 180 },
    ],
    [
        "short-backlog",
        { "serviceLevels.backlogMinutes": 16 },
        "serviceLevels.backlogMinutes must be at most 15 with compliance PCI-DSS (guardrail short-backlog), got 16",
        { "serviceLevels.backlogMinutes": 15 },
    ],
    [
        "no-spot",
        { "compute.spot": "half" },
        'compute.spot must be "none" with compliance PCI-DSS (guardrail no-spot), got "half"',
        { "compute.spot": "none" },
    ],
    [
        "no-shells",
        { "compute.execCommand": true },
        "compute.execCommand must be false with compliance PCI-DSS (guardrail no-shells), got true",
        { "compute.execCommand": false },
    ],
    [
        "quiet-logs",
        { "logs.level": "debug" },
        'logs.level must not be "debug" with compliance PCI-DSS (guardrail quiet-logs), got "debug"',
        { "logs.level": "info" },
    ],
    [
        "alerts-received",
        { "alerts.critical": [] },
        "alerts.critical must name one address or more with compliance PCI-DSS (guardrail alerts-received), got []",
        { "alerts.critical": ["on-call@example.com"] },
    ],
    [
        "application-logs-kept",
        { "logs.applicationRetentionDays": 180 },
        "logs.applicationRetentionDays must be 365 or more with compliance PCI-DSS (guardrail application-logs-kept), got 180",
        { "logs.applicationRetentionDays": 365 },
    ],
    [
        "audit-logs-kept",
        { "logs.auditRetentionDays": 180 },
        "logs.auditRetentionDays must be 365 or more with compliance PCI-DSS (guardrail audit-logs-kept), got 180",
        { "logs.auditRetentionDays": 365 },
    ],
    [
        "audit-records-locked",
        { "audit.objectLock": false },
        "audit.objectLock must be true with compliance PCI-DSS (guardrail audit-records-locked), got false",
        { "audit.objectLock": true },
    ],
    [
        "audit-trail",
        { "audit.cloudTrail": false },
        "audit.cloudTrail must be true with compliance PCI-DSS (guardrail audit-trail), got false",
        { "audit.cloudTrail": true },
    ],
    [
        "maintenance-window",
        { applyImmediately: true },
        "applyImmediately must be false with compliance PCI-DSS (guardrail maintenance-window), got true",
        { applyImmediately: false },
    ],
    [
        "no-failure-tests",
        { "recovery.failureTests": true },
        "recovery.failureTests must not be true with compliance PCI-DSS (guardrail no-failure-tests), got true",
        { "recovery.failureTests": false },
    ],
];

const waiver = (rule: string, expires = "2026-12-31") => ({
    rule,
    reason: "Agreed with the auditor in June.",
    expires,
});

describe.each(table)("%s", (name, broken, lines, kept) => {
    const refused = withSettings(prod, broken);
    test("refuses a stack with compliance PCI-DSS without it", () => {
        expect(problemsOf(refused)).toEqual([lines].flat().map((line) => `payment-platform:${line}`));
    });
    test("does not depend on the name of the environment", () => {
        expect(problemsOf(withSetting(refused, "environment", "test"))).toEqual(problemsOf(refused));
    });
    test("does not apply without that compliance", () => {
        expect(problemsOf(withSetting(refused, "compliance", "none"))).toBeUndefined();
    });
    test("accepts the closest safe value", () => {
        expect(problemsOf(withSettings(prod, kept))).toBeUndefined();
    });
    test("can be waived", () => {
        expect(problemsOf(withSetting(refused, "waivers", [waiver(name)]))).toBeUndefined();
    });
});

test("every guardrail is in the table", () => {
    expect(guardrails.map(({ name }) => name)).toEqual(table.map(([name]) => name));
});

const onSpot = withSetting(prod, "compute.spot", "half");
const spotProblem =
    'payment-platform:compute.spot must be "none" with compliance PCI-DSS (guardrail no-spot), got "half"';

test("a waiver is valid on its last day and not on the next", () => {
    expect(problemsOf(withSetting(onSpot, "waivers", [waiver("no-spot", today)]))).toBeUndefined();
    expect(problemsOf(withSetting(onSpot, "waivers", [waiver("no-spot", "2026-06-29")]))).toEqual([
        spotProblem,
        'payment-platform:waivers[0].expires must be 2026-06-30 or later: the waiver has expired, got "2026-06-29"',
    ]);
});

test("a waiver waives nothing else", () => {
    const config = withSettings(onSpot, { "compute.execCommand": true, waivers: [waiver("no-shells")] });
    expect(problemsOf(config)).toEqual([spotProblem]);
});

test.each([
    ["no-spt", prod, 'must name a guardrail (did you mean no-spot?), got "no-spt"'],
    ["no-spot", prod, 'must name a guardrail that this stack breaks, got "no-spot"'],
    [
        "no-spot",
        readStackConfig("dev"),
        'must be left out: guardrails hold with compliance PCI-DSS only, got "no-spot"',
    ],
])("a waiver of %s that waives nothing is refused", (rule, config, message) => {
    expect(problemsOf(withSetting(config, "waivers", [waiver(rule)]))).toEqual([
        `payment-platform:waivers[0].rule ${message}`,
    ]);
});

test("the second waiver of a guardrail is refused", () => {
    expect(problemsOf(withSetting(onSpot, "waivers", [waiver("no-spot"), waiver("no-spot")]))).toEqual([
        'payment-platform:waivers[1].rule must differ from the waivers before it, got "no-spot"',
    ]);
});

test("a waiver needs a date and a reason of some length; the message does not repeat what is waived", () => {
    const waivers = [{ rule: "no-spot", reason: "because", expires: "next year" }];
    expect(problemsOf(withSetting(onSpot, "waivers", waivers))).toEqual([
        'payment-platform:waivers[0].reason must have at least 20 characters, got "because"',
        'payment-platform:waivers[0].expires must be a date in quotes, such as "2027-03-31", got "next year"',
    ]);
});

test("a waiver is not reported as unused while its field is invalid", () => {
    const config = withSettings(prod, { "compute.spot": "hlaf", waivers: [waiver("no-spot")] });
    expect(problemsOf(config)).toEqual([
        'payment-platform:compute.spot must be "none", "half" or "all-but-one", got "hlaf"',
    ]);
});

test("waivers that are not a list leave the guardrails on", () => {
    expect(problemsOf(withSetting(onSpot, "waivers", "no-spot"))).toEqual([
        'payment-platform:waivers must be a list, got "no-spot"',
        spotProblem,
    ]);
});

test("guardrails are checked only once the compliance is valid", () => {
    expect(problemsOf(withSetting(onSpot, "compliance", "PCI"))).toEqual([
        'payment-platform:compliance must be "none" or "PCI-DSS", got "PCI"',
    ]);
});
