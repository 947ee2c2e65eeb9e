import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alerts.ts";
import { nameOf, type Scope } from "../scope.ts";
import { namespaceByKind, type AlarmRow, type AlarmSubjectKind } from "./alarm-row.ts";
import { alarmTable, runbookSection, type AlarmName } from "./alarm-table.ts";

/** One subject of the alarm table, such as a queue. */
export interface AlarmSubject {
    readonly kind: AlarmSubjectKind;
    /** First part of the alarm's name: `api` gives `payment-api-cpu-high-dev`. */
    readonly name: string;
    readonly dimensions: Record<string, pulumi.Input<string>>;
    /** Name of the metric, if each subject has its own. */
    readonly metric?: string;
    /** Thresholds from the subject's settings. */
    readonly thresholds?: Partial<Record<AlarmName, number>>;
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

function metricAlarm(row: AlarmRow, subject: AlarmSubject, threshold?: number): aws.cloudwatch.MetricAlarmArgs {
    return {
        comparisonOperator: row.below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold: threshold ?? row.above ?? row.below,
        evaluationPeriods: row.periods,
        treatMissingData: row.missingDataBreaches ? "breaching" : "notBreaching",
        ...(row.minRequests === undefined
            ? plainMetric(row, subject)
            : { metricQueries: metricDuringTraffic(row, subject, row.minRequests) }),
    };
}

const plainMetric = ({ metric, statistic, minutes }: AlarmRow, subject: AlarmSubject) => ({
    namespace: namespaceByKind[subject.kind],
    metricName: subject.metric ?? metric,
    dimensions: subject.dimensions,
    period: minutes * 60,
    statistic,
});

/** The metric while there is traffic, else zero: a few slow requests at night must not raise the alarm. */
function metricDuringTraffic(row: AlarmRow, { kind, dimensions }: AlarmSubject, minRequests: number) {
    const metric = (metricName: string, stat: string) => ({
        metricName,
        namespace: namespaceByKind[kind],
        dimensions,
        period: row.minutes * 60,
        stat,
    });
    return [
        { id: "requests", metric: metric(row.requestMetric ?? "RequestCount", "Sum") },
        { id: "value", metric: metric(row.metric, row.statistic) },
        {
            id: "busy",
            expression: `IF(FILL(requests, 0) >= ${minRequests}, value, 0)`,
            label: `${row.metric} while busy`,
            returnData: true,
        },
    ];
}
