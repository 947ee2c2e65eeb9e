import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface SurgeArgs {
    readonly target: aws.appautoscaling.Target;
    /** Requests a minute that target tracking keeps for each task. */
    readonly requestsPerTask: number;
    /** `targetgroup/<target group>/<id>` */
    readonly targetGroup: pulumi.Input<string>;
}

/**
 * Additional tasks, in percent of the desired ones, by how many times the requests of one minute exceed target tracking's
 * target. Twice the target within a minute is the beginning of a steeper increase: all tasks of a tenfold spike start.
 */
const steps = [
    { times: 1.5, addedPercent: 100 },
    { times: 2, addedPercent: 900 },
];

/** Seconds after a scale-out in which the tasks that it added count as part of the next one. */
const cooldown = 60;

/**
 * Scales out after one minute of far too many requests, where target tracking waits for three. It never scales in, so it does
 * not contradict target tracking, which scales in again.
 */
export function scaleOutOnSurge(name: string, args: SurgeArgs, opts: pulumi.CustomResourceOptions): void {
    const { target, requestsPerTask, targetGroup } = args;
    const [first = { times: 1, addedPercent: 0 }] = steps;
    // The bounds of a step are differences to the alarm's threshold.
    const bound = (times: number) => `${requestsPerTask * (times - first.times)}`;
    const policy = new aws.appautoscaling.Policy(
        name,
        {
            policyType: "StepScaling",
            serviceNamespace: target.serviceNamespace,
            resourceId: target.resourceId,
            scalableDimension: target.scalableDimension,
            stepScalingPolicyConfiguration: {
                adjustmentType: "PercentChangeInCapacity",
                metricAggregationType: "Average",
                cooldown,
                stepAdjustments: steps.map(({ times, addedPercent }, i) => {
                    const next = steps[i + 1];
                    return {
                        metricIntervalLowerBound: bound(times),
                        ...(next && { metricIntervalUpperBound: bound(next.times) }),
                        scalingAdjustment: addedPercent,
                    };
                }),
            },
        },
        opts,
    );
    new aws.cloudwatch.MetricAlarm(
        name,
        {
            name,
            alarmDescription:
                "Starts tasks for a sudden increase of requests. It notifies nobody, as nothing is to be done.",
            namespace: "AWS/ApplicationELB",
            metricName: "RequestCountPerTarget",
            dimensions: { TargetGroup: targetGroup },
            // The only statistic of this metric: the average of the targets, summed up over the period.
            statistic: "Sum",
            period: 60,
            evaluationPeriods: 1,
            comparisonOperator: "GreaterThanOrEqualToThreshold",
            threshold: requestsPerTask * first.times,
            treatMissingData: "notBreaching",
            alarmActions: [policy.arn],
        },
        opts,
    );
}
