import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { isRequiredMetric, metricsOfAlarms, requiredAlarms } from "../../../checks/alarms/required-alarms.ts";
import { inputText } from "../../../plan/query.ts";
import { findViolations, type Violation } from "../../../checks/rule.ts";
import { alarmRules, runbookSections } from "../../../checks/rules/alarms.ts";
import type { Plan, Values } from "../../../plan/plan.ts";
import { nodesOf } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";
import { planOfConfig, settingsFromConfig } from "./config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { changeInputs, changeResources, removeResources, type PlanChange } from "./fault.ts";

const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const stacks = ["dev", "staging", "prod"];
const prod = settingsFromConfig(readStackConfig("prod"));
const running = withSettings(readStackConfig("prod"), { "services.api.imageDigest": `sha256:${"a".repeat(64)}` });

function found(name: string, plan: Plan): Violation[] {
    const rule = alarmRules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, prod);
}

const resources = (violations: Violation[]) => [...new Set(violations.map(({ resource }) => resource))];

test.each(stacks)("everything of %s is watched, and every alarm names its section", async (stack) => {
    const plan = await planTestStack(stack);
    expect(
        alarmRules.flatMap((rule) => findViolations(rule, plan, settingsFromConfig(readStackConfig(stack)))),
    ).toEqual([]);
});

const renamed =
    (dimension: string, value: string) =>
    (old: Values): Values => ({ dimensions: { ...(old.dimensions as Values), [dimension]: value } });

/** What may be built wrongly, and what is then unwatched. */
const faults: Readonly<Record<string, [PlanChange, string, string]>> = {
    "a service whose CPU nobody watches": [
        removeResources(alarm, "payment-api-cpu-high"),
        "payment-api-prod",
        "CPUUtilization",
    ],
    "an alarm on another cluster": [
        changeInputs(alarm, "payment-api-cpu-high", renamed("ClusterName", "other")),
        "payment-api-prod",
        "CPUUtilization",
    ],
    "an alarm on another metric": [
        changeInputs(alarm, "payment-api-memory-high", { metricName: "CPUUtilization" }),
        "payment-api-prod",
        "MemoryUtilization",
    ],
    "targets whose latency nobody watches": [
        removeResources(alarm, "notification-latency"),
        "notification-prod",
        "TargetResponseTime",
    ],
    "a load balancer whose own failures count for nothing": [
        removeResources(alarm, "budget-burns"),
        "payment-prod",
        "HTTPCode_ELB_5XX_Count",
    ],
    "a database whose average hides a busy instance": [
        changeInputs(alarm, "database-cpu-saturated", { statistic: "Average" }),
        "payment-database-prod",
        "CPUUtilization",
    ],
    "a database whose capacity nobody watches": [
        removeResources(alarm, "database-capacity-spent"),
        "payment-database-prod",
        "ACUUtilization",
    ],
    "the last node of the cache": [
        removeResources(alarm, "cache-3-memory-full"),
        "payment-cache-prod",
        "DatabaseMemory",
    ],
    "a cache with a node more": [
        changeInputs("aws:elasticache/replicationGroup:ReplicationGroup", "", { numCacheClusters: 4 }),
        "payment-cache-prod",
        "payment-cache-prod-004",
    ],
    "a function that is turned away": [
        removeResources(alarm, "validator-function-throttled"),
        "payment-validator-prod",
        "Throttles",
    ],
    "an index that is throttled": [
        removeResources(alarm, "transactions-index-writes"),
        "payment-transactions-prod",
        "customer-index",
    ],
    "an alarm on one operation only": [
        changeInputs(alarm, "transactions-writes-throttled", renamed("Operation", "PutItem")),
        "payment-transactions-prod",
        "WriteThrottleEvents",
    ],
    "a table that fails by itself": [
        removeResources(alarm, "system-errors"),
        "payment-transactions-prod",
        "SystemErrors",
    ],
    "another stage of the API": [
        changeInputs(alarm, "gateway-api-5xx", renamed("Stage", "v2")),
        "payment-gateway-stage-prod",
        "5XXError",
    ],
};

test.each(Object.entries(faults))("%s is noticed", async (_, [change, resource, reason]) => {
    const violations = found("everything-watched", change(await planTestStack("prod")));
    expect(resources(violations)).toEqual([resource]);
    expect(violations[0]?.reason).toContain(reason);
});

test("a service that has its image is missed when its tasks are gone", async () => {
    const plan = await planOfConfig(running, "prod");
    expect(found("everything-watched", plan)).toEqual([]);
    expect(found("everything-watched", removeResources(alarm, "payment-api-tasks-missing")(plan))).toEqual([
        expect.objectContaining({
            resource: "payment-api-prod",
            reason: "must have an alarm on RunningTaskCount of payment-cluster-prod, payment-api-prod",
        }),
    ]);
});

