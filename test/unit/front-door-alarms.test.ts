import { expect, test } from "@jest/globals";
import type { PlanNode } from "../../plan/plan.ts";
import { findNode, nodesOf } from "../recorder.ts";
import { planTestStack } from "../stacks.ts";
import { parseJsonValue, typeTokens } from "./fixtures.ts";

const alarm = async (stack: string, noun: string): Promise<PlanNode> =>
    findNode(await planTestStack(stack), `payment-${noun}-${stack}`, typeTokens.alarm);

/** Metrics of an alarm on a share of requests: what counts them, and what counts failures. */
const metricsOf = ({ inputs }: PlanNode) =>
    (inputs.metricQueries as { metric?: { metricName: string; dimensions: object } }[]).flatMap(({ metric }) =>
        metric === undefined ? [] : [metric],
    );

test.each([
    ["dev", 5, 10],
    ["staging", 3, 5],
    ["prod", 1, 2],
])(
    "in %s an alarm fires at more than %i %% failed payments or %i %% throttled calls in five minutes",
    async (stack, errors, throttles) => {
        const dimensions = { TableName: `payment-transactions-${stack}` };
        const failed = await alarm(stack, "validator-function-errors");
        expect(failed.inputs).toMatchObject({ evaluationPeriods: 1, threshold: errors });
        expect(metricsOf(failed)).toMatchObject([
            { metricName: "Invocations", period: 300 },
            { metricName: "Errors", period: 300, dimensions: { FunctionName: `payment-validator-${stack}` } },
        ]);
        for (const [noun, requests, metricName] of [
            ["reads-throttled", "ConsumedReadCapacityUnits", "ReadThrottleEvents"],
            ["writes-throttled", "ConsumedWriteCapacityUnits", "WriteThrottleEvents"],
        ] as const) {
            const ofIndex = { ...dimensions, GlobalSecondaryIndexName: "customer-index" };
            for (const [part, expected] of [
                ["transactions", dimensions],
                ["transactions-index", ofIndex],
            ] as const) {
                const throttled = await alarm(stack, `${part}-${noun}`);
                expect(throttled.inputs).toMatchObject({ evaluationPeriods: 1, threshold: throttles });
                expect(metricsOf(throttled)).toMatchObject([
                    { metricName: requests, dimensions: expected },
                    { metricName, dimensions: expected, period: 300 },
                ]);
            }
        }
    },
);

test("an alarm fires when a payment takes four fifths of the function's timeout, before one fails", async () => {
    const { inputs } = await alarm("dev", "validator-function-slow");
    expect(inputs).toMatchObject({ metricName: "Duration", statistic: "Maximum", threshold: 24_000 });
});

test("an alarm fires on one rejected call in a hundred, and at once on an event in the dead-letter queue", async () => {
    expect((await alarm("dev", "validator-function-throttled")).inputs).toMatchObject({ threshold: 1 });
    expect((await alarm("dev", "validator-dead-letters")).inputs).toMatchObject({
        threshold: 0,
        dimensions: { QueueName: "payment-validator-dlq-dev" },
    });
});

test.each(["GetItem", "PutItem", "TransactWriteItems"])(
    "errors of DynamoDB in %s have an alarm for each operation",
    async (Operation) => {
        const metrics = metricsOf(await alarm("dev", `transactions-${Operation.toLowerCase()}-system-errors`));
        expect(metrics[1]).toMatchObject({
            metricName: "SystemErrors",
            dimensions: { TableName: "payment-transactions-dev", Operation },
        });
    },
);

const ofApi = { ApiName: "payment-gateway-dev", Stage: "v1" };

test.each([
    ["api-4xx", "4XXError", 10, 600],
    ["api-5xx", "5XXError", 2, 300],
])("the merchants' API: %s fires at %s above %i %% in %i seconds", async (noun, metricName, threshold, period) => {
    const found = await alarm("dev", `gateway-${noun}`);
    expect(found.inputs).toMatchObject({ threshold, evaluationPeriods: 1 });
    expect(metricsOf(found)).toMatchObject([
        { metricName: "Count", period, dimensions: ofApi },
        { metricName, period, dimensions: ofApi },
    ]);
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
        { id: "total", expression: "FILL(requests, 0)" },
        { id: "busy", expression: "IF(total >= 100, value, 0)" },
    ]);
});

test("an alarm fires at four fifths of a day's quotas, before merchants are throttled", async () => {
    const { inputs } = await alarm("dev", "gateway-usage-near-quota");
    expect(inputs).toMatchObject({ metricName: "Count", statistic: "Sum", period: 86_400, threshold: 800_000 });
});

test("the dashboard shows the API, the validator and its table", async () => {
    const [dashboard] = nodesOf(await planTestStack("dev"), typeTokens.dashboard);
    const { widgets } = parseJsonValue(dashboard?.inputs.dashboardBody) as {
        widgets: { properties: { metrics?: unknown[][] } }[];
    };
    const namespaces = widgets.flatMap(({ properties }) => properties.metrics?.map(([namespace]) => namespace) ?? []);
    expect(namespaces).toEqual(expect.arrayContaining(["AWS/ApiGateway", "AWS/Lambda", "AWS/DynamoDB"]));
});
