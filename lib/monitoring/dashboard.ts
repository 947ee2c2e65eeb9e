import * as pulumi from "@pulumi/pulumi";
import { namespaceByKind } from "./alarm-row.ts";
import type { AlarmSubject } from "./alarms.ts";
import { errorBudget, errorRatioQueries } from "./slo.ts";

export interface DashboardArgs {
    readonly region: string;
    readonly subjects: readonly AlarmSubject[];
    readonly loadBalancer: pulumi.Input<string>;
    readonly alarmArns: pulumi.Input<string>[];
}

type MetricRow = (string | Record<string, unknown> | pulumi.Input<string>)[];
interface Widget {
    readonly type: "metric" | "alarm";
    readonly width: number;
    readonly height: number;
    readonly properties: Record<string, unknown>;
}

/** One graph per row, with a line for each subject of the kind. */
const graphs: readonly { title: string; kind: AlarmSubject["kind"]; metrics: [metric: string, stat: string][] }[] = [
    { title: "Requests by service", kind: "target", metrics: [["RequestCount", "Sum"]] },
    { title: "Latency p99 (s)", kind: "target", metrics: [["TargetResponseTime", "p99"]] },
    { title: "Failed requests by service", kind: "target", metrics: [["HTTPCode_Target_5XX_Count", "Sum"]] },
    {
        title: "Payments by result",
        kind: "payments",
        metrics: [
            ["PaymentsCaptured", "Sum"],
            ["PaymentsDeclined", "Sum"],
            ["PaymentsFailed", "Sum"],
        ],
    },
    {
        title: "Oldest payment and refund that wait (s)",
        kind: "payments",
        metrics: [
            ["AcceptedAge", "Maximum"],
            ["AuthorizedAge", "Maximum"],
            ["RefundAge", "Maximum"],
        ],
    },
    { title: "Message that fails again: age (s)", kind: "messages", metrics: [["FailedMessageAge", "Maximum"]] },
    { title: "Oldest message that was not sent (s)", kind: "outbox", metrics: [["OutboxAge", "Maximum"]] },
    { title: "Acquirer: latency p99 (ms)", kind: "acquirer", metrics: [["AcquirerLatency", "p99"]] },
    {
        title: "Acquirer: calls and errors",
        kind: "acquirer",
        metrics: [
            ["AcquirerLatency", "SampleCount"],
            ["AcquirerErrors", "Sum"],
        ],
    },
    {
        title: "Differences from the acquirer's report",
        kind: "reconciliation",
        metrics: [["ReconciliationDifferences", "Maximum"]],
    },
    {
        title: "Newest day compared with the acquirer's report: age (s)",
        kind: "reconciliation",
        metrics: [["ReconciliationAge", "Maximum"]],
    },
    { title: "CPU of services (%)", kind: "service", metrics: [["CPUUtilization", "Average"]] },
    { title: "Memory of services (%)", kind: "service", metrics: [["MemoryUtilization", "Average"]] },
    { title: "Age of the oldest message (s)", kind: "queue", metrics: [["ApproximateAgeOfOldestMessage", "Maximum"]] },
    { title: "Messages waiting", kind: "queue", metrics: [["ApproximateNumberOfMessagesVisible", "Maximum"]] },
    { title: "Dead letters", kind: "dead-letters", metrics: [["ApproximateNumberOfMessagesVisible", "Maximum"]] },
    {
        title: "Database capacity and connections",
        kind: "database",
        metrics: [
            ["ServerlessDatabaseCapacity", "Maximum"],
            ["DatabaseConnections", "Sum"],
        ],
    },
    {
        title: "Cache memory and CPU (%)",
        kind: "cache",
        metrics: [
            ["DatabaseMemoryUsagePercentage", "Maximum"],
            ["EngineCPUUtilization", "Maximum"],
        ],
    },
    {
        title: "Merchants' API: requests and failures",
        kind: "api",
        metrics: [
            ["Count", "Sum"],
            ["4XXError", "Sum"],
            ["5XXError", "Sum"],
        ],
    },
    { title: "Merchants' API: latency p99 (ms)", kind: "api", metrics: [["Latency", "p99"]] },
    {
        title: "Validator: calls and failures",
        kind: "function",
        metrics: [
            ["Invocations", "Sum"],
            ["Errors", "Sum"],
            ["Throttles", "Sum"],
        ],
    },
    { title: "Validator: duration (ms)", kind: "function", metrics: [["Duration", "p99"]] },
    {
        title: "Transaction log: units used",
        kind: "table",
        metrics: [
            ["ConsumedReadCapacityUnits", "Sum"],
            ["ConsumedWriteCapacityUnits", "Sum"],
        ],
    },
    {
        title: "Transaction log: throttled",
        kind: "table",
        metrics: [
            ["ReadThrottleEvents", "Sum"],
            ["WriteThrottleEvents", "Sum"],
        ],
    },
];

