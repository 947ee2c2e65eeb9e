import { expect, test } from "@jest/globals";
import { errorRatioQueries, createErrorBudgetAlarms } from "../../lib/monitoring/slo.ts";
import { inputsOf, findNode, planComponent } from "../recorder.ts";
import { logicalNamesOf, testScope, alertTopicArns, typeTokens } from "./fixtures.ts";

const loadBalancer = "app/payment/1";

const planned = () =>
    planComponent(() => {
        createErrorBudgetAlarms({ scope: testScope(), topicArns: alertTopicArns, thresholds: {} }, loadBalancer, {});
    });

const windows = [
    ["budget-burns-fast", 60, 0.0144],
    ["budget-burns-fast", 5, 0.0144],
    ["budget-burns-slowly", 360, 0.006],
    ["budget-burns-slowly", 30, 0.006],
] as const;

test.each(windows)(
    "%s: a window of %i minutes is bad from %d failed requests in one on",
    async (rate, minutes, threshold) => {
        const plan = await planned();
        const { inputs } = findNode(plan, `payment-${rate}-${minutes}m-test`, typeTokens.alarm);
        expect(inputs.threshold).toBeCloseTo(threshold, 10);
        expect(inputs).toMatchObject({
            comparisonOperator: "GreaterThanThreshold",
            evaluationPeriods: 1,
            // A quiet night is no outage.
            treatMissingData: "notBreaching",
            metricQueries: errorRatioQueries(loadBalancer, minutes, 20 * minutes),
        });
    },
);

test("there are two burn rates, of two windows each", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, typeTokens.composite)).toEqual([
        "payment-budget-burns-fast-test",
        "payment-budget-burns-slowly-test",
    ]);
    expect(logicalNamesOf(plan, typeTokens.alarm)).toEqual(
        windows.map(([rate, minutes]) => `payment-${rate}-${minutes}m-test`).sort(),
    );
});

test.each([
    [
        "budget-burns-fast",
        'ALARM("payment-budget-burns-fast-60m-test") AND ALARM("payment-budget-burns-fast-5m-test")',
        alertTopicArns.critical,
    ],
    [
        "budget-burns-slowly",
        'ALARM("payment-budget-burns-slowly-360m-test") AND ALARM("payment-budget-burns-slowly-30m-test")',
        alertTopicArns.warning,
    ],
])("%s fires when both windows burn, and notifies the right topic", async (rate, alarmRule, topic) => {
    expect(findNode(await planned(), `payment-${rate}-test`, typeTokens.composite).inputs).toMatchObject({
        alarmName: `payment-${rate}-test`,
        alarmRule,
        alarmActions: [topic],
        okActions: [topic],
    });
});

test("one window alone notifies no topic", async () => {
    const inputs = inputsOf(await planned(), typeTokens.alarm);
    expect(inputs).toHaveLength(4);
    for (const alarm of inputs) {
        expect(Object.keys(alarm).filter((input) => input.endsWith("Actions"))).toEqual([]);
    }
});

test("failed requests are 5xx answers of targets or the load balancer, among all requests", () => {
    const sum = (id: string, metricName: string) => ({
        id,
        metric: {
            namespace: "AWS/ApplicationELB",
            metricName,
            dimensions: { LoadBalancer: loadBalancer },
            period: 300,
            stat: "Sum",
        },
    });
    expect(errorRatioQueries(loadBalancer, 5, 100)).toEqual([
        sum("answered", "RequestCount"),
        sum("failed", "HTTPCode_Target_5XX_Count"),
        sum("refused", "HTTPCode_ELB_5XX_Count"),
        { id: "total", expression: "FILL(answered, 0) + FILL(refused, 0)" },
        {
            id: "ratio",
            expression: "IF(total >= 100, (FILL(failed, 0) + FILL(refused, 0)) / total, 0)",
            label: "Share of failed requests",
            returnData: true,
        },
    ]);
});

test.each([
    ["fast", 5, 100],
    ["slowly", 30, 600],
    ["fast", 60, 1200],
    ["slowly", 360, 7200],
])("budget-burns-%s ignores fewer requests in %i minutes than %i", async (speed, minutes, requests) => {
    const { inputs } = findNode(await planned(), `payment-budget-burns-${speed}-${minutes}m-test`, typeTokens.alarm);
    expect(inputs.metricQueries).toContainEqual(
        expect.objectContaining({ id: "ratio", expression: expect.stringContaining(`IF(total >= ${requests}, `) }),
    );
});
