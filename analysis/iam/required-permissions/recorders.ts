import { regionalHost } from "../../../lib/partitions.ts";
import type { Plan } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { logWriteActions, requirePermissions, requireKeyPermissions, type RequiredPermission } from "./permission.ts";

/** Flow logs (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html). */
const flowLogPermissions = (plan: Plan): RequiredPermission[] =>
    resourcesOfType(plan, "ec2/flowLog:FlowLog").flatMap((log) => {
        const [role, group] = [inputText(log, "iamRoleArn"), inputText(log, "logDestination")];
        return role === ""
            ? []
            : [
                  ...requirePermissions(log, role, logWriteActions, { resource: `${group}:log-stream:*` }),
                  ...requirePermissions(log, role, ["logs:DescribeLogStreams"], { resource: group }),
                  // AWS documents all three actions for the log group and for its streams.
                  ...[group, `${group}:*`].flatMap((resource) =>
                      requirePermissions(log, role, [...logWriteActions, "logs:DescribeLogStreams"], {
                          resource,
                          optional: true,
                      }),
                  ),
              ];
    });

/** CloudTrail names its log streams itself (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html). */
const cloudTrailPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "cloudtrail/trail:Trail").flatMap((trail) => {
        const group = inputText(trail, "cloudWatchLogsGroupArn").replace(/:\*$/, "");
        const stream = `${access.account}_CloudTrail_${access.region}*`;
        const bucket = `arn:${access.partition}:s3:::${inputText(trail, "s3BucketName")}`;
        const folder = ["", inputText(trail, "s3KeyPrefix")].filter((part, i) => i === 0 || part !== "").join("/");
        const service = "cloudtrail.amazonaws.com";
        const source = { "aws:SourceArn": arnOf(trail) };
        return [
            ...requirePermissions(trail, inputText(trail, "cloudWatchLogsRoleArn"), logWriteActions, {
                resource: `${group}:log-stream:${stream}`,
            }),
            ...requirePermissions(trail, service, ["s3:GetBucketAcl"], { resource: bucket, context: source }),
            ...requirePermissions(trail, service, ["s3:PutObject"], {
                resource: `${bucket}${folder}/AWSLogs/${access.account}/*`,
                context: { ...source, "s3:x-amz-acl": "bucket-owner-full-control" },
            }),
            ...requirePermissions(trail, service, ["kms:GenerateDataKey"], {
                resource: inputText(trail, "kmsKeyId"),
                context: { ...source, "kms:EncryptionContext:aws:cloudtrail:arn": arnOf(trail) },
            }),
            ...requirePermissions(trail, service, ["kms:DescribeKey", "kms:Decrypt"], {
                resource: inputText(trail, "kmsKeyId"),
                context: source,
            }),
        ];
    });

/** Enhanced monitoring (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html). */
const enhancedMonitoringPermissions = (plan: Plan, { partition }: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "rds/clusterInstance:ClusterInstance")
        .filter((instance) => inputText(instance, "monitoringRoleArn") !== "")
        .flatMap((instance) => {
            const role = inputText(instance, "monitoringRoleArn");
            const group = `arn:${partition}:logs:*:*:log-group:RDS*`;
            return [
                ...requirePermissions(instance, role, ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], {
                    resource: group,
                }),
                ...requirePermissions(
                    instance,
                    role,
                    [...logWriteActions, "logs:DescribeLogStreams", "logs:GetLogEvents"],
                    {
                        resource: `${group}:log-stream:*`,
                    },
                ),
            ];
        });

/** API Gateway requires all of these (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html). */
const apiGatewayPermissions = (plan: Plan): RequiredPermission[] =>
    resourcesOfType(plan, "apigateway/account:Account").flatMap((account) =>
        requirePermissions(
            account,
            inputText(account, "cloudwatchRoleArn"),
            [
                ...logWriteActions,
                "logs:CreateLogGroup",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
            ],
            { resource: "*" },
        ),
    );

/** AWS Config (https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html). */
const awsConfigPermissions = (plan: Plan, { account, partition, region }: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "cfg/recorder:Recorder").flatMap((recorder) => {
        const role = inputText(recorder, "roleArn");
        const readActions = [
            "dynamodb:DescribeTable",
            "ecr:DescribeRepositories",
            "kms:DescribeKey",
            "kms:GetKeyPolicy",
        ]
            .concat(["kms:GetKeyRotationStatus", "logs:DescribeLogGroups", "s3:GetBucketAcl", "s3:GetBucketPolicy"])
            .concat(["secretsmanager:ListSecrets", "sns:GetTopicAttributes", "sqs:GetQueueAttributes"]);
        return [
            ...requirePermissions(recorder, role, readActions, { resource: "*", optional: true }),
            ...resourcesOfType(plan, "cfg/deliveryChannel:DeliveryChannel").flatMap((channel) => {
                const bucket = `arn:${partition}:s3:::${inputText(channel, "s3BucketName")}`;
                const key = inputText(channel, "s3KmsKeyArn");
                const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };
                const resource = `${bucket}/AWSLogs/${account}/*`;
                return [
                    ...requirePermissions(recorder, role, ["s3:PutObject"], { resource, context: acl }),
                    ...requirePermissions(recorder, role, ["s3:PutObjectAcl"], {
                        resource,
                        context: acl,
                        optional: true,
                    }),
                    ...requirePermissions(recorder, role, ["s3:GetBucketAcl"], { resource: bucket }),
                    ...requireKeyPermissions(
                        recorder,
                        role,
                        ["kms:Decrypt", "kms:GenerateDataKey"],
                        key,
                        regionalHost("s3", region),
                    ),
                    // AWS's example grants the use of the key without a condition on the service.
                    ...requirePermissions(recorder, role, ["kms:Decrypt", "kms:GenerateDataKey"], {
                        resource: key,
                        context: { "kms:ViaService": undefined },
                        optional: true,
                    }),
                ];
            }),
        ];
    });

/** Permissions of the AWS services that record: flow logs, CloudTrail, enhanced monitoring, API Gateway logs, AWS Config. */
export const recorderPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] => [
    ...flowLogPermissions(plan),
    ...cloudTrailPermissions(plan, access),
    ...enhancedMonitoringPermissions(plan, access),
    ...apiGatewayPermissions(plan),
    ...awsConfigPermissions(plan, access),
];
