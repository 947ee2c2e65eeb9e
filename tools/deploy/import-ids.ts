import type { StateResource } from "../../plan/state.ts";

/**
 * Types whose ID in AWS follows from their inputs, as a template of it: what `pulumi import` takes (the pages of the
 * provider at https://www.pulumi.com/registry/packages/aws/api-docs/, section "Import"). Not here: IDs that AWS makes up,
 * ARNs and URLs, which need the account, and types whose creation AWS takes a second time as the same one (SNS topics,
 * SQS queues).
 */
export const importIds: Readonly<Record<string, string>> = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "{alarmName}",
    "aws:cloudwatch/dashboard:Dashboard": "{dashboardName}",
    "aws:cloudwatch/eventRule:EventRule": "{name}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "{name}",
    "aws:dynamodb/table:Table": "{name}",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "{repository}",
    "aws:ecr/repository:Repository": "{name}",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "{clusterName}",
    "aws:elasticache/parameterGroup:ParameterGroup": "{name}",
    "aws:elasticache/replicationGroup:ReplicationGroup": "{replicationGroupId}",
    "aws:elasticache/subnetGroup:SubnetGroup": "{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:kms/alias:Alias": "{name}",
    "aws:lambda/function:Function": "{name}",
    "aws:rds/cluster:Cluster": "{clusterIdentifier}",
    "aws:rds/clusterInstance:ClusterInstance": "{identifier}",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "{name}",
    "aws:rds/eventSubscription:EventSubscription": "{name}",
    "aws:rds/subnetGroup:SubnetGroup": "{name}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "{bucket}",
    "aws:s3/bucketLogging:BucketLogging": "{bucket}",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "{bucket}",
    "aws:s3/bucketPolicy:BucketPolicy": "{bucket}",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "{bucket}",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "{bucket}",
    "aws:s3/bucketVersioning:BucketVersioning": "{bucket}",
    "aws:scheduler/schedule:Schedule": "{groupName}/{name}",
    "aws:scheduler/scheduleGroup:ScheduleGroup": "{name}",
    "aws:sns/topicPolicy:TopicPolicy": "{arn}",
    "aws:sqs/queuePolicy:QueuePolicy": "{queueUrl}",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": "{queueUrl}",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "{resourceArn}",
};

/** The ID that AWS must have given a resource; nothing where it cannot be told from its inputs. */
export function importIdOf({ type, inputs = {} }: Pick<StateResource, "type" | "inputs">): string | undefined {
    const template = importIds[type];
    if (template === undefined) {
        return undefined;
    }
    const keys = [...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
    return keys.every((key) => typeof inputs[key] === "string" && inputs[key] !== "")
        ? template.replace(/\{(\w+)\}/g, (_, key: string) => String(inputs[key]))
        : undefined;
}
