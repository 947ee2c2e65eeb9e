import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, grantRole, trustPolicy } from "./iam.ts";
import { metricNamespace } from "../contract/container.ts";
import { alarmTable } from "./monitoring/alarm-table.ts";
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
        const inside = { parent: this };
        // The trust policy of the role compares the ARN of the schedule group, not of the schedule
        // (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
        const group = new aws.scheduler.ScheduleGroup(name, { name }, inside);
        const roleArn = grantRole(
            name,
            {
                scope,
                description: "Lets the scheduler say that a restore drill is overdue",
                assumeRolePolicy: trustPolicy(scope, "scheduler.amazonaws.com", {
                    service: "scheduler",
                    resource: `schedule-group/${name}`,
                }),
                statements: [
                    {
                        Effect: "Allow",
                        Action: "cloudwatch:PutMetricData",
                        // PutMetricData has no resource type; only the namespace can be restricted
                        // (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html).
                        Resource: "*",
                        Condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
                    },
                    {
                        // The scheduler decrypts the input with this role, without `kms:ViaService` in the request
                        // (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management).
                        Effect: "Allow",
                        Action: "kms:Decrypt",
                        Resource: keyArn,
                        Condition: {
                            StringEquals: {
                                "kms:EncryptionContext:aws:scheduler:schedule:arn": arn(
                                    scope,
                                    "scheduler",
                                    `schedule/${name}/${name}`,
                                ),
                            },
                        },
                    },
                ],
            },
            inside,
        );
        new aws.scheduler.Schedule(
            name,
            {
                name,
                groupName: group.name,
                description: "Raises the alarm of restore drills, beginning when the next one is due",
                // At least one data point in each of the alarm's periods, which are a day.
                scheduleExpression: "rate(12 hours)",
                flexibleTimeWindow: { mode: "OFF" },
                state: settings.drillEveryDays > 0 ? "ENABLED" : "DISABLED",
                kmsKeyArn: keyArn,
                target: {
                    arn: pulumi.interpolate`arn:${scope.partition}:scheduler:::aws-sdk:cloudwatch:putMetricData`,
                    roleArn,
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
            },
            { ...inside, ignoreChanges: ["startDate"] },
        );
        this.registerOutputs({});
    }
}
