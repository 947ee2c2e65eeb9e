import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { isRequiredMetric, metricsOfAlarms, requiredAlarms } from "../../../checks/alarms/required-alarms.ts";
import { inputText } from "../../../plan/query.ts";
import { findViolations, type Violation } from "../../../checks/rule.ts";
import { alarmRules, runbookSections } from "../../../checks/rules/alarms.ts";
import type { Plan, Values } from "../../../plan/plan.ts";
import type { AlarmRow } from "../../../lib/monitoring/alarm-row.ts";
import { alarmTable } from "../../../lib/monitoring/alarm-table.ts";
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
const withAcquirer = withSettings(readStackConfig("prod"), {
    "network.egress": "nat",
    "network.natGateways": "per-az",
    "services.payment.acquirer": { url: "https://api.acquirer.example" },
});

function found(name: string, plan: Plan): Violation[] {
    const rule = alarmRules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, prod);
}

const resources = (violations: Violation[]) => [...new Set(violations.map(({ resource }) => resource))];

test.each(stacks)("%s has all required alarms, and each names its runbook section", async (stack) => {
    const plan = await planTestStack(stack);
    expect(
        alarmRules.flatMap((rule) => findViolations(rule, plan, settingsFromConfig(readStackConfig(stack)))),
    ).toEqual([]);
});

const renamed =
    (dimension: string, value: string) =>
    (old: Values): Values => ({ dimensions: { ...(old.dimensions as Values), [dimension]: value } });

/** The same for an alarm on an expression. */
const inQueries =
    (dimension: string, value: string) =>
    (old: Values): Values => ({
        metricQueries: (old.metricQueries as Values[]).map((query) =>
            query.metric === undefined
                ? query
                : {
                      ...query,
                      metric: { ...(query.metric as Values), ...renamed(dimension, value)(query.metric as Values) },
                  },
        ),
    });

/** Faults, each with the resource and the reason of its finding. */
const faults: Readonly<Record<string, [PlanChange, string, string]>> = {
    "no alarm on the CPU of a service": [
        removeResources(alarm, "payment-api-cpu-high"),
        "payment-api-prod",
        "must have an alarm on CPUUtilization of payment-cluster-prod, payment-api-prod",
    ],
    "an alarm on another cluster": [
        changeInputs(alarm, "payment-api-cpu-high", renamed("ClusterName", "other")),
        "payment-api-prod",
        "must have an alarm on CPUUtilization of payment-cluster-prod, payment-api-prod",
    ],
    "an alarm on another metric": [
        changeInputs(alarm, "payment-api-memory-high", { metricName: "CPUUtilization" }),
        "payment-api-prod",
        "must have an alarm on MemoryUtilization of payment-cluster-prod, payment-api-prod",
    ],
    "no alarm on the latency of targets": [
        removeResources(alarm, "payment-api-latency"),
        "api-prod",
        "must have an alarm on TargetResponseTime of targetgroup/api-prod-0a800c4/0a800c4d2941430c, app/payment-prod-68c63cf/68c63cfdb29eb962",
    ],
    "no alarm on errors of the load balancer": [
        removeResources(alarm, "budget-burns"),
        "payment-prod",
        "must have an alarm on HTTPCode_ELB_5XX_Count of app/payment-prod-68c63cf/68c63cfdb29eb962",
    ],
    "an alarm on the average of all instances": [
        changeInputs(alarm, "database-cpu-saturated", { statistic: "Average" }),
        "payment-database-prod",
        "must have an alarm on CPUUtilization of payment-database-prod",
    ],
    "no alarm on the database's capacity": [
        removeResources(alarm, "database-capacity-spent"),
        "payment-database-prod",
        "must have an alarm on ACUUtilization of payment-database-prod",
    ],
    "no alarm on the cache's last node": [
        removeResources(alarm, "cache-3-memory-full"),
        "payment-cache-prod",
        "must have an alarm on DatabaseMemoryUsagePercentage of payment-cache-prod-003",
    ],
    "an additional cache node": [
        changeInputs("aws:elasticache/replicationGroup:ReplicationGroup", "", { numCacheClusters: 4 }),
        "payment-cache-prod",
        "must have an alarm on EngineCPUUtilization of payment-cache-prod-004",
    ],
    "no alarm on throttling of a function": [
        removeResources(alarm, "validator-function-throttled"),
        "payment-validator-prod",
        "must have an alarm on Throttles of payment-validator-prod",
    ],
    "no alarm on throttling of an index": [
        removeResources(alarm, "transactions-index-writes"),
        "payment-transactions-prod",
        "must have an alarm on WriteThrottleEvents of payment-transactions-prod, customer-index",
    ],
    "an alarm on only one operation": [
        changeInputs(alarm, "transactions-writes-throttled", inQueries("Operation", "PutItem")),
        "payment-transactions-prod",
        "must have an alarm on WriteThrottleEvents of payment-transactions-prod",
    ],
    "no alarm on system errors of a table": [
        removeResources(alarm, "system-errors"),
        "payment-transactions-prod",
        "must have an alarm on SystemErrors of payment-transactions-prod",
    ],
    "no alarm on events that a rule cannot deliver": [
        removeResources(alarm, "deployment-failed-event-undelivered"),
        "payment-deployment-failed-prod",
        "must have an alarm on FailedInvocations of payment-deployment-failed-prod",
    ],
    "an alarm on another stage of the API": [
        changeInputs(alarm, "gateway-api-5xx", inQueries("Stage", "v2")),
        "payment-gateway-stage-prod",
        "must have an alarm on 5XXError of payment-gateway-prod, v1",
    ],
};

