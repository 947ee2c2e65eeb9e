import { expect, test } from "@jest/globals";
import { findViolations, type Violation } from "../../../checks/rule.ts";
import { requiredTags, tagRules } from "../../../checks/rules/tags.ts";
import type { Plan, Values } from "../../../plan/plan.ts";
import { nodesOf } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";
import { planOfConfig, recordedTypes, settingsFromConfig } from "./config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { withValueAt, changeInputs, changeResources, type PlanChange } from "./fault.ts";

const service = "aws:ecs/service:Service";
const provider = "pulumi:providers:aws";
const prod = settingsFromConfig(readStackConfig("prod"));

/** Everything that settings can make stands in one of these. */
const large = withSettings(readStackConfig("dev"), {
    "network.egress": "nat",
    "network.natGateways": "per-az",
    "edge.httpRedirect": true,
    "validation.albPriority": 40,
    "transactions.capacity": { mode: "provisioned", units: 1, maxUnits: 10 },
    accountServices: { apiGatewayRole: "create", guardDuty: "create", config: "create", securityHub: "create" },
    alerts: { critical: ["payments@example.com"] },
});
/** One after the other: Pulumi's runtime holds one program at a time. */
async function plans(): Promise<Plan[]> {
    const found = [await planOfConfig(large, "large")];
    for (const stack of ["dev", "staging", "prod"]) {
        found.push(await planTestStack(stack));
    }
    return found;
}

function found(name: string, plan: Plan): Violation[] {
    const rule = tagRules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, prod);
}

test("all stacks are tagged, with the resources that AWS creates", async () => {
    for (const plan of await plans()) {
        expect(tagRules.flatMap((rule) => findViolations(rule, plan, prod))).toEqual([]);
    }
});

const another: PlanChange = (plan) => ({
    ...plan,
    nodes: plan.nodes.map((node) =>
        node.type === service && node.name === "payment-api-prod" ? { ...node, provider: "another" } : node,
    ),
});

test.each<[string, PlanChange, string]>([
    ["a resource on another provider", another, "must have the tags Project"],
    [
        "a tag of the stack overwritten",
        changeInputs(service, "api", { tags: { Environment: "dev" } }),
        "must not overwrite the tags of its provider",
    ],
    ["an empty tag", changeInputs(service, "api", { tags: { Owner: "" } }), "must have no empty tag"],
])("%s is reported", async (_, change, reason) => {
    const [violation, ...others] = found("everything-tagged", change(await planTestStack("prod")));
    expect(others).toEqual([]);
    expect(violation?.resource).toBe("payment-api-prod");
    expect(violation?.reason).toContain(reason);
});

test.each(requiredTags)("resources without the tag %s are reported", async (key) => {
    const change = changeInputs(provider, "", withValueAt(`defaultTags.tags.${key}`, ""));
    const violations = found("everything-tagged", change(await planTestStack("prod")));
    expect(violations.length).toBeGreaterThan(150);
    expect(violations[0]?.reason).toBe(`must have the tags ${key} from its provider`);
});

test("an empty plan fails", async () => {
    const plan = await planTestStack("prod");
    expect(found("everything-tagged", { ...plan, nodes: [] })).toHaveLength(1);
});

test("evidence has the number of tagged resources and the tags", async () => {
    const plan = await planTestStack("prod");
    const lines = tagRules.flatMap((rule) => rule.evidence?.(plan, prod) ?? []);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\d{3} resources of \d\d types have Project=payment-platform, Environment=prod/);
});

const made = (type: string, change: Values): PlanChange =>
    changeResources(service, "payment-api", (node) => [node, { ...node, type, name: "made", inputs: change }]);

test.each<[string, PlanChange, string, string]>([
    ["tasks without tags", changeInputs(service, "api", { propagateTags: "NONE" }), "payment-api-prod", "tasks"],
    [
        "interfaces without tags",
        changeInputs(service, "api", { enableEcsManagedTags: false }),
        "payment-api-prod",
        "tasks",
    ],
    [
        "snapshots of the database without tags",
        changeInputs("aws:rds/cluster:Cluster", "", { copyTagsToSnapshot: false }),
        "payment-database-prod",
        "snapshots",
    ],
    [
        "snapshots of an instance without tags",
        changeInputs("aws:rds/clusterInstance:ClusterInstance", "-2-", { copyTagsToSnapshot: false }),
        "payment-database-2-prod",
        "snapshots",
    ],
    [
        "a replica without tags",
        changeInputs("aws:dynamodb/table:Table", "", { replicas: [{ regionName: "eu-west-1" }] }),
        "payment-transactions-prod",
        "replicas",
    ],
    ["instances without tags", made("aws:autoscaling/group:Group", {}), "made", "instances"],
    [
        "instances with tags of the group only",
        made("aws:autoscaling/group:Group", { tags: [{ key: "Project", value: "x", propagateAtLaunch: false }] }),
        "made",
        "instances",
    ],
    [
        "volumes without tags",
        made("aws:ec2/launchTemplate:LaunchTemplate", { tagSpecifications: [{ resourceType: "instance" }] }),
        "made",
        "instances and their volumes",
    ],
])("%s are reported", async (_, change, resource, reason) => {
    const violations = found("tags-propagated", change(await planTestStack("prod")));
    expect(violations.map((each) => each.resource)).toEqual([resource]);
    expect(violations[0]?.reason).toContain(`or its ${reason}`);
});

test("services, schedules, databases and tables of the platform are checked", async () => {
    const plan = await planTestStack("prod");
    const types = (await recordedTypes("prod")).get("tags-propagated") ?? [];
    expect(types.filter((type) => nodesOf(plan, `aws:${type}`).length > 0)).toEqual([
        "dynamodb/table:Table",
        "ecs/service:Service",
        "rds/cluster:Cluster",
        "rds/clusterInstance:ClusterInstance",
        "scheduler/schedule:Schedule",
    ]);
});
