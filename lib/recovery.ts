import * as pulumi from "@pulumi/pulumi";
import { metricNamespace } from "../contract/container.ts";
import { alarmTable } from "./monitoring/alarm-table.ts";
import { createSchedule } from "./schedule.ts";
import type { Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

export interface RecoveryArgs {
    readonly scope: Scope;
    readonly settings: Settings["recovery"];
    /** KMS key that encrypts the schedule's target input. */
    readonly keyArn: pulumi.Input<string>;
}

/**
 * Publishes a metric twice a day while a restore drill is overdue. It starts with the stack, because a backup is unproven until
 * it has been restored; each successful drill (docs/drills.md) moves the schedule's start date. A schedule is needed because
 * an alarm evaluates at most seven days (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
 */
export class Recovery extends pulumi.ComponentResource {
    constructor(name: string, { scope, settings, keyArn }: RecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Recovery", name, {}, opts);
        createSchedule(
            name,
            {
                scope,
                description: "Raises the alarm of restore drills, beginning when the next one is due",
                // At least one data point in each of the alarm's periods, which are a day.
                expression: "rate(12 hours)",
                isEnabled: settings.drillEveryDays > 0,
                target: {
                    arn: pulumi.interpolate`arn:${scope.partition}:scheduler:::aws-sdk:cloudwatch:putMetricData`,
                    input: pulumi.jsonStringify({
                        Namespace: metricNamespace,
                        MetricData: [
                            {
                                MetricName: alarmTable["drill-overdue"].metric,
                                Dimensions: [{ Name: "Environment", Value: scope.suffix }],
                                Value: 1,
                            },
                        ],
                    }),
                },
                role: {
                    description: "Lets the scheduler say that a restore drill is overdue",
                    statements: [
                        {
                            Effect: "Allow",
                            Action: "cloudwatch:PutMetricData",
                            // PutMetricData has no resource type; only the namespace can be restricted
                            // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
                            Resource: "*",
                            Condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
                        },
                    ],
                },
                keyArn,
            },
            { parent: this, ignoreChanges: ["startDate"] },
        );
        this.registerOutputs({});
    }
}
