import { expect, test } from "@jest/globals";
import type { AlarmSubject } from "../../lib/monitoring/alarms.ts";
import { dashboardBody } from "../../lib/monitoring/dashboard.ts";
import { findNode, planComponent } from "../recorder.ts";
import { parseJsonValue, exposeValue } from "./fixtures.ts";

interface Widget {
    type: string;
    width: number;
    height: number;
    properties: {
        title: string;
        region?: string;
        metrics?: unknown[][];
        alarms?: string[];
        period?: number;
        view?: string;
        setPeriodToTimeRange?: boolean;
    };
}

const subjects: AlarmSubject[] = [
    { kind: "alb", name: "edge", dimensions: { LoadBalancer: "app/payment/1" } },
    { kind: "service", name: "api", dimensions: { ClusterName: "c", ServiceName: "s-api" } },
    { kind: "service", name: "risk", dimensions: { ClusterName: "c", ServiceName: "s-risk" } },
    { kind: "target", name: "api", dimensions: { TargetGroup: "tg", LoadBalancer: "app/payment/1" } },
    { kind: "application-log", name: "api", dimensions: {}, metric: "api-errors" },
    { kind: "messages", name: "risk", dimensions: { Service: "risk", Environment: "dev" } },
    { kind: "outbox", name: "api", dimensions: { Service: "api", Environment: "dev" } },
    { kind: "payments", name: "risk", dimensions: { Service: "risk", Environment: "dev" } },
    { kind: "acquirer", name: "risk", dimensions: { Service: "risk", Environment: "dev" } },
    { kind: "reconciliation", name: "risk", dimensions: { Service: "risk", Environment: "dev" } },
    { kind: "running-tasks", name: "api", dimensions: { ClusterName: "c", ServiceName: "s-api" } },
    { kind: "queue", name: "processing", dimensions: { QueueName: "q" } },
    { kind: "dead-letters", name: "processing", dimensions: { QueueName: "q-dlq" } },
    { kind: "database", name: "database", dimensions: { DBClusterIdentifier: "db" } },
    { kind: "cache", name: "cache-1", dimensions: { CacheClusterId: "cache-001" } },
    { kind: "api", name: "gateway", dimensions: { ApiName: "a", Stage: "v1" } },
    { kind: "api-usage", name: "gateway", dimensions: { ApiName: "a", Stage: "v1" } },
    { kind: "function", name: "validator", dimensions: { FunctionName: "f" } },
    { kind: "table", name: "transactions", dimensions: { TableName: "t" } },
    { kind: "table", name: "index", dimensions: { TableName: "t", GlobalSecondaryIndexName: "i" } },
    { kind: "table-operation", name: "transactions-putitem", dimensions: { TableName: "t", Operation: "PutItem" } },
];

const alarmArns = [
    "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a",
    "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:b",
];

async function widgets(alarms = alarmArns): Promise<Widget[]> {
    const plan = await planComponent(() => {
        const args = { region: "eu-west-1", subjects, loadBalancer: "app/payment/1", alarmArns: alarms };
        exposeValue("shown", dashboardBody(args));
    });
    return (parseJsonValue(findNode(plan, "shown").inputs.value) as { widgets: Widget[] }).widgets;
}

const titled = async (title: string) => (await widgets()).find(({ properties }) => properties.title === title);

test("the dashboard begins with the burn rates and the remaining error budget", async () => {
    const [alarms, budget] = await widgets();
    expect(alarms).toMatchObject({ type: "alarm", properties: { title: "Alarms", alarms: alarmArns } });
    expect(budget?.properties.title).toBe("Error budget left of 30 days (%), from 1000 requests on");
});