/** Body of the dashboard: active alarms, the remaining error budget, then a graph per row. */
export function dashboardBody(args: DashboardArgs): pulumi.Output<string> {
    const widgets: Widget[] = [
        ...alarmLists(args.alarmArns),
        errorBudgetWidget(args),
        // CloudWatch rejects a graph without metrics.
        ...graphs
            .filter(({ kind }) => args.subjects.some((subject) => subject.kind === kind))
            .map(({ title, kind, metrics }) => ({
                type: "metric" as const,
                width: 8,
                height: 6,
                properties: {
                    title,
                    region: args.region,
                    view: "timeSeries",
                    period: 60,
                    metrics: args.subjects
                        .filter((subject) => subject.kind === kind)
                        .flatMap((subject) => metrics.map(([metric, stat]) => metricLine(subject, metric, stat))),
                },
            })),
    ];
    return pulumi.jsonStringify({ widgets });
}

/** CloudWatch allows 100 alarms per widget. */
function alarmLists(alarmArns: readonly pulumi.Input<string>[]): Widget[] {
    const maxAlarms = 100;
    return [...Array(Math.ceil(alarmArns.length / maxAlarms)).keys()].map((i) => ({
        type: "alarm",
        width: 16,
        height: 4,
        properties: { title: "Alarms", alarms: alarmArns.slice(i * maxAlarms, (i + 1) * maxAlarms) },
    }));
}

const metricLine = ({ kind, name, dimensions }: AlarmSubject, metric: string, stat: string): MetricRow => [
    namespaceByKind[kind],
    metric,
    ...Object.entries(dimensions ?? {}).flat(),
    { stat, label: `${name} ${metric}` },
];

/** Remaining share of the error budget of the last thirty days: all of it while one failed request would be the whole budget. */
function errorBudgetWidget({ region, loadBalancer }: DashboardArgs): Widget {
    const days = 30;
    const minRequests = 1 / errorBudget;
    const queries = errorRatioQueries(loadBalancer, days * 24 * 60, minRequests);
    const metrics: MetricRow[] = queries.map((query) =>
        "metric" in query
            ? [
                  query.metric.namespace,
                  query.metric.metricName,
                  ...Object.entries(query.metric.dimensions).flat(),
                  { id: query.id, stat: query.metric.stat, visible: false },
              ]
            : [{ id: query.id, expression: query.expression, visible: false }],
    );
    const left = { expression: `100 * (1 - ratio / ${errorBudget})`, id: "left", label: "Error budget left (%)" };
    return {
        type: "metric",
        width: 8,
        height: 4,
        properties: {
            title: `Error budget left of ${days} days (%), from ${minRequests} requests on`,
            region,
            view: "singleValue",
            // Always the last thirty days, independent of the dashboard's time range.
            setPeriodToTimeRange: true,
            start: `-P${days}D`,
            end: "P0D",
            metrics: [...metrics, [left]],
        },
    };
}
