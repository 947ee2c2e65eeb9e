import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./iam.ts";

/** Key and retention of a log group, as arguments of `aws.cloudwatch.LogGroup`. */
export interface LogStorage {
    readonly kmsKeyId: pulumi.Input<string>;
    readonly retentionInDays: number;
}

/** Allows writing to any log stream of a log group. */
export const writeLogStatement = (group: aws.cloudwatch.LogGroup): Statement => ({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: pulumi.interpolate`${group.arn}:log-stream:*`,
});

/**
 * Name of a log group to which AWS delivers logs. One resource policy covers every group with this prefix; for other
 * names AWS extends a policy whose size is limited
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html).
 */
export const vendedLogGroupName = (service: string, name: string): string => `/aws/vendedlogs/${service}/${name}`;

/** CloudWatch namespace of the platform's custom metrics. */
export const metricNamespace = "PaymentPlatform";

/** Metric of the error lines in a service's log. The name contains the service, because a metric filter sets no fixed dimension. */
export const errorMetric = (serviceName: string) => ({
    namespace: metricNamespace,
    name: `${serviceName}-errors`,
});
