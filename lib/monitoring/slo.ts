import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../scope.ts";
import { runbookSection } from "./alarm-table.ts";
import { notifyActions, describeAlarm, type AlarmContext } from "./alarms.ts";
import { burnRates } from "./burn-rates.ts";

/** Share of requests that may fail in a month: the service level objective is 99.9 % availability. */
export const errorBudget = 0.001;

/** Below this rate the alarms ignore failures: one failure in ten requests is not significant. */
const minRequestsPerMinute = 20;

/** Metrics and expression of the share of failed requests at the load balancer: 0 with fewer than `minRequests` in the window. */
export function errorRatioQueries(loadBalancer: pulumi.Input<string>, windowMinutes: number, minRequests: number) {
    const sum = (id: string, metricName: string) => ({
        id,
        metric: {
            namespace: "AWS/ApplicationELB",
            metricName,
            dimensions: { LoadBalancer: loadBalancer },
            period: windowMinutes * 60,
            stat: "Sum",
        },
    });
    return [
        sum("answered", "RequestCount"),
        sum("failed", "HTTPCode_Target_5XX_Count"),
        // RequestCount has only requests for which a target was chosen, so those without a healthy target (503) are added. Where a
        // target did not answer (502, 504) both metrics count the request. The share is then too low, but never below half of it
        // (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
        sum("refused", "HTTPCode_ELB_5XX_Count"),
        { id: "total", expression: "FILL(answered, 0) + FILL(refused, 0)" },
        {
            id: "ratio",
            expression: `IF(total >= ${minRequests}, (FILL(failed, 0) + FILL(refused, 0)) / total, 0)`,
            label: "Share of failed requests",
            returnData: true,
        },
    ];
}

/** Creates a composite alarm per burn rate, which requires that both windows exceed it; returns these. */
export function createErrorBudgetAlarms(
    context: AlarmContext,
    loadBalancer: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.CompositeAlarm[] {
    return Object.entries(burnRates).map(([rate, row]) => {
        const windows = row.windowMinutes.map((minutes) => {
            const name = nameOf(context.scope, `${rate}-${minutes}m`);
            return new aws.cloudwatch.MetricAlarm(
                name,
                {
                    name,
                    alarmDescription: `One window of ${nameOf(context.scope, rate)}, which does the alerting. See ${runbookSection(rate)}`,
                    comparisonOperator: "GreaterThanThreshold",
                    threshold: row.factor * errorBudget,
                    evaluationPeriods: 1,
                    treatMissingData: "notBreaching",
                    metricQueries: errorRatioQueries(loadBalancer, minutes, minRequestsPerMinute * minutes),
                },
                opts,
            );
        });
        const alarm = nameOf(context.scope, rate);
        return new aws.cloudwatch.CompositeAlarm(
            alarm,
            {
                alarmName: alarm,
                alarmDescription: describeAlarm(rate, row),
                alarmRule: pulumi
                    .all(windows.map((window) => window.name))
                    .apply((names) => names.map((name) => `ALARM("${name}")`).join(" AND ")),
                ...notifyActions(context, row),
            },
            opts,
        );
    });
}