test.each(Object.entries(faults))("%s is reported", async (_, [change, resource, reason]) => {
    const violations = found("everything-watched", change(await planTestStack("prod")));
    expect(resources(violations)).toEqual([resource]);
    expect(violations.map((each) => each.reason)).toContain(reason);
});

test("a stack passes with the smallest percentages that its settings accept", async () => {
    const relative = Object.entries<AlarmRow>(alarmTable).filter(([, row]) =>
        ["Share", "Rise"].includes(row.statistic),
    );
    const smallest = Object.fromEntries(relative.map(([name]) => [`alarmThresholds.${name}`, 0.1]));
    expect(relative.length).toBeGreaterThan(10);
    const plan = await planOfConfig(withSettings(withAcquirer, smallest), "prod");
    expect(found("failure-alarms-relative", plan)).toEqual([]);
});

test("a service with an image must have an alarm on missing tasks", async () => {
    const plan = await planOfConfig(running, "prod");
    expect(found("everything-watched", plan)).toEqual([]);
    expect(found("everything-watched", removeResources(alarm, "payment-api-tasks-missing")(plan))).toEqual([
        expect.objectContaining({
            resource: "payment-api-prod",
            reason: "must have an alarm on RunningTaskCount of payment-cluster-prod, payment-api-prod",
        }),
    ]);
});

test("a function target needs no target group alarms, and a provisioned database no capacity alarm", async () => {
    const config = withSettings(readStackConfig("dev"), {
        "validation.albPriority": 40,
        "database.instanceClass": "db.r7g.large",
        "database.minAcu": undefined,
        "database.maxAcu": undefined,
    });
    expect(found("everything-watched", await planOfConfig(config, "dev"))).toEqual([]);
});

test("every required alarm applies to a resource in prod, and exists", async () => {
    const plan = await planOfConfig(running, "prod");
    const readings = metricsOfAlarms(plan);
    for (const row of requiredAlarms) {
        const parts = nodesOf(plan, `aws:${row.type}`).flatMap((node) => row.dimensionsOf(node, plan));
        expect(parts).not.toEqual([]);
        expect(readings.some((each) => isRequiredMetric(row, row.metrics[0] ?? "", parts[0] ?? {}, each))).toBe(true);
    }
});

test("an empty plan fails", async () => {
    const plan = await planTestStack("prod");
    const empty = { ...plan, nodes: [] };
    expect(found("everything-watched", empty)).toEqual([expect.objectContaining({ reason: "no alarm has a metric" })]);
    expect(found("alarms-name-their-runbook", empty)).toHaveLength(1);
});

test("evidence has the required metrics of each resource", async () => {
    const rule = alarmRules.find(({ name }) => name === "everything-watched");
    expect(rule?.evidence?.(await planTestStack("prod"), prod)).toContain(
        "Table payment-transactions-prod / customer-index: ReadThrottleEvents, WriteThrottleEvents",
    );
});

test.each([
    ["no section", { alarmDescription: "Read the log of the service first." }],
    ["a section that does not exist", { alarmDescription: "Look. See docs/runbook.md#nothing" }],
    ["a section of another page", { alarmDescription: "Look. See docs/plan.md#cpu-high" }],
    ["a section that is not at the end", { alarmDescription: "Look. See docs/runbook.md#cpu-high first" }],
    [
        "a description above the maximum of AWS",
        { alarmDescription: `${"x".repeat(1024)} See docs/runbook.md#cpu-high` },
    ],
])("an alarm with %s is reported", async (_, change) => {
    const name = "alarms-name-their-runbook";
    const metric = changeInputs(alarm, "payment-api-cpu-high", change)(await planTestStack("prod"));
    expect(resources(found(name, metric))).toEqual(["payment-api-cpu-high-prod"]);
    const whole = changeInputs(composite, "fast", change)(await planTestStack("prod"));
    expect(resources(found(name, whole))).toEqual(["payment-budget-burns-fast-prod"]);
});

