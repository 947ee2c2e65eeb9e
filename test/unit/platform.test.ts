import { expect, jest, test } from "@jest/globals";
import type { Plan } from "../../tools/plan/plan.ts";
import { planOf } from "../recorder.ts";
import { brokenBy, invariants, planOfConfig, settingsOf } from "./invariants.ts";
import { isInsideAnother, shown } from "../../policies/look.ts";
import { stackConfig, withSettings } from "./settings/stack-config.ts";

// A plan takes less than a second, on an idle machine.
jest.setTimeout(60_000);

const stacks = ["dev", "staging", "prod"];

/** One after the other: Pulumi runs one program at a time. */
async function allPlans(): Promise<Plan[]> {
    const plans: Plan[] = [];
    for (const stack of stacks) {
        plans.push(await planOf(stack));
    }
    return plans;
}

const promises = stacks.flatMap((stack) => Object.entries(invariants).map(([name, check]) => ({ stack, name, check })));

test.each(promises)("$stack: $name", async ({ stack, check }) => {
    expect(check(await planOf(stack), settingsOf(stackConfig(stack)))).toEqual([]);
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
    const config = withSettings(stackConfig(stack), changes);
    expect(brokenBy(await planOfConfig(config), settingsOf(config))).toEqual([]);
});

test("copies of the platform share no name in an account", async () => {
    const namesOf = (plan: Plan) =>
        plan.nodes.flatMap((node) => {
            const { type, inputs, name } = node;
            const inAws = typeof inputs.name === "string" && !isInsideAnother(node) ? [inputs.name] : [];
            return type.startsWith("aws:") ? [`${type} ${name}`, ...inAws] : [];
        });
    const [dev = [], staging = [], prod = []] = (await allPlans()).map(namesOf);
    expect(dev.length).toBeGreaterThan(200);
    expect(dev.filter((name) => staging.includes(name) || prod.includes(name))).toEqual([]);
    expect(staging.filter((name) => prod.includes(name))).toEqual([]);
});

/** `PaymentPlatform$Edge aws:lb/listener:Listener` for each resource, once for all of a kind. */
function kindsOf(plan: Plan): string[] {
    const lines = plan.nodes.map(({ urn }) => {
        const [, , types = ""] = urn.split("::");
        const lineage = types.split("$");
        const type = lineage.pop() ?? "";
        return `${lineage.map((each) => each.replace("payment:index:", "")).join("$")} ${type}`;
    });
    return [...new Set(lines)].toSorted();
}

test("stacks differ in size, and in no more than certificate, monitoring of the database and capacity of the table", async () => {
    const [dev = [], staging = [], prod = []] = (await allPlans()).map(kindsOf);
    const certificate = "PaymentPlatform$Edge$Certificate";
    expect(staging).toEqual(prod);
    // Made here and imported, as dev has no domain.
    expect(dev.filter((kind) => !prod.includes(kind))).toEqual([
        `${certificate} tls:index/privateKey:PrivateKey`,
        `${certificate} tls:index/selfSignedCert:SelfSignedCert`,
    ]);
    expect(prod.filter((kind) => !dev.includes(kind))).toEqual([
        // Enhanced monitoring, which dev has turned off, needs a role.
        "PaymentPlatform$Database aws:iam/role:Role",
        "PaymentPlatform$Database aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        // The alias of the domain.
        "PaymentPlatform$Edge aws:route53/record:Record",
        `${certificate} aws:acm/certificateValidation:CertificateValidation`,
        `${certificate} aws:route53/record:Record`,
        // Dev pays for each request, so nothing scales.
        "PaymentPlatform$Transactions aws:appautoscaling/policy:Policy",
        "PaymentPlatform$Transactions aws:appautoscaling/target:Target",
    ]);
});

test.each(stacks)("the outputs of %s name what was made", async (stack) => {
    const { outputs, nodes } = await planOf(stack);
    const groups = nodes.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    expect(groups.length).toBeGreaterThan(5);
    expect([outputs.logGroupNames].flat().map(String).toSorted()).toEqual(
        groups.map(({ inputs }) => shown(inputs.name)).toSorted(),
    );
    expect(Object.keys(outputs.serviceNames ?? {}).toSorted()).toEqual(["api", "notification", "payment"]);
    expect(Object.keys(outputs.topicArns ?? {}).toSorted()).toEqual(["critical", "events", "warning"]);
    expect(outputs.apiUrl).toMatch(/^https:\/\//);
    expect(outputs.databaseSecretArn).toMatch(/^arn:aws:secretsmanager:.*:secret:rds!/);
    expect(outputs).toMatchObject({
        environment: stack,
        environmentSuffix: stack,
        ecsClusterName: `payment-cluster-${stack}`,
    });
});
