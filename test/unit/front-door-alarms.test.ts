import { expect, test } from "@jest/globals";
import type { PlanNode } from "../../plan/plan.ts";
import { findNode, nodesOf } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { parseJsonValue, typeTokens } from "./fixtures.ts";

const alarm = async (stack: string, noun: string): Promise<PlanNode> =>
    findNode(await planTestStack(stack), `payment-${noun}-${stack}`, typeTokens.alarm);

test.each([
    ["dev", 5, 10],
    ["staging", 3, 5],
    ["prod", 1, 2],
])(
    "in %s an alarm fires at more than %i failed payments or %i throttled calls in five minutes",
    async (stack, errors, throttles) => {
        const dimensions = { TableName: `payment-transactions-${stack}` };
        const inFiveMinutes = { period: 300, evaluationPeriods: 1, statistic: "Sum" };
        expect((await alarm(stack, "validator-function-errors")).inputs).toMatchObject({
            ...inFiveMinutes,
            namespace: "AWS/Lambda",
            metricName: "Errors",
            threshold: errors,
            dimensions: { FunctionName: `payment-validator-${stack}` },
        });
        for (const [noun, metricName] of [
            ["reads-throttled", "ReadThrottleEvents"],
            ["writes-throttled", "WriteThrottleEvents"],
        ] as const) {
            const throttled = { ...inFiveMinutes, namespace: "AWS/DynamoDB", metricName, threshold: throttles };
            expect((await alarm(stack, `transactions-${noun}`)).inputs).toMatchObject({ ...throttled, dimensions });
            expect((await alarm(stack, `transactions-index-${noun}`)).inputs).toMatchObject({
                ...throttled,
                dimensions: { ...dimensions, GlobalSecondaryIndexName: "customer-index" },
            });
        }
    },
);

test("an alarm fires when a payment takes four fifths of the function's timeout, before one fails", async () => {
    const { inputs } = await alarm("dev", "validator-function-slow");
    expect(inputs).toMatchObject({ metricName: "Duration", statistic: "Maximum", threshold: 24_000 });
});

test("an alarm fires at once on a rejected call, or an event in the dead-letter queue", async () => {
    expect((await alarm("dev", "validator-function-throttled")).inputs).toMatchObject({ threshold: 0 });
    expect((await alarm("dev", "validator-dead-letters")).inputs).toMatchObject({
        threshold: 0,
        dimensions: { QueueName: "payment-validator-dlq-dev" },
    });
});

test.each(["GetItem", "PutItem", "TransactWriteItems"])(
    "errors of DynamoDB in %s have an alarm for each operation",
    async (Operation) => {
        const { inputs } = await alarm("dev", `transactions-${Operation.toLowerCase()}-system-errors`);
        expect(inputs).toMatchObject({
            metricName: "SystemErrors",
            dimensions: { TableName: "payment-transactions-dev", Operation },
        });
    },
);

const ofApi = { ApiName: "payment-gateway-dev", Stage: "v1" };

test.each([
    ["api-4xx", "4XXError", 50, 600],
    ["api-5xx", "5XXError", 10, 300],
])("the merchants' API: %s counts %s above %i in %i seconds", async (noun, metricName, threshold, period) => {
    const { inputs } = await alarm("dev", `gateway-${noun}`);
    expect(inputs).toMatchObject({ metricName, threshold, period, evaluationPeriods: 1, dimensions: ofApi });
});

test("the alarm on a slow API fires only with traffic", async () => {
    const { inputs } = await alarm("dev", "gateway-api-slow");
    expect(inputs.threshold).toBe(1000);
    const queries = inputs.metricQueries as { metric?: object; expression?: string }[];
    expect(queries).toMatchObject([
        {
            id: "requests",
            metric: { namespace: "AWS/ApiGateway", metricName: "Count", stat: "Sum", dimensions: ofApi },
        },
        { id: "value", metric: { metricName: "Latency", stat: "p99" } },
        { id: "busy", expression: "IF(FILL(requests, 0) >= 100, value, 0)" },
    ]);
});

test("an alarm fires at four fifths of a day's quotas, before merchants are throttled", async () => {
    const { inputs } = await alarm("dev", "gateway-usage-near-quota");
    expect(inputs).toMatchObject({ metricName: "Count", statistic: "Sum", period: 86_400, threshold: 8000 });
});

test("the dashboard shows the API, the validator and its table", async () => {
    const [dashboard] = nodesOf(await planTestStack("dev"), typeTokens.dashboard);
    const { widgets } = parseJsonValue(dashboard?.inputs.dashboardBody) as {
        widgets: { properties: { metrics?: unknown[][] } }[];
    };
    const namespaces = widgets.flatMap(({ properties }) => properties.metrics?.map(([namespace]) => namespace) ?? []);
    expect(namespaces).toEqual(expect.arrayContaining(["AWS/ApiGateway", "AWS/Lambda", "AWS/DynamoDB"]));
});