const countFaults: Readonly<Record<string, [PlanChange, string, string]>> = {
    "a count of failures": [
        changeInputs(alarm, "api-target-5xx", {
            metricQueries: [],
            namespace: "AWS/ApplicationELB",
            metricName: "HTTPCode_Target_5XX_Count",
            threshold: 10,
        }),
        "payment-api-target-5xx-prod",
        "must not fire on 12 of 100000 requests: HTTPCode_Target_5XX_Count",
    ],
    "a count of logged errors": [
        changeInputs(alarm, "api-application-errors", {
            metricQueries: [],
            namespace: "PaymentPlatform",
            metricName: "payment-api-prod-errors",
            threshold: 10,
        }),
        "payment-api-application-errors-prod",
        "must not fire on 12 of 100000 requests: payment-api-prod-errors",
    ],
    "a share of any number of requests": [
        changeInputs(alarm, "gateway-api-5xx", ({ metricQueries }) => ({
            metricQueries: (metricQueries as Values[]).map((query) =>
                query.id === "busy" ? { ...query, expression: "100 * FILL(value, 0) / total" } : query,
            ),
        })),
        "payment-gateway-api-5xx-prod",
        "must not fire on the only request of a period: 5XXError",
    ],
    "a share of payments that declines alone never reach": [
        changeInputs(alarm, "payment-declines-high", ({ metricQueries }) => ({
            metricQueries: (metricQueries as Values[]).map((query) =>
                query.id === "total" ? { ...query, expression: "FILL(requests, 0) + 2 * FILL(value, 0)" } : query,
            ),
        })),
        "payment-payment-declines-high-prod",
        "must fire when every request fails: PaymentsFailed, PaymentsDeclined",
    ],
    "a share that is never reached": [
        changeInputs(alarm, "gateway-api-5xx", { threshold: 101 }),
        "payment-gateway-api-5xx-prod",
        "must fire when every request fails: 5XXError",
    ],
};

test.each(Object.entries(countFaults))("an alarm on %s is reported", async (_, [change, resource, reason]) => {
    const violations = found("failure-alarms-relative", change(await planTestStack("prod")));
    expect(violations.map((each) => [each.resource, each.reason])).toContainEqual([resource, reason]);
});

/** Anchors as GitHub makes them: lower case, hyphens for spaces, nothing but letters, digits and hyphens. */
const slug = (heading: string) =>
    heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-");
const runbook = readFileSync("docs/runbook.md", "utf8");
const sectionsIn = (text = "") =>
    text
        .split(/^(?=### )/m)
        .slice(1)
        .map((section) => [slug(/^### (.*)$/m.exec(section)?.[1] ?? ""), section] as const);
const [alarmPart, eventPart] = runbook.split(/^## Events$/m);
const headings = sectionsIn(alarmPart).map(([heading]) => heading);

test("the runbook has exactly one section for each kind of alarm", () => {
    expect(headings.toSorted()).toEqual(runbookSections.toSorted());
});

test("the runbook has a section for each event that is sent to a topic", async () => {
    const config = withSettings(readStackConfig("prod"), {
        "database.breakGlass": true,
        "accountServices.guardDuty": "create",
        "accountServices.securityHub": "create",
    });
    const rules = nodesOf(await planOfConfig(config, "prod"), "aws:cloudwatch/eventRule:EventRule");
    const sections = sectionsIn(eventPart).map(([heading]) => heading);
    expect(rules.map(({ name }) => name).filter((name) => !sections.some((each) => name.includes(each)))).toEqual([]);
    expect(rules.length).toBeGreaterThan(4);
});

test("every alarm names a runbook section, and every section is named by an alarm", async () => {
    const plans = [await planOfConfig(running, "prod"), await planOfConfig(withAcquirer, "prod")];
    for (const stack of stacks) {
        plans.push(await planTestStack(stack));
    }
    const named = plans
        .flatMap((plan) => [...nodesOf(plan, alarm), ...nodesOf(plan, composite)])
        .map((node) => inputText(node, "alarmDescription").split("docs/runbook.md#")[1]);
    expect([...new Set(named)].toSorted()).toEqual(headings.toSorted());
});

test.each(sectionsIn(runbook))(
    "the section %s says what it means, what customers feel, where to look, what to do and whom to call",
    (_, section) => {
        const parts = [...section.matchAll(/^- \*\*([^*]+)\.\*\*/gm)].map(([, part]) => part);
        expect(parts).toEqual(["Means", "Customers", "Look", "Do", "Escalate"]);
    },
);

test("a second table must have its own alarms", async () => {
    const doubled = changeResources("aws:dynamodb/table:Table", "", (node) => [
        node,
        { ...node, name: "another", inputs: { ...node.inputs, name: "another-prod" } },
    ]);
    expect(resources(found("everything-watched", doubled(await planTestStack("prod"))))).toEqual(["another"]);
});
