import type { ParsedStatement } from "./statements.ts";

/** A policy of AWS's own that a role of ours has. */
interface ManagedPolicy {
    readonly statements: (partition: string) => ParsedStatement[];
    /** Why the role has AWS's policy and not a narrower one. */
    readonly why: string;
    readonly source: string;
}

const reference = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference";
const allow = (Action: string[], Resource: string | string[]): ParsedStatement => ({
    Effect: "Allow",
    Action,
    Resource,
});

/** AWS's managed policies that are attached somewhere, by the end of their ARN, with what they hold. */
export const managedPolicies: Readonly<Record<string, ManagedPolicy>> = {
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": {
        statements: () => [
            allow(
                [
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                    "logs:GetLogEvents",
                    "logs:FilterLogEvents",
                ],
                "*",
            ),
        ],
        why: "API Gateway takes one role for all REST APIs of an account and region, and asks for these rights",
        source: `${reference}/AmazonAPIGatewayPushToCloudWatchLogs.html`,
    },
    "service-role/AmazonRDSEnhancedMonitoringRole": {
        statements: (partition) => [
            allow(["logs:CreateLogGroup", "logs:PutRetentionPolicy"], `arn:${partition}:logs:*:*:log-group:RDS*`),
            allow(
                ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
                `arn:${partition}:logs:*:*:log-group:RDS*:log-stream:*`,
            ),
        ],
        why: "enhanced monitoring of all databases writes to one group of the account, RDSOSMetrics",
        source: `${reference}/AmazonRDSEnhancedMonitoringRole.html`,
    },
    "service-role/AWS_ConfigRole": {
        // Of some hundred services, those whose resources a plan has and that keep data; none of the actions reads data.
        statements: () => [
            allow(
                [
                    "dynamodb:DescribeTable",
                    "ecr:DescribeRepositories",
                    "kms:DescribeKey",
                    "kms:GetKeyPolicy",
                    "kms:GetKeyRotationStatus",
                    "logs:DescribeLogGroups",
                    "s3:GetBucketAcl",
                    "s3:GetBucketPolicy",
                    "secretsmanager:ListSecrets",
                    "sns:GetTopicAttributes",
                    "sqs:GetQueueAttributes",
                ],
                "*",
            ),
        ],
        why: "AWS Config looks at the configuration of every resource of the account; AWS keeps the list up",
        source: `${reference}/AWS_ConfigRole.html`,
    },
};

/** The row of `managed` for an ARN such as `arn:aws:iam::aws:policy/service-role/AWS_ConfigRole`. */
export const managedPolicyOf = (arn: string): [name: string, policy: ManagedPolicy | undefined] => {
    const [, name = ""] = arn.split(":iam::aws:policy/");
    return [name, managedPolicies[name]];
};
