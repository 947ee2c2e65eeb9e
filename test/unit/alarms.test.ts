import { expect, test } from "@jest/globals";
import type { AlarmRow } from "../../lib/monitoring/alarm-row.ts";
import { alarmTable, deploymentAlarms, type AlarmName } from "../../lib/monitoring/alarm-table.ts";
import { alarmName, createAlarms, type AlarmSubject } from "../../lib/monitoring/alarms.ts";
import { findNode, planComponent } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { logicalNamesOf, testScope, alertTopicArns, typeTokens } from "./fixtures.ts";

const rows = Object.entries(alarmTable) as [AlarmName, AlarmRow][];
const dimensions = { Part: "one" };

const planned = (subjects: AlarmSubject[], thresholds: Record<string, number> = {}) =>
    planComponent(() => createAlarms({ scope: testScope(), topicArns: alertTopicArns, thresholds }, subjects, {}));
const alarmOf = async (alarm: AlarmName, subject: Partial<AlarmSubject> = {}, thresholds?: Record<string, number>) => {
    const kind = alarmTable[alarm].subjectKind;
    const plan = await planned([{ kind, name: "part", dimensions, ...subject }], thresholds);
    return findNode(plan, `payment-part-${alarm}-test`, typeTokens.alarm).inputs;
};

const kinds = [...Map.groupBy(rows, ([, { subjectKind }]) => subjectKind)].map(
    ([kind, found]) => [kind, found.map(([alarm]) => alarm)] as const,
);

test.each(kinds)("a part of kind %s has the alarms %j, and none of another kind", async (kind, alarms) => {
    const plan = await planned([{ kind, name: "part", dimensions }]);
    expect(alarms.length).toBeGreaterThan(0);
    expect(logicalNamesOf(plan, typeTokens.alarm)).toEqual(alarms.map((alarm) => `payment-part-${alarm}-test`).sort());
});

test("each alarm of the table is planned in prod, which has no image yet: its kind is the kind of a part", async () => {
    const planned = logicalNamesOf(await planTestStack("prod"), typeTokens.alarm);
    const missing = rows.filter(([alarm]) => !planned.some((name) => name.endsWith(`-${alarm}-prod`)));
    expect(missing.map(([alarm]) => alarm)).toEqual(["tasks-missing"]);
});

test("two parts of a kind raise alarms of their own, each on its own dimensions", async () => {
    const plan = await planned([
        { kind: "queue", name: "first", dimensions: { QueueName: "a" } },
        { kind: "queue", name: "second", dimensions: { QueueName: "b" } },
    ]);
    expect(logicalNamesOf(plan, typeTokens.alarm)).toEqual([
        "payment-first-oldest-message-test",
        "payment-second-oldest-message-test",
    ]);
    expect(findNode(plan, "payment-second-oldest-message-test", typeTokens.alarm).inputs.dimensions).toEqual({
        QueueName: "b",
    });
});

test.each(rows)(
    "%s has the name of its runbook entry, notifies the right topic, and notifies again when it is over",
    async (alarm, row) => {
        const name = alarmName(testScope(), { name: "part" }, alarm);
        expect(await alarmOf(alarm)).toMatchObject({
            name,
            alarmDescription: `${row.firstAction} See docs/runbook.md#${alarm}`,
            alarmActions: [alertTopicArns[row.severity]],
            okActions: [alertTopicArns[row.severity]],
            evaluationPeriods: row.periods,
        });
    },
);

const critical: AlarmName[] = [
    ...(["tasks-missing", "target-5xx", "target-unhealthy", "latency-p99", "connections-rejected"] as const),
    ...(["oldest-message", "dead-letters", "cpu-saturated", "memory-full"] as const),
    ...(["function-errors", "function-throttled", "writes-throttled", "api-5xx", "api-slow"] as const),
    "event-undelivered",
];

test("only alarms on what customers notice, and on alerts that were lost, are critical", () => {
    const pages = rows.filter(([, row]) => row.severity === "critical").map(([alarm]) => alarm);
    expect(pages).toEqual(critical);
});

test.each([
    ["dead-letters", "GreaterThanThreshold", 0],
    ["oldest-message", "GreaterThanThreshold", 300],
    ["memory-low", "LessThanThreshold", 268_435_456],
    ["tasks-missing", "LessThanThreshold", 1],
] as const)("%s fires on the bad side of its threshold: %s %d", async (alarm, comparisonOperator, threshold) => {
    expect(await alarmOf(alarm)).toMatchObject({ comparisonOperator, threshold });
});