test("a second list has the alarms that exceed CloudWatch's limit for one", async () => {
    const many = Array.from({ length: 101 }, (_, i) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${i}`);
    const lists = (await widgets(many)).filter(({ type }) => type === "alarm");
    expect(lists.map(({ properties }) => properties.alarms)).toEqual([many.slice(0, 100), many.slice(100)]);
});

test("the remaining budget is what a month of failed requests has not used", async () => {
    const metric = (id: string, name: string) => [
        "AWS/ApplicationELB",
        name,
        "LoadBalancer",
        "app/payment/1",
        { id, stat: "Sum", visible: false },
    ];
    const budget = await titled("Error budget left of 30 days (%), from 1000 requests on");
    expect(budget).toMatchObject({
        type: "metric",
        properties: {
            region: "eu-west-1",
            view: "singleValue",
            setPeriodToTimeRange: true,
            start: "-P30D",
            end: "P0D",
        },
    });
    expect(budget?.properties.metrics).toEqual([
        metric("answered", "RequestCount"),
        metric("failed", "HTTPCode_Target_5XX_Count"),
        metric("refused", "HTTPCode_ELB_5XX_Count"),
        [{ id: "total", expression: "FILL(answered, 0) + FILL(refused, 0)", visible: false }],
        [
            {
                id: "ratio",
                // With fewer, one failed request would be more than the whole budget.
                expression: "IF(total >= 1000, (FILL(failed, 0) + FILL(refused, 0)) / total, 0)",
                visible: false,
            },
        ],
        [{ id: "left", expression: "100 * (1 - ratio / 0.001)", label: "Error budget left (%)" }],
    ]);
});

test.each([
    ["Requests by service", ["AWS/ApplicationELB RequestCount api"]],
    ["Latency p99 (s)", ["AWS/ApplicationELB TargetResponseTime api"]],
    ["Failed requests by service", ["AWS/ApplicationELB HTTPCode_Target_5XX_Count api"]],
    [
        "Payments by result",
        ["PaymentsCaptured", "PaymentsDeclined", "PaymentsFailed"].map((metric) => `PaymentPlatform ${metric} risk`),
    ],
    [
        "Oldest payment and refund that wait (s)",
        ["AcceptedAge", "AuthorizedAge", "RefundAge"].map((metric) => `PaymentPlatform ${metric} risk`),
    ],
    ["Message that fails again: age (s)", ["PaymentPlatform FailedMessageAge risk"]],
    ["Oldest message that was not sent (s)", ["PaymentPlatform OutboxAge api"]],
    ["Acquirer: latency p99 (ms)", ["PaymentPlatform AcquirerLatency risk"]],
    ["Acquirer: calls and errors", ["PaymentPlatform AcquirerLatency risk", "PaymentPlatform AcquirerErrors risk"]],
    ["Differences from the acquirer's report", ["PaymentPlatform ReconciliationDifferences risk"]],
    ["Newest day compared with the acquirer's report: age (s)", ["PaymentPlatform ReconciliationAge risk"]],
    ["CPU of services (%)", ["AWS/ECS CPUUtilization api", "AWS/ECS CPUUtilization risk"]],
    ["Memory of services (%)", ["AWS/ECS MemoryUtilization api", "AWS/ECS MemoryUtilization risk"]],
    ["Age of the oldest message (s)", ["AWS/SQS ApproximateAgeOfOldestMessage processing"]],
    ["Messages waiting", ["AWS/SQS ApproximateNumberOfMessagesVisible processing"]],
    ["Dead letters", ["AWS/SQS ApproximateNumberOfMessagesVisible processing"]],
    [
        "Database capacity and connections",
        ["AWS/RDS ServerlessDatabaseCapacity database", "AWS/RDS DatabaseConnections database"],
    ],
    [
        "Cache memory and CPU (%)",
        ["AWS/ElastiCache DatabaseMemoryUsagePercentage cache-1", "AWS/ElastiCache EngineCPUUtilization cache-1"],
    ],
    [
        "Merchants' API: requests and failures",
        ["Count", "4XXError", "5XXError"].map((metric) => `AWS/ApiGateway ${metric} gateway`),
    ],
    ["Merchants' API: latency p99 (ms)", ["AWS/ApiGateway Latency gateway"]],
    [
        "Validator: calls and failures",
        ["Invocations", "Errors", "Throttles"].map((metric) => `AWS/Lambda ${metric} validator`),
    ],
    ["Validator: duration (ms)", ["AWS/Lambda Duration validator"]],
    [
        "Transaction log: units used",
        ["transactions", "index"].flatMap((part) => [
            `AWS/DynamoDB ConsumedReadCapacityUnits ${part}`,
            `AWS/DynamoDB ConsumedWriteCapacityUnits ${part}`,
        ]),
    ],
    [
        "Transaction log: throttled",
        ["transactions", "index"].flatMap((part) => [
            `AWS/DynamoDB ReadThrottleEvents ${part}`,
            `AWS/DynamoDB WriteThrottleEvents ${part}`,
        ]),
    ],
])("%s has a line for each part that has the metric", async (title, expected) => {
    const lines = (await titled(title))?.properties.metrics ?? [];
    const shown = lines.map((line) => {
        const { label } = line.at(-1) as { label: string };
        return `${String(line[0])} ${String(line[1])} ${label.replace(/ .*/, "")}`;
    });
    expect(shown).toEqual(expected);
});

test("a line has the dimensions of its part", async () => {
    expect((await titled("Dead letters"))?.properties.metrics).toEqual([
        [
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            "q-dlq",
            { stat: "Maximum", label: "processing ApproximateNumberOfMessagesVisible" },
        ],
    ]);
});

test("every graph has its region: a dashboard is shown in all of them", async () => {
    const graphs = (await widgets()).filter(({ type }) => type === "metric");
    expect(graphs).toHaveLength(25);
    expect(graphs.map(({ properties }) => properties.region)).toEqual(graphs.map(() => "eu-west-1"));
});
