import type { ParsedStatement } from "./statements.ts";

/** A managed policy of AWS that a role of the stack has. */
interface ManagedPolicy {
    readonly statements: (partition: string) => ParsedStatement[];
    /** Why the role has AWS's policy instead of a narrower one. */
    readonly why: string;
    readonly source: string;
}

const reference = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference";
const allow = (Action: string[], Resource: string | string[]): ParsedStatement => ({
    Effect: "Allow",
    Action,
    Resource,
});

/** AWS's managed policies that the platform attaches, with their statements, by the end of their ARN. */
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
        why: "API Gateway uses one role for all REST APIs of an account and Region, and requires these permissions",
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
        // The policy covers about a hundred services; here are those that store data in a plan. No action reads that data.
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
        why: "AWS Config reads the configuration of every resource of the account, and AWS maintains the list of actions",
        source: `${reference}/AWS_ConfigRole.html`,
    },
};

/** Name and row of `managedPolicies` for an ARN such as `arn:aws:iam::aws:policy/service-role/AWS_ConfigRole`. */
export const managedPolicyOf = (arn: string): [name: string, policy: ManagedPolicy | undefined] => {
    const [, name = ""] = arn.split(":iam::aws:policy/");
    return [name, managedPolicies[name]];
};