test("the stack's threshold has priority, then the part's, then that of the table", async () => {
    const own = { thresholds: { "tasks-missing": 3 } };
    expect((await alarmOf("tasks-missing", own, { "tasks-missing": 7 })).threshold).toBe(7);
    expect((await alarmOf("tasks-missing", own)).threshold).toBe(3);
    expect((await alarmOf("tasks-missing")).threshold).toBe(1);
});

test("a threshold of zero is used", async () => {
    expect((await alarmOf("oldest-message", {}, { "oldest-message": 0 })).threshold).toBe(0);
    expect((await alarmOf("tasks-missing", { thresholds: { "tasks-missing": 0 } })).threshold).toBe(0);
});

test.each(rows.map(([alarm]) => [alarm, alarm === "tasks-missing" ? "breaching" : "notBreaching"] as const))(
    "missing data of %s is %s",
    async (alarm, treatMissingData) => {
        expect((await alarmOf(alarm)).treatMissingData).toBe(treatMissingData);
    },
);

test("an alarm evaluates one metric, period by period", async () => {
    expect(await alarmOf("oldest-message")).toMatchObject({
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        period: 60,
        dimensions,
    });
});

test("a part may have metrics of its own, for failures and for requests", async () => {
    const requests = { namespace: "AWS/SQS", metricName: "NumberOfMessagesReceived", dimensions: { QueueName: "a" } };
    const subject = { metric: "payment-api-test-errors", dimensions: {}, requestMetrics: [requests] };
    const errors = { namespace: "PaymentPlatform", metricName: "payment-api-test-errors", dimensions: {} };
    expect((await alarmOf("application-errors", subject)).metricQueries).toMatchObject([
        { id: "requests", metric: { ...requests, period: 300, stat: "Sum" } },
        { id: "value", metric: { ...errors, period: 300, stat: "Sum" } },
        { id: "total" },
        { id: "busy" },
    ]);
});

test.each([
    ["target-5xx", 5, 60, "RequestCount", "FILL(requests, 0)", 20],
    ["api-4xx", 10, 600, "Count", "FILL(requests, 0)", 200],
    ["function-errors", 2, 300, "Invocations", "FILL(requests, 0)", 100],
    // Throttled calls are not among the invocations.
    ["function-throttled", 1, 300, "Invocations", "FILL(requests, 0) + FILL(value, 0)", 100],
    ["system-errors", 1, 300, "SuccessfulRequestLatency", "FILL(requests, 0) + FILL(value, 0)", 100],
] as const)(
    "%s fires above %d percent of the requests in %d seconds, and only with enough of them",
    async (alarm, threshold, period, metricName, total, min) => {
        const inputs = await alarmOf(alarm);
        const stat = metricName === "SuccessfulRequestLatency" ? "SampleCount" : "Sum";
        expect(inputs.threshold).toBe(threshold);
        expect(inputs.metricQueries).toMatchObject([
            { id: "requests", metric: { metricName, stat, period, dimensions } },
            { id: "value", metric: { metricName: alarmTable[alarm].metric, stat: "Sum", period, dimensions } },
            { id: "total", expression: total },
            { id: "busy", expression: `IF(total >= ${min}, 100 * FILL(value, 0) / total, 0)`, returnData: true },
        ]);
        expect(inputs).not.toHaveProperty("metricName");
    },
);

test.each([
    ["latency-p99", 1, "AWS/ApplicationELB", "RequestCount", "TargetResponseTime"],
    ["api-slow", 1000, "AWS/ApiGateway", "Count", "Latency"],
] as const)(
    "%s fires only with traffic: a hundred requests in five minutes",
    async (alarm, threshold, namespace, requests, latency) => {
        const inputs = await alarmOf(alarm);
        expect(inputs.threshold).toBe(threshold);
        const metric = (metricName: string, stat: string) => ({ metricName, namespace, dimensions, period: 300, stat });
        expect(inputs.metricQueries).toEqual([
            { id: "requests", metric: metric(requests, "Sum") },
            { id: "value", metric: metric(latency, "p99") },
            { id: "total", expression: "FILL(requests, 0)" },
            {
                id: "busy",
                expression: "IF(total >= 100, value, 0)",
                label: `${latency} while busy`,
                returnData: true,
            },
        ]);
        // AWS refuses an alarm that has both a metric and queries.
        expect(inputs).not.toHaveProperty("metricName");
        expect(inputs).not.toHaveProperty("period");
    },
);

test("alarms that roll back a deployment watch the service's own targets, and a worker's own log", () => {
    const watchedBy = (alarms: readonly (keyof typeof alarmTable)[]) =>
        alarms.map((alarm) => alarmTable[alarm].subjectKind);
    expect(watchedBy(deploymentAlarms.path)).toEqual(["target", "target"]);
    expect(watchedBy(deploymentAlarms.worker)).toEqual(["application-log"]);
});
