import { expect, test } from "@jest/globals";
import { findViolations } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { describeViolations, planOfConfig, settingsFromConfig } from "./config-plans.ts";

test.each(rules.map((rule) => [rule.name, rule] as const))("%s says what holds, what to do, and of what", (_, rule) => {
    expect(rule.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(rules.filter(({ name }) => name === rule.name)).toHaveLength(1);
    expect(rule.description).toMatch(/[^.]$/);
    expect(rule.fix).toMatch(/^[A-Z][a-z]+ [^]*\.$/);
    expect(new Set(rule.controls).size).toBe(rule.controls.length);
    expect(rule.resourceTypes.filter((type) => !/^(\*|[a-z0-9]+\/[A-Za-z0-9]+:[A-Z][A-Za-z0-9]+)$/.test(type))).toEqual(
        [],
    );
    expect(rule.resourceTypes).not.toEqual([]);
});

const promises = ["dev", "staging", "prod"].flatMap((stack) => rules.map((rule) => ({ stack, name: rule.name, rule })));

test.each(promises)("$stack: $name", async ({ stack, rule }) => {
    expect(findViolations(rule, await planTestStack(stack), settingsFromConfig(readStackConfig(stack)))).toEqual([]);
});

const imageDigest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Sides of switches that no committed stack takes. */
const variants: readonly (readonly [promise: string, stack: string, changes: Record<string, unknown>])[] = [
    ["a protected stack keeps its promises", "prod", { deletionProtection: true }],
    [
        "a stack with gateways to the internet keeps its promises",
        "staging",
        { "network.egress": "nat", "network.natGateways": "per-az", "network.endpointZones": 0 },
    ],
    [
        "a stack that few may reach keeps its promises",
        "dev",
        { edge: { allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"], httpRedirect: true } },
    ],
    [
        "a stack in operation keeps its promises",
        "dev",
        {
            "services.api.imageDigest": imageDigest,
            "compute.execCommand": true,
            alerts: { critical: ["pager@example.com"] },
            accountId: "123456789012",
            tags: { Owner: "payments" },
        },
    ],
    [
        "a stack that creates what its account has once keeps its promises",
        "dev",
        { accountServices: { apiGatewayRole: "create", guardDuty: "create", config: "create", securityHub: "create" } },
    ],
    [
        "a stack that adopts what its account has keeps its promises",
        "staging",
        { accountServices: { apiGatewayRole: "adopt", guardDuty: "adopt", config: "adopt", securityHub: "adopt" } },
    ],
    [
        "a stack that GuardDuty watches, and that has gateways and no endpoints, keeps its promises",
        "prod",
        {
            "network.egress": "nat",
            "network.natGateways": "per-az",
            "network.endpointZones": 0,
            accountServices: { apiGatewayRole: "create", guardDuty: "create" },
        },
    ],
    ["a stack that leaves its account alone keeps its promises", "dev", { accountServices: {} }],
    [
        "a stack whose table is provisioned keeps its promises",
        "dev",
        {
            "transactions.capacity": { mode: "provisioned", units: 5, maxUnits: 50 },
            "transactions.pointInTimeRecovery": true,
            "transactions.retentionDays": 30,
        },
    ],
    [
        "a stack whose validator is called by the load balancer, too, keeps its promises",
        "dev",
        { "validation.albPriority": 5, "validation.reservedConcurrency": 10 },
    ],
    [
        "a stack without merchants, and without pages that call, keeps its promises",
        "dev",
        { gateway: { merchants: {}, corsOrigins: [] } },
    ],
    [
        "a stack with several merchants and origins keeps its promises",
        "dev",
        {
            gateway: {
                corsOrigins: ["https://a.example.com", "https://b.example.com"],
                merchants: { a: { quotaPerDay: 5, ratePerSecond: 1, burst: 1 }, "a-b": {} },
            },
        },
    ],
    ["a stack without a trail keeps its promises", "dev", { "audit.cloudTrail": false }],
    ["a stack that keeps records for a day keeps its promises", "dev", { "logs.auditRetentionDays": 1 }],
    ["a copy for a pull request keeps its promises", "dev", { environmentSuffix: "pr-123" }],
];

test.each(variants)("%s", async (_, stack, changes) => {
    const config = withSettings(readStackConfig(stack), changes);
    expect(describeViolations(await planOfConfig(config), settingsFromConfig(config))).toEqual([]);
});
