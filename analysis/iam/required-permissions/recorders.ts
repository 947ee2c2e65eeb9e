import type { Plan } from "../../../plan/plan.ts";
import { all, arnOf, text } from "../../../plan/query.ts";
import type { Access } from "../policies.ts";
import { needs, throughKey, type Need } from "./permission.ts";

const write = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** Flow logs (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html). */
const flowLogNeeds = (plan: Plan): Need[] =>
    all(plan, "ec2/flowLog:FlowLog").flatMap((log) => {
        const [role, group] = [text(log, "iamRoleArn"), text(log, "logDestination")];
        return role === ""
            ? []
            : [
                  ...needs(log, role, write, { resource: `${group}:log-stream:*` }),
                  ...needs(log, role, ["logs:DescribeLogStreams"], { resource: group }),
                  // AWS asks for all three on both, the group and what is in it.
                  ...[group, `${group}:*`].flatMap((resource) =>
                      needs(log, role, [...write, "logs:DescribeLogStreams"], { resource, optional: true }),
                  ),
              ];
    });

/** CloudTrail's own names for its streams (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html). */
const trailNeeds = (plan: Plan, access: Access): Need[] =>
    all(plan, "cloudtrail/trail:Trail").flatMap((trail) => {
        const group = text(trail, "cloudWatchLogsGroupArn").replace(/:\*$/, "");
        const stream = `${access.account}_CloudTrail_${access.region}*`;
        const bucket = `arn:${access.partition}:s3:::${text(trail, "s3BucketName")}`;
        const folder = ["", text(trail, "s3KeyPrefix")].filter((part, i) => i === 0 || part !== "").join("/");
        const service = "cloudtrail.amazonaws.com";
        const source = { "aws:SourceArn": arnOf(trail) };
        return [
            ...needs(trail, text(trail, "cloudWatchLogsRoleArn"), write, { resource: `${group}:log-stream:${stream}` }),
            ...needs(trail, service, ["s3:GetBucketAcl"], { resource: bucket, context: source }),
            ...needs(trail, service, ["s3:PutObject"], {
                resource: `${bucket}${folder}/AWSLogs/${access.account}/*`,
                context: { ...source, "s3:x-amz-acl": "bucket-owner-full-control" },
            }),
            ...needs(trail, service, ["kms:GenerateDataKey"], {
                resource: text(trail, "kmsKeyId"),
                context: { ...source, "kms:EncryptionContext:aws:cloudtrail:arn": arnOf(trail) },
            }),
            ...needs(trail, service, ["kms:DescribeKey"], { resource: text(trail, "kmsKeyId"), context: source }),
        ];
    });

/** Enhanced monitoring (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html). */
const monitoringNeeds = (plan: Plan, { partition }: Access): Need[] =>
    all(plan, "rds/clusterInstance:ClusterInstance")
        .filter((instance) => text(instance, "monitoringRoleArn") !== "")
        .flatMap((instance) => {
            const role = text(instance, "monitoringRoleArn");
            const group = `arn:${partition}:logs:*:*:log-group:RDS*`;
            return [
                ...needs(instance, role, ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], { resource: group }),
                ...needs(instance, role, [...write, "logs:DescribeLogStreams", "logs:GetLogEvents"], {
                    resource: `${group}:log-stream:*`,
                }),
            ];
        });

/** API Gateway asks for all of these (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html). */
const gatewayNeeds = (plan: Plan): Need[] =>
    all(plan, "apigateway/account:Account").flatMap((account) =>
        needs(
            account,
            text(account, "cloudwatchRoleArn"),
            [
                ...write,
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
const configNeeds = (plan: Plan, { account, partition, region }: Access): Need[] =>
    all(plan, "cfg/recorder:Recorder").flatMap((recorder) => {
        const role = text(recorder, "roleArn");
        const looks = ["dynamodb:DescribeTable", "ecr:DescribeRepositories", "kms:DescribeKey", "kms:GetKeyPolicy"]
            .concat(["kms:GetKeyRotationStatus", "logs:DescribeLogGroups", "s3:GetBucketAcl", "s3:GetBucketPolicy"])
            .concat(["secretsmanager:ListSecrets", "sns:GetTopicAttributes", "sqs:GetQueueAttributes"]);
        return [
            ...needs(recorder, role, looks, { resource: "*", optional: true }),
            ...all(plan, "cfg/deliveryChannel:DeliveryChannel").flatMap((channel) => {
                const bucket = `arn:${partition}:s3:::${text(channel, "s3BucketName")}`;
                const key = text(channel, "s3KmsKeyArn");
                const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };
                const resource = `${bucket}/AWSLogs/${account}/*`;
                return [
                    ...needs(recorder, role, ["s3:PutObject"], { resource, context: acl }),
                    ...needs(recorder, role, ["s3:PutObjectAcl"], { resource, context: acl, optional: true }),
                    ...needs(recorder, role, ["s3:GetBucketAcl"], { resource: bucket }),
                    ...throughKey(
                        recorder,
                        role,
                        ["kms:Decrypt", "kms:GenerateDataKey"],
                        key,
                        `s3.${region}.amazonaws.com`,
                    ),
                    // AWS asks for the key without saying through which service.
                    ...needs(recorder, role, ["kms:Decrypt", "kms:GenerateDataKey"], {
                        resource: key,
                        context: { "kms:ViaService": undefined },
                        optional: true,
                    }),
                ];
            }),
        ];
    });

/** What AWS services that record must be able to do. */
export const recorderNeeds = (plan: Plan, access: Access): Need[] => [
    ...flowLogNeeds(plan),
    ...trailNeeds(plan, access),
    ...monitoringNeeds(plan, access),
    ...gatewayNeeds(plan),
    ...configNeeds(plan, access),
];