test("a function behind the load balancer has its own metrics, a provisioned database no capacity units", async () => {
    const config = withSettings(readStackConfig("dev"), {
        "validation.albPriority": 40,
        "database.instanceClass": "db.r7g.large",
        "database.minAcu": undefined,
        "database.maxAcu": undefined,
    });
    expect(found("everything-watched", await planOfConfig(config, "dev"))).toEqual([]);
});

test("every row of the table has something to watch in production", async () => {
    const plan = await planOfConfig(running, "prod");
    const readings = metricsOfAlarms(plan);
    for (const row of requiredAlarms) {
        const parts = nodesOf(plan, `aws:${row.type}`).flatMap((node) => row.dimensionsOf(node, plan));
        expect(parts).not.toEqual([]);
        expect(readings.some((each) => isRequiredMetric(row, row.metrics[0] ?? "", parts[0] ?? {}, each))).toBe(true);
    }
});

test("no alarm has a metric in an empty plan", async () => {
    const plan = await planTestStack("prod");
    const empty = { ...plan, nodes: [] };
    expect(found("everything-watched", empty)).toEqual([expect.objectContaining({ reason: "no alarm has a metric" })]);
    expect(found("alarms-name-their-runbook", empty)).toHaveLength(1);
});

test("an auditor sees what is watched of each resource", async () => {
    const rule = alarmRules.find(({ name }) => name === "everything-watched");
    expect(rule?.evidence?.(await planTestStack("prod"), prod)).toContain(
        "Table payment-transactions-prod / customer-index: ReadThrottleEvents, WriteThrottleEvents",
    );
});

test.each([
    ["no section", { alarmDescription: "Read the log of the service first." }],
    ["a section that is not written", { alarmDescription: "Look. See docs/runbook.md#nothing" }],
    ["a section of another page", { alarmDescription: "Look. See docs/plan.md#cpu-high" }],
    ["a section that is not the end", { alarmDescription: "Look. See docs/runbook.md#cpu-high first" }],
    ["more than AWS takes", { alarmDescription: `${"x".repeat(1024)} See docs/runbook.md#cpu-high` }],
])("an alarm with %s is noticed", async (_, change) => {
    const name = "alarms-name-their-runbook";
    const metric = changeInputs(alarm, "payment-api-cpu-high", change)(await planTestStack("prod"));
    expect(resources(found(name, metric))).toEqual(["payment-api-cpu-high-prod"]);
    const whole = changeInputs(composite, "fast", change)(await planTestStack("prod"));
    expect(resources(found(name, whole))).toEqual(["payment-budget-burns-fast-prod"]);
});

/** Anchors as GitHub makes them: lower case, hyphens for spaces, nothing but letters, digits and hyphens. */
const slug = (heading: string) =>
    heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-");
const runbook = readFileSync("docs/runbook.md", "utf8");
const sections = runbook.split(/^(?=### )/m).slice(1);
const headings = sections.map((section) => slug(/^### (.*)$/m.exec(section)?.[1] ?? ""));

test("the runbook has a section for each kind of alarm, and for nothing else", () => {
    expect(headings.toSorted()).toEqual(runbookSections.toSorted());
});

test("every section of the runbook is named by an alarm of a stack, and every alarm names one", async () => {
    const plans = [await planOfConfig(running, "prod")];
    for (const stack of stacks) {
        plans.push(await planTestStack(stack));
    }
    const named = plans
        .flatMap((plan) => [...nodesOf(plan, alarm), ...nodesOf(plan, composite)])
        .map((node) => inputText(node, "alarmDescription").split("docs/runbook.md#")[1]);
    expect([...new Set(named)].toSorted()).toEqual(headings.toSorted());
});

test.each(sections.map((section, i) => [headings[i] ?? "", section]))(
    "the section %s says what it means, what customers feel, where to look, what to do and whom to call",
    (_, section) => {
        const parts = [...section.matchAll(/^- \*\*([^*]+)\.\*\*/gm)].map(([, part]) => part);
        expect(parts).toEqual(["Means", "Customers", "Look", "Do", "Escalate"]);
    },
);

test("an alarm goes where its resource is, whatever else the plan holds", async () => {
    const doubled = changeResources("aws:dynamodb/table:Table", "", (node) => [
        node,
        { ...node, name: "another", inputs: { ...node.inputs, name: "another-prod" } },
    ]);
    expect(resources(found("everything-watched", doubled(await planTestStack("prod"))))).toEqual(["another"]);
});
