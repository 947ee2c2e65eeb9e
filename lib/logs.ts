import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { metricNamespace } from "../contract/container.ts";
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

/** Name of the log group of a service's containers. */
export const serviceLogGroup = (serviceName: string): string => `/ecs/${serviceName}`;

/** Name of the log group of a Lambda function, which is the one that Lambda creates. */
export const functionLogGroup = (functionName: string): string => `/aws/lambda/${functionName}`;

/** Name of the log group of a web ACL. WAF requires the prefix. */
export const webAclLogGroup = (webAclName: string): string => `aws-waf-logs-${webAclName}`;

/** Name of the log group to which API Gateway writes the errors of a stage. */
export const executionLogGroup = (restApiId: string, stage: string): string =>
    `API-Gateway-Execution-Logs_${restApiId}/${stage}`;

/** Name of the log group to which CloudTrail delivers the events of a trail. */
export const trailLogGroup = (trailName: string): string => `/cloudtrail/${trailName}`;

/** Metric of the error lines in a service's log. The name contains the service, because a metric filter sets no fixed dimension. */
export const errorMetric = (serviceName: string) => ({
    namespace: metricNamespace,
    name: `${serviceName}-errors`,
});
