import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../scope.ts";
import type { Severity } from "../alerts.ts";
import { actions, type AlarmContext } from "./alarms.ts";

/** Share of requests that may fail in a month: the platform promises 99.9 % availability. */
export const errorBudget = 0.001;

interface BurnRate {
    /** How many times faster than allowed the budget goes. */
    readonly factor: number;
    /** Both windows must burn: the long one shows that it matters, the short one that it still goes on. */
    readonly windowMinutes: readonly [long: number, short: number];
    readonly severity: Severity;
    readonly then: string;
}

/** Windows and factors of "Alerting on SLOs" (https://sre.google/workbook/alerting-on-slos/): 2 % of the budget, then 5 %. */
export const burnRates: Readonly<Record<string, BurnRate>> = {
    "budget-burns-fast": {
        factor: 14.4,
        windowMinutes: [60, 5],
        severity: "critical",
        then: "At this rate the month's error budget is gone in two days: roll back the last deployment, then look for the cause.",
    },
    "budget-burns-slowly": {
        factor: 6,
        windowMinutes: [360, 30],
        severity: "warning",
        then: "At this rate the month's error budget is gone in five days: find the failing service in the dashboard.",
    },
};

/** Fewer requests than this a minute prove nothing: one failure among ten is no trend. */
const minRequestsPerMinute = 20;

/** Metrics and expression of the share of failed requests at the load balancer. */
export function errorRatioQueries(loadBalancer: pulumi.Input<string>, windowMinutes: number) {
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
        // Not among the answered ones: no target was there to take them.
        sum("refused", "HTTPCode_ELB_5XX_Count"),
        { id: "total", expression: "FILL(answered, 0) + FILL(refused, 0)" },
        {
            id: "ratio",
            expression: `IF(total >= ${minRequestsPerMinute * windowMinutes}, (FILL(failed, 0) + FILL(refused, 0)) / total, 0)`,
            label: "Share of failed requests",
            returnData: true,
        },
    ];
}

/** Raises an alarm per burn rate, when both of its windows burn. */
export function watchErrorBudget(
    context: AlarmContext,
    loadBalancer: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    for (const [rate, row] of Object.entries(burnRates)) {
        const windows = row.windowMinutes.map((minutes) => {
            const name = nameOf(context.scope, `${rate}-${minutes}m`);
            return new aws.cloudwatch.MetricAlarm(
                name,
                {
                    name,
                    alarmDescription: `One window of ${nameOf(context.scope, rate)}, which does the alerting.`,
                    comparisonOperator: "GreaterThanThreshold",
                    threshold: row.factor * errorBudget,
                    evaluationPeriods: 1,
                    treatMissingData: "notBreaching",
                    metricQueries: errorRatioQueries(loadBalancer, minutes),
                },
                opts,
            );
        });
        const alarm = nameOf(context.scope, rate);
        new aws.cloudwatch.CompositeAlarm(
            alarm,
            {
                alarmName: alarm,
                alarmDescription: row.then,
                alarmRule: pulumi
                    .all(windows.map((window) => window.name))
                    .apply((names) => names.map((name) => `ALARM("${name}")`).join(" AND ")),
                ...actions(context, row),
            },
            opts,
        );
    }
}
