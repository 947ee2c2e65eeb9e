import type { StateResource } from "../../plan/state.ts";

/**
 * Types whose ID follows from their inputs, as a template of what `pulumi import` takes (the pages of the provider at
 * https://www.pulumi.com/registry/packages/aws/api-docs/, section "Import"). The state may have another ID afterwards.
 * What AWS names itself is in `lookups.ts`.
 */
export const importIdTemplates: Readonly<Record<string, string>> = {
    "aws:apigateway/integration:Integration": "{restApi}/{resourceId}/{httpMethod}",
    "aws:apigateway/integrationResponse:IntegrationResponse": "{restApi}/{resourceId}/{httpMethod}/{statusCode}",
    "aws:apigateway/method:Method": "{restApi}/{resourceId}/{httpMethod}",
    "aws:apigateway/methodResponse:MethodResponse": "{restApi}/{resourceId}/{httpMethod}/{statusCode}",
    "aws:apigateway/methodSettings:MethodSettings": "{restApi}/{stageName}/{methodPath}",
    "aws:apigateway/model:Model": "{restApi}/{name}",
    "aws:apigateway/response:Response": "{restApiId}/{responseType}",
    "aws:apigateway/stage:Stage": "{restApi}/{stageName}",
    "aws:apigateway/usagePlanKey:UsagePlanKey": "{usagePlanId}/{keyId}",
    "aws:appautoscaling/policy:Policy": "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
    "aws:appautoscaling/target:Target": "{serviceNamespace}/{resourceId}/{scalableDimension}",
    "aws:cfg/deliveryChannel:DeliveryChannel": "{name}",
    "aws:cfg/recorder:Recorder": "{name}",
    "aws:cfg/recorderStatus:RecorderStatus": "{name}",
    "aws:cfg/rule:Rule": "{name}",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "{alarmName}",
    "aws:cloudwatch/dashboard:Dashboard": "{dashboardName}",
    "aws:cloudwatch/eventRule:EventRule": "{name}",
    "aws:cloudwatch/logGroup:LogGroup": "{name}",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "{logGroupName}:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "{name}",
    "aws:dynamodb/table:Table": "{name}",
    "aws:ec2/route:Route": "{routeTableId}_{destinationCidrBlock}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "{subnetId}/{routeTableId}",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "{repository}",
    "aws:ecr/repository:Repository": "{name}",
    "aws:ecs/cluster:Cluster": "{name}",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "{clusterName}",
    "aws:elasticache/parameterGroup:ParameterGroup": "{name}",
    "aws:elasticache/replicationGroup:ReplicationGroup": "{replicationGroupId}",
    "aws:elasticache/subnetGroup:SubnetGroup": "{name}",
    "aws:iam/role:Role": "{name}",
    "aws:iam/rolePolicy:RolePolicy": "{role}:{name}",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "{role}/{policyArn}",
    "aws:lambda/function:Function": "{name}",
    "aws:rds/cluster:Cluster": "{clusterIdentifier}",
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
    "aws:wafv2/webAclAssociation:WebAclAssociation": "{webAclArn},{resourceArn}",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "{resourceArn}",
};

/** The ID that AWS must have given a resource; nothing where it cannot be told from its inputs. */
export function importIdFromInputs({ type, inputs = {} }: Pick<StateResource, "type" | "inputs">): string | undefined {
    const template = importIdTemplates[type];
    if (template === undefined) {
        return undefined;
    }
    const keys = [...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
    return keys.every((key) => typeof inputs[key] === "string" && inputs[key] !== "")
        ? template.replace(/\{(\w+)\}/g, (_, key: string) => String(inputs[key]))
        : undefined;
}
