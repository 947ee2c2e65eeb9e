import { expect, test } from "@jest/globals";
import { kmsKeysByArn, resourcesOfType } from "../../../plan/query.ts";
import { findViolations, runRule, type Rule, type RuleCheck } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { planTestStack } from "../../stacks.ts";
import { readPage } from "../docs/pages.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { describeViolations, planOfConfig, recordedTypes, settingsFromConfig } from "./config-plans.ts";
import { variants } from "./variants.ts";

test.each(rules.map((rule) => [rule.name, rule] as const))(
    "%s has a unique name, a description and a fix",
    (_, rule) => {
        expect(rule.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        expect(rules.filter(({ name }) => name === rule.name)).toHaveLength(1);
        expect(rule.description).toMatch(/[^.]$/);
        expect(rule.fix).toMatch(/^[A-Z][a-z]+ [^]*\.$/);
    },
);

test("docs/checks.md shows the number of rules", () => {
    const shown = `${rules.length} rules, ${rules.length - 1} passed, 1 failed`;
    expect(readPage("docs/checks.md").code.map(({ text }) => text)).toContainEqual(expect.stringContaining(shown));
});

test("every rule reads resources, and in dev and staging no types that it does not read in prod", async () => {
    const documented = await recordedTypes("prod");
    for (const stack of ["dev", "staging"]) {
        for (const [name, types] of await recordedTypes(stack)) {
            const known = documented.get(name) ?? [];
            expect({ name, more: types.filter((type) => !known.includes(type)) }).toEqual({ name, more: [] });
        }
    }
    expect([...documented].filter(([, types]) => types.length === 0)).toEqual([]);
    const format = /^(\*|[a-z0-9]+\/[A-Za-z0-9]+:[A-Z][A-Za-z0-9]+)$/;
    expect([...documented.values()].flat().filter((type) => !format.test(type))).toEqual([]);
});

const readsTypes = (check: RuleCheck): Rule => ({ name: "any", description: "any", fix: "Any.", check });
const queue = "sqs/queue:Queue";
test.each<[string, Rule, string[]]>([
    [
        "types of its queries, sorted, with types that the stack does not have",
        readsTypes((plan) => {
            resourcesOfType(plan, queue);
            resourcesOfType(plan, "mq/broker:Broker");
            return resourcesOfType(plan, queue).map(() => "x");
        }),
        ["mq/broker:Broker", queue],
    ],
    [
        "types that a value kept for the plan is computed from",
        readsTypes((plan) => [...kmsKeysByArn(plan).keys()]),
        ["kms/key:Key"],
    ],
    [
        "`*` where it reads the list of all resources",
        readsTypes((plan) => {
            resourcesOfType(plan, queue);
            return plan.nodes.map(() => "x");
        }),
        ["*"],
    ],
])("a rule records %s", async (_, rule, types) => {
    const plan = await planTestStack("prod");
    const settings = settingsFromConfig(readStackConfig("prod"));
    // Computed before, so that a value kept for the plan would hide them.
    const violations = findViolations(rule, plan, settings);
    expect(runRule(rule, plan, settings)).toEqual({ violations, resourceTypes: types });
    expect(violations).not.toEqual([]);
});

const promises = ["dev", "staging", "prod"].flatMap((stack) => rules.map((rule) => ({ stack, name: rule.name, rule })));

test.each(promises)("$stack: $name", async ({ stack, rule }) => {
    expect(findViolations(rule, await planTestStack(stack), settingsFromConfig(readStackConfig(stack)))).toEqual([]);
});

const imageDigest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Sides of switches that no stack of the tests takes. */
const stackVariants: readonly (readonly [promise: string, stack: string, changes: Record<string, unknown>])[] = [
    ["a protected stack passes", "prod", { deletionProtection: true }],
    [
        "a stack with NAT gateways passes",
        "staging",
        { "network.egress": "nat", "network.natGateways": "per-az", "network.endpointZones": 0 },
    ],
    ["a stack with restricted CIDR blocks passes", "dev", variants.fewCallers],
    [
        "a stack with an image, ECS Exec, alerts and tags passes",
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
        "a stack that creates all account services, with ECS Exec, passes",
        "dev",
        {
            "compute.execCommand": true,
            accountServices: { apiGatewayRole: "create", guardDuty: "create", config: "create", securityHub: "create" },
        },
    ],
    [
        "a stack that adopts all account services passes",
        "staging",
        { accountServices: { apiGatewayRole: "adopt", guardDuty: "adopt", config: "adopt", securityHub: "adopt" } },
    ],
    [
        "a stack with GuardDuty and NAT gateways, without endpoints, passes",
        "prod",
        {
            "network.egress": "nat",
            "network.natGateways": "per-az",
            "network.endpointZones": 0,
            accountServices: { apiGatewayRole: "create", guardDuty: "create" },
        },
    ],
    [
        "a stack without account services and CloudTrail passes",
        "dev",
        { accountServices: {}, "audit.cloudTrail": false },
    ],
    [
        "a stack with a provisioned table passes",
        "dev",
        {
            "transactions.capacity": { mode: "provisioned", units: 5, maxUnits: 50 },
            "transactions.pointInTimeRecovery": true,
            "transactions.retentionDays": 30,
        },
    ],
    ["a stack with the validator behind the load balancer passes", "dev", variants.validatorBehindLoadBalancer],
    ["a stack without merchants and CORS origins passes", "dev", { gateway: { merchants: {}, corsOrigins: [] } }],
    [
        "a stack with several merchants and CORS origins passes",
        "dev",
        {
            gateway: {
                corsOrigins: ["https://a.example.com", "https://b.example.com"],
                merchants: { shop: { quotaPerDay: 5000, ratePerSecond: 1, burst: 1 }, "a-b": {} },
            },
        },
    ],
    ["a stack with a retention of one day passes", "dev", { "logs.auditRetentionDays": 1 }],
    ["a copy for a pull request passes", "dev", { environmentSuffix: "pr-123" }],
];

test.each(stackVariants)("%s", async (_, stack, changes) => {
    const config = withSettings(readStackConfig(stack), changes);
    expect(describeViolations(await planOfConfig(config), settingsFromConfig(config))).toEqual([]);
});
