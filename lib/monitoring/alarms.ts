import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alerts.ts";
import { nameOf, type Scope } from "../scope.ts";
import { requireItem } from "../list.ts";
import { isShare, namespaceByKind, wholeOf, type AlarmRow, type AlarmSubjectKind } from "./alarm-row.ts";
import { alarmTable, runbookSection, type AlarmName } from "./alarm-table.ts";

/** One subject of the alarm table, such as a queue. */
export interface AlarmSubject {
    readonly kind: AlarmSubjectKind;
    /** First part of the alarm's name: `api` gives `payment-api-cpu-high-dev`. */
    readonly name: string;
    /** @default none: an empty map is not what the provider reads back */
    readonly dimensions?: Record<string, pulumi.Input<string>>;
    /** Name of the metric, if each subject has its own. */
    readonly metric?: string;
    /** Metrics whose sum counts the subject's requests, if its own namespace has none. */
    readonly requestMetrics?: readonly Metric[];
    /** The metric that an alarm's `onlyWhile` names, if it has another namespace or other dimensions than the subject. */
    readonly whileMetric?: Metric;
    /** Thresholds from the subject's settings. */
    readonly thresholds?: Partial<Record<AlarmName, number>>;
}

interface Metric {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions?: Record<string, pulumi.Input<string>>;
}

export interface AlarmContext {
    readonly scope: Scope;
    readonly topicArns: Readonly<Record<Severity, pulumi.Input<string>>>;
    /** Thresholds of this stack, by name of the alarm. */
    readonly thresholds: Readonly<Record<string, number | undefined>>;
}

export const alarmName = (scope: Scope, subject: Pick<AlarmSubject, "name">, alarm: AlarmName): string =>
    nameOf(scope, `${subject.name}-${alarm}`);

/** An alarm's description: the first action and the runbook's section. AWS allows 1,024 characters. */
export const describeAlarm = (alarm: string, { firstAction }: Pick<AlarmRow, "firstAction">): string =>
    `${firstAction} See ${runbookSection(alarm)}`;

/** Creates the alarms of each row for each of its subjects; returns them by name. */
export function createAlarms(
    context: AlarmContext,
    subjects: readonly AlarmSubject[],
    opts: pulumi.CustomResourceOptions,
): Record<string, aws.cloudwatch.MetricAlarm> {
    const rows = Object.entries(alarmTable) as [AlarmName, AlarmRow][];
    return Object.fromEntries(
        subjects.flatMap((subject) =>
            rows
                .filter(([, row]) => row.subjectKind === subject.kind)
                .map(([alarm, row]) => {
                    const name = alarmName(context.scope, subject, alarm);
                    const alarmDescription = describeAlarm(alarm, row);
                    const args = metricAlarm(row, subject, context.thresholds[alarm] ?? subject.thresholds?.[alarm]);
                    return [
                        name,
                        new aws.cloudwatch.MetricAlarm(
                            name,
                            { name, alarmDescription, ...args, ...notifyActions(context, row) },
                            opts,
                        ),
                    ];
                }),
        ),
    );
}

/** Notifies the topic of the severity when the alarm starts and when it ends. */
export const notifyActions = (
    { topicArns }: Pick<AlarmContext, "topicArns">,
    { severity }: Pick<AlarmRow, "severity">,
) => ({
    alarmActions: [topicArns[severity]],
    okActions: [topicArns[severity]],
});

function metricAlarm(row: AlarmRow, subject: AlarmSubject, ownThreshold?: number): aws.cloudwatch.MetricAlarmArgs {
    const threshold = ownThreshold ?? row.above ?? row.below;
    return {
        comparisonOperator: row.below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold,
        evaluationPeriods: row.periods,
        treatMissingData: missingData(row, subject),
        ...alarmMetric(row, subject, threshold ?? 0),
    };
}

/**
 * What the alarm makes of periods without data. On metrics of DynamoDB it always stays as it is, whatever it was told
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
 */
const missingData = ({ missingDataBreaches }: AlarmRow, { kind }: AlarmSubject): string =>
    namespaceByKind[kind] === "AWS/DynamoDB" ? "ignore" : missingDataBreaches ? "breaching" : "notBreaching";

