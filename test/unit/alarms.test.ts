import { expect, test } from "@jest/globals";
import type { AlarmRow } from "../../lib/monitoring/alarm-row.ts";
import { alarmTable, deploymentAlarms, type AlarmName } from "../../lib/monitoring/alarm-table.ts";
import { alarmName, createAlarms, type AlarmSubject } from "../../lib/monitoring/alarms.ts";
import { alarmValue } from "../../checks/alarms/metric-math.ts";
import { findNode, componentPlanner } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { logicalNamesOf, testScope, alertTopicArns, typeTokens } from "./fixtures.ts";

const rows = Object.entries(alarmTable) as [AlarmName, AlarmRow][];
const dimensions = { Part: "one" };

const planned = componentPlanner((subjects: AlarmSubject[], thresholds: Record<string, number> = {}) =>
    createAlarms({ scope: testScope(), topicArns: alertTopicArns, thresholds }, subjects, {}),
);
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

test("each alarm of the table is planned in prod, which has no image and no acquirer yet: its kind is the kind of a part", async () => {
    const planned = logicalNamesOf(await planTestStack("prod"), typeTokens.alarm);
    const missing = rows.filter(([alarm]) => !planned.some((name) => name.endsWith(`-${alarm}-prod`)));
    expect(missing.map(([alarm]) => alarm)).toEqual([
        "tasks-missing",
        "metrics-missing",
        "reconciliation-differs",
        "reconciliation-late",
    ]);
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
    "messages-failing",
    ...(["outbox-stuck", "accepted-stuck", "authorized-stuck", "refund-stuck"] as const),
    ...(["declines-high", "declines-rising", "capture-failures-high", "captures-failing", "acquirer-errors"] as const),
    "reconciliation-differs",
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

const whileSubjectExists: readonly AlarmName[] = ["tasks-missing", "metrics-missing"];

/** As AWS treats it on metrics of DynamoDB, whatever an alarm says. */
const ofDynamoDb: readonly AlarmName[] = ["reads-throttled", "writes-throttled", "system-errors"];

const missingDataOf = (alarm: AlarmName): string =>
    ofDynamoDb.includes(alarm) ? "ignore" : whileSubjectExists.includes(alarm) ? "breaching" : "notBreaching";

test.each(rows.map(([alarm]) => [alarm, missingDataOf(alarm)] as const))(
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
    const requests = { namespace: "AWS/SQS", metricName: "NumberOfMessagesDeleted", dimensions: { QueueName: "a" } };
    const subject = { metric: "payment-api-test-errors", dimensions: {}, requestMetrics: [requests] };
    const errors = { namespace: "PaymentPlatform", metricName: "payment-api-test-errors", dimensions: {} };
    expect((await alarmOf("application-errors", subject)).metricQueries).toMatchObject([
        { id: "requests", metric: { ...requests, period: 300, stat: "Sum" } },
        { id: "value", metric: { ...errors, period: 300, stat: "Sum" } },
        { id: "total", expression: "FILL(requests, 0) + FILL(value, 0)" },
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
    ["acquirer-errors", 10, 300, "AcquirerLatency", "FILL(requests, 0)", 20],
] as const)(
    "%s fires above %d percent of the requests in %d seconds, and only with enough of them",
    async (alarm, threshold, period, metricName, total, min) => {
        const inputs = await alarmOf(alarm);
        const stat = metricName.endsWith("Latency") ? "SampleCount" : "Sum";
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
    ["latency-p99", 1, "AWS/ApplicationELB", "RequestCount", "Sum", "TargetResponseTime"],
    ["api-slow", 1000, "AWS/ApiGateway", "Count", "Sum", "Latency"],
    ["acquirer-slow", 5000, "PaymentPlatform", "AcquirerLatency", "SampleCount", "AcquirerLatency"],
] as const)(
    "%s fires only with traffic: a hundred requests in five minutes",
    async (alarm, threshold, namespace, requests, count, latency) => {
        const inputs = await alarmOf(alarm);
        expect(inputs.threshold).toBe(threshold);
        const metric = (metricName: string, stat: string) => ({ metricName, namespace, dimensions, period: 300, stat });
        expect(inputs.metricQueries).toEqual([
            { id: "requests", metric: metric(requests, count) },
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

test.each([
    ["declines-rising", 200, 20, "count2", ["PaymentsCaptured", "PaymentsDeclined", "PaymentsFailed"]],
    ["captures-failing", 300, 5, "count2", ["PaymentsCaptured", "PaymentsFailed"]],
] as const)(
    "%s compares the share of the last hour with that of the hour before, and only with %d payments in both",
    async (alarm, min, threshold, own, metrics) => {
        const inputs = await alarmOf(alarm);
        expect(inputs).toMatchObject({ threshold, evaluationPeriods: 2, datapointsToAlarm: 1 });
        expect(inputs.metricQueries).toEqual([
            ...metrics.map((metricName, i) => ({
                id: `count${i + 1}`,
                metric: { namespace: "PaymentPlatform", metricName, dimensions, period: 3600, stat: "Sum" },
            })),
            { id: "total", expression: metrics.map((_, i) => `FILL(count${i + 1}, 0)`).join(" + ") },
            { id: "share", expression: `IF(total > 0, 100 * FILL(${own}, 0) / total, 0)` },
            {
                id: "rise",
                expression: `IF(total >= ${min}, IF(total - DIFF(total) >= ${min}, DIFF(share), 0), 0)`,
                label: `Rise of ${alarmTable[alarm].metric} in percentage points of payments`,
                returnData: true,
            },
        ]);
    },
);

/** Payments of an hour: of 100 as many as given are declined, and as many cannot be captured. */
const hour =
    (payments: number, percentDeclined: number, percentFailed = 0) =>
    (metric: string) =>
        ({
            PaymentsCaptured: (payments * (100 - percentDeclined - percentFailed)) / 100,
            PaymentsDeclined: (payments * percentDeclined) / 100,
            PaymentsFailed: (payments * percentFailed) / 100,
        })[metric] ?? Number.NaN;

test.each([
    ["as many as before", hour(1000, 15), hour(1000, 15), 0],
    ["more of as many payments", hour(1000, 40), hour(1000, 15), 25],
    ["as many of fewer payments", hour(200, 15), hour(1000, 15), 0],
    ["fewer", hour(1000, 10), hour(1000, 40), -30],
    ["all, of few payments", hour(199, 100), hour(1000, 15), 0],
    ["all, after an hour with few payments", hour(1000, 100), hour(199, 0), 0],
    ["all, after an hour with none", hour(1000, 100), hour(0, 0), 0],
    ["failed captures are not declines", hour(1000, 15, 50), hour(1000, 15), 0],
])("a rise of declines: %s", async (_, now, before, expected) => {
    const plan = await planned([{ kind: "payments", name: "part", dimensions }]);
    const alarm = findNode(plan, "payment-part-declines-rising-test", typeTokens.alarm);
    expect(alarmValue(alarm, now, before)).toBeCloseTo(expected);
});

test.each([
    ["declines-high", 60, "declined", 100, ["PaymentsCaptured", "PaymentsFailed"]],
    ["capture-failures-high", 20, "failed", 50, ["PaymentsCaptured"]],
] as const)(
    "%s fires above %d percent of payments of half an hour that are %s, of %d or more",
    async (alarm, threshold, _, min, others) => {
        const inputs = await alarmOf(alarm);
        const { metric } = alarmTable[alarm];
        const query = (metricName: string) => ({
            metric: { namespace: "PaymentPlatform", metricName, dimensions, period: 1800, stat: "Sum" },
        });
        const ids = others.map((__, i) => (i === 0 ? "requests" : `requests${i + 1}`));
        expect(inputs).toMatchObject({ threshold, evaluationPeriods: 1 });
        expect(inputs.metricQueries).toEqual([
            ...others.map((other, i) => ({ id: ids[i], ...query(other) })),
            { id: "value", ...query(metric) },
            { id: "total", expression: [...ids, "value"].map((id) => `FILL(${id}, 0)`).join(" + ") },
            {
                id: "busy",
                expression: `IF(total >= ${min}, 100 * FILL(value, 0) / total, 0)`,
                label: `${metric} in percent of payments`,
                returnData: true,
            },
        ]);
    },
);

/** Hours that `declines-rising` and `captures-failing` are silent about. */
test.each([
    [
        "declines-high",
        "declined after a quiet hour",
        [hour(96, 15), hour(1000, 100), hour(1000, 100)],
        [false, true, true],
    ],
    [
        "declines-high",
        "declined a little more each hour",
        [15, 30, 49, 68, 87, 100].map((percent) => hour(1000, percent)),
        [false, false, false, true, true, true],
    ],
    ["declines-high", "declined, of few payments", [hour(99, 100)], [false]],
    ["capture-failures-high", "failed after a quiet hour", [hour(40, 0, 1), hour(1000, 0, 100)], [false, true]],
    ["capture-failures-high", "failed, and most are declined", [hour(1000, 90, 5)], [true]],
    ["capture-failures-high", "declined", [hour(1000, 90, 0)], [false]],
] as const)("%s is raised as long as too many are %s", async (name, _, hours, raised) => {
    const plan = await planned([{ kind: "payments", name: "part", dimensions }]);
    const alarm = findNode(plan, `payment-part-${name}-test`, typeTokens.alarm);
    expect(hours.map((each) => alarmValue(alarm, each) > alarmTable[name].above)).toEqual(raised);
});

test("an alarm on a metric that is missing is raised only while ECS should run tasks", async () => {
    const whileMetric = {
        namespace: "ECS/ContainerInsights",
        metricName: "DesiredTaskCount",
        dimensions: { ServiceName: "s" },
    };
    const inputs = await alarmOf("metrics-missing", { metric: "OutboxAge", whileMetric });
    expect(inputs).toMatchObject({ comparisonOperator: "LessThanThreshold", threshold: 1, evaluationPeriods: 10 });
    expect(inputs.metricQueries).toEqual([
        { id: "condition", metric: { ...whileMetric, period: 60, stat: "Maximum" } },
        {
            id: "value",
            metric: {
                namespace: "PaymentPlatform",
                metricName: "OutboxAge",
                dimensions,
                period: 60,
                stat: "SampleCount",
            },
        },
        {
            id: "watched",
            expression: "IF(FILL(condition, 1) > 0, value, 1)",
            label: "OutboxAge while DesiredTaskCount is above 0",
            returnData: true,
        },
    ]);
});

test("alarms that roll back a deployment watch the service's own targets, and a worker's own log", () => {
    const watchedBy = (alarms: readonly (keyof typeof alarmTable)[]) =>
        alarms.map((alarm) => alarmTable[alarm].subjectKind);
    expect(watchedBy(deploymentAlarms.path)).toEqual(["target", "target"]);
    expect(watchedBy(deploymentAlarms.worker)).toEqual(["application-log"]);
});