function alarmMetric(row: AlarmRow, subject: AlarmSubject, threshold: number): Partial<aws.cloudwatch.MetricAlarmArgs> {
    if (row.statistic === "Rise") {
        // The first of two periods has none before it, and so no value.
        return { datapointsToAlarm: 1, metricQueries: riseOfShare(row, subject) };
    }
    if (row.requests !== undefined) {
        return { metricQueries: metricDuringTraffic(row, subject) };
    }
    return row.onlyWhile === undefined
        ? plainMetric(row, subject)
        : { metricQueries: metricWhile(row, subject, { condition: row.onlyWhile, threshold }) };
}

const plainMetric = ({ metric, statistic, minutes }: AlarmRow, subject: AlarmSubject) => ({
    namespace: namespaceByKind[subject.kind],
    metricName: subject.metric ?? metric,
    dimensions: subject.dimensions,
    period: minutes * 60,
    statistic,
});

/** The metric while the condition is above 0, else the threshold itself, which raises no alarm. */
function metricWhile(
    row: AlarmRow,
    subject: AlarmSubject,
    { condition, threshold }: { condition: string; threshold: number },
) {
    const { statistic, ...metric } = plainMetric(row, subject);
    return [
        { id: "condition", metric: { ...metric, metricName: condition, ...subject.whileMetric, stat: "Maximum" } },
        { id: "value", metric: { ...metric, stat: statistic } },
        {
            id: "watched",
            expression: `IF(FILL(condition, 1) > 0, value, ${threshold})`,
            label: `${metric.metricName} while ${condition} is above 0`,
            returnData: true,
        },
    ];
}

/** The metric, or its share of the requests, while there is traffic, else zero: one failure at night must not raise the alarm. */
function metricDuringTraffic(row: Extract<AlarmRow, { requests: object }>, subject: AlarmSubject) {
    const { namespace, metricName, dimensions } = plainMetric(row, subject);
    const { min, metric = "RequestCount", statistic = "Sum", othersOnly } = row.requests;
    const requestMetrics =
        subject.requestMetrics ?? [metric].flat().map((each) => ({ namespace, metricName: each, dimensions }));
    const ids = requestMetrics.map((_, i) => (i === 0 ? "requests" : `requests${i + 1}`));
    const counts = [...ids, ...(othersOnly ? ["value"] : [])].map((id) => `FILL(${id}, 0)`);
    const period = row.minutes * 60;
    const isRatio = isShare(row);
    return [
        ...requestMetrics.map((each, i) => ({
            id: requireItem(ids, i),
            metric: { ...each, period, stat: statistic },
        })),
        { id: "value", metric: { namespace, metricName, dimensions, period, stat: isRatio ? "Sum" : row.statistic } },
        { id: "total", expression: counts.join(" + ") },
        {
            id: "busy",
            expression: `IF(total >= ${min}, ${isRatio ? "100 * FILL(value, 0) / total" : "value"}, 0)`,
            label: isRatio ? `${metricName} in percent of ${wholeOf(row)}` : `${metricName} while busy`,
            returnData: true,
        },
    ];
}

/**
 * The share of the payments in percentage points above that of the period before, while both have enough payments, else zero. CloudWatch
 * gets the periods of the alarm's window, which slides by the minute
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html); `DIFF` is a value less the one before
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
 */
function riseOfShare(row: Extract<AlarmRow, { statistic: "Rise" }>, subject: AlarmSubject) {
    const { namespace, dimensions, period } = plainMetric(row, subject);
    const { min, metrics } = row.payments;
    const idOf = (metric: string) => `count${metrics.findIndex((each) => each === metric) + 1}`;
    return [
        ...metrics.map((metricName) => ({
            id: idOf(metricName),
            metric: { namespace, metricName, dimensions, period, stat: "Sum" },
        })),
        { id: "total", expression: metrics.map((metric) => `FILL(${idOf(metric)}, 0)`).join(" + ") },
        { id: "share", expression: `IF(total > 0, 100 * FILL(${idOf(row.metric)}, 0) / total, 0)` },
        {
            id: "rise",
            expression: `IF(total >= ${min}, IF(total - DIFF(total) >= ${min}, DIFF(share), 0), 0)`,
            label: `Rise of ${row.metric} in percentage points of payments`,
            returnData: true,
        },
    ];
}
