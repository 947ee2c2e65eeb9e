import { deliveredLogTypes } from "../../analysis/iam/required-permissions/log-deliveries.ts";
import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    getPath,
    inputText,
    inputTexts,
    isAgentEndpoint,
    toText,
    transitiveDependencies,
} from "../../plan/query.ts";
import { scheduledNetwork } from "../../plan/ecs-services.ts";
import {
    allOfTypes,
    permissionsFor,
    siblingsOfType,
    vpcEndpointsWhere,
    ofTypeNamed,
    type FindDependencies,
} from "./find.ts";

/** A dependency of a type that no input creates. */
interface RequiredDependency {
    readonly type: string;
    readonly needs: FindDependencies;
    /** How many resources it needs at least. @default 1 */
    readonly atLeast?: number | ((node: PlanNode) => number);
    /** What fails in AWS without it. */
    readonly why: string;
}

const startsTask = ({ inputs }: PlanNode): boolean => getPath(inputs, scheduledNetwork) !== undefined;

/** Parts of an API. */
const apiResourceTypes = [
    "apigateway/resource:Resource",
    "apigateway/method:Method",
    "apigateway/integration:Integration",
    "apigateway/response:Response",
    "apigateway/model:Model",
    "apigateway/requestValidator:RequestValidator",
    "apigateway/methodResponse:MethodResponse",
    "apigateway/integrationResponse:IntegrationResponse",
];

/** When a stack is destroyed, the dependencies apply in reverse order. */
export const requiredDependencies: readonly RequiredDependency[] = [
    {
        type: "ecs/service:Service",
        needs: (plan, service) =>
            resourcesOfType(plan, "lb/listenerRule:ListenerRule").filter(({ name }) => name === service.name),
        // A worker has no listener rule. That of a service has the service's name.
        atLeast: ({ inputs }) => (getPath(inputs, "loadBalancers.0") === undefined ? 0 : 1),
        why: "ECS rejects a target group that no listener uses",
    },
    {
        type: "ecs/service:Service",
        needs: siblingsOfType("iam/rolePolicy:RolePolicy"),
        why: "a task without its permissions does not start",
    },
    {
        type: "ecs/service:Service",
        needs: vpcEndpointsWhere((node) => inputText(node, "vpcEndpointType") === "Interface"),
        atLeast: 0,
        why: "a task pulls its image through the endpoint",
    },
    {
        type: "ecs/service:Service",
        needs: allOfTypes("ecs/clusterCapacityProviders:ClusterCapacityProviders"),
        why: "ECS rejects a capacity provider that the cluster does not have, and does not remove one that a service uses",
    },
    {
        type: "ecs/service:Service",
        needs: (plan, service) =>
            allOfTypes(
                "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            )(plan, service).filter((rule) =>
                inputTexts(service, "networkConfiguration.securityGroups").includes(inputText(rule, "securityGroupId")),
            ),
        // A worker has no ingress rule.
        atLeast: ({ inputs }) => (getPath(inputs, "loadBalancers.0") === undefined ? 2 : 3),
        why: "without its security group rules, a task can neither pull its image nor answer health checks",
    },
    {
        type: "ecs/service:Service",
        needs: vpcEndpointsWhere((node) => inputText(node, "vpcEndpointType") === "Gateway"),
        why: "the layers of its image are in S3",
    },
    {
        type: "scheduler/schedule:Schedule",
        needs: siblingsOfType("iam/rolePolicy:RolePolicy"),
        why: "a call of the target without its permissions fails, and so does a task that the schedule starts",
    },
    {
        type: "scheduler/schedule:Schedule",
        needs: (plan, schedule) =>
            startsTask(schedule)
                ? vpcEndpointsWhere(({ inputs }) => ["Interface", "Gateway"].includes(toText(inputs.vpcEndpointType)))(
                      plan,
                      schedule,
                  )
                : [],
        atLeast: 0,
        why: "a task pulls its image, whose layers are in S3, through the endpoints",
    },
    {
        type: "scheduler/schedule:Schedule",
        needs: (plan, schedule) =>
            resourcesOfType(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule").filter((rule) =>
                inputTexts(schedule, `${scheduledNetwork}.securityGroups`).includes(inputText(rule, "securityGroupId")),
            ),
        atLeast: (schedule) => (startsTask(schedule) ? 2 : 0),
        why: "without its security group rules, a task cannot pull its image",
    },
    {
        type: "guardduty/detector:Detector",
        needs: vpcEndpointsWhere(isAgentEndpoint),
        why: "GuardDuty would create its own endpoint, and the VPC could not be deleted",
    },
    {
        type: "ec2/flowLog:FlowLog",
        needs: siblingsOfType("iam/rolePolicy:RolePolicy"),
        why: "the role must be allowed to write to the log group",
    },
    {
        type: "cloudtrail/trail:Trail",
        needs: ofTypeNamed("s3/bucketPolicy:BucketPolicy", "audit"),
        why: "CloudTrail checks that it can write to the bucket",
    },
    {
        type: "cloudtrail/trail:Trail",
        needs: siblingsOfType("iam/rolePolicy:RolePolicy"),
        why: "CloudTrail checks that it can write to the log group",
    },
    {
        type: "lb/loadBalancer:LoadBalancer",
        needs: ofTypeNamed("s3/bucketPolicy:BucketPolicy", "access-logs"),
        why: "Elastic Load Balancing checks that it can write to the bucket",
    },
    {
        type: "lb/loadBalancer:LoadBalancer",
        needs: ofTypeNamed("ec2/route:Route", "public"),
        why: "a public address requires the internet gateway",
    },
    {
        type: "ec2/natGateway:NatGateway",
        needs: ofTypeNamed("ec2/route:Route", "public"),
        why: "a public address requires the internet gateway",
    },
    {
        type: "rds/cluster:Cluster",
        needs: (plan, cluster) =>
            siblingsOfType("cloudwatch/logGroup:LogGroup")(plan, cluster).filter(({ name }) => name === cluster.name),
        why: "RDS would create the log group without a KMS key",
    },
    {
        type: "ecs/cluster:Cluster",
        needs: (plan, cluster) =>
            siblingsOfType("cloudwatch/logGroup:LogGroup")(plan, cluster).filter((group) =>
                group.name.includes("-insights-"),
            ),
        why: "Container Insights would create the log group without a KMS key",
    },
    {
        type: "elasticache/replicationGroup:ReplicationGroup",
        needs: siblingsOfType("cloudwatch/logGroup:LogGroup"),
        why: "ElastiCache checks that it can write to the log group",
    },
    ...deliveredLogTypes.map((type) => ({
        type,
        needs: allOfTypes("cloudwatch/logResourcePolicy:LogResourcePolicy"),
        why: "AWS would write the policy for its delivery of logs, and two services that do so at once fail",
    })),
    {
        type: "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        needs: (plan, node) =>
            resourcesOfType(plan, node.type).filter(
                (other) => other !== node && !transitiveDependencies(plan, other).has(node.urn),
            ),
        atLeast: 0,
        why: "WAF changes one policy for all logs, and two logs that it adds at once fail",
    },
    {
        type: "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        needs: siblingsOfType("s3/bucketVersioning:BucketVersioning"),
        why: "S3 changes or removes the configuration only while versioning is enabled",
    },
    {
        type: "s3/bucketPolicy:BucketPolicy",
        needs: siblingsOfType("s3/bucketPublicAccessBlock:BucketPublicAccessBlock"),
        why: "S3 allows one change of a bucket's access at a time",
    },
    {
        type: "lambda/function:Function",
        needs: siblingsOfType("iam/rolePolicy:RolePolicy"),
        why: "Lambda checks that the role can use the subnets and the dead-letter queue",
    },
    {
        type: "lambda/function:Function",
        needs: siblingsOfType("cloudwatch/logGroup:LogGroup"),
        why: "Lambda would create the log group without a KMS key and without a retention",
    },
    {
        type: "lambda/function:Function",
        needs: siblingsOfType("sqs/queuePolicy:QueuePolicy"),
        why: "the policy of the dead-letter queue requires TLS",
    },
    {
        type: "lambda/function:Function",
        needs: (plan, node) =>
            resourcesOfType(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule").filter((rule) =>
                inputTexts(node, "vpcConfig.securityGroupIds").includes(inputText(rule, "securityGroupId")),
            ),
        atLeast: 2,
        why: "without its egress rules, the function cannot reach the table and the bucket",
    },
    {
        type: "apigateway/deployment:Deployment",
        needs: allOfTypes(...apiResourceTypes),
        atLeast: apiResourceTypes.length,
        why: "a deployment is a snapshot of the API",
    },
    {
        type: "apigateway/deployment:Deployment",
        needs: permissionsFor("apigateway.amazonaws.com"),
        why: "a method that may not invoke its function responds with 500",
    },
    {
        type: "apigateway/integrationResponse:IntegrationResponse",
        needs: (plan, { name }) =>
            resourcesOfType(plan, "apigateway/integration:Integration").filter((node) => node.name === name),
        why: "API Gateway rejects a response of an integration that does not exist",
    },
    {
        type: "apigateway/stage:Stage",
        needs: (plan, stage) =>
            inputText(stage, "accessLogSettings.destinationArn") === ""
                ? []
                : siblingsOfType("cloudwatch/logGroup:LogGroup")(plan, stage),
        atLeast: 0,
        why: "API Gateway checks the access log group, and would create the execution log group without a KMS key",
    },
    ...["apigateway/stage:Stage", "apigateway/methodSettings:MethodSettings"].map((type) => ({
        type,
        needs: allOfTypes("apigateway/account:Account"),
        atLeast: 0,
        why: "API Gateway rejects logging of a stage while the account has no role for it",
    })),
    {
        type: "apigateway/usagePlan:UsagePlan",
        needs: allOfTypes("apigateway/stage:Stage"),
        why: "a usage plan gives access to a stage",
    },
    {
        type: "apigateway/account:Account",
        needs: siblingsOfType("iam/rolePolicyAttachment:RolePolicyAttachment"),
        why: "API Gateway checks the role before it accepts it",
    },
    {
        type: "lb/targetGroupAttachment:TargetGroupAttachment",
        needs: permissionsFor("elasticloadbalancing.amazonaws.com"),
        why: "Elastic Load Balancing checks that it may invoke the function",
    },
    {
        type: "lb/listenerRule:ListenerRule",
        needs: (plan, rule) =>
            resourcesOfType(plan, "lb/targetGroupAttachment:TargetGroupAttachment").filter(
                ({ name }) => name === rule.name,
            ),
        atLeast: 0,
        why: "a rule that forwards to an empty target group responds with 503",
    },
    {
        type: "cfg/recorder:Recorder",
        needs: (plan, node) => [
            ...siblingsOfType("iam/rolePolicy:RolePolicy")(plan, node),
            ...siblingsOfType("iam/rolePolicyAttachment:RolePolicyAttachment")(plan, node),
        ],
        atLeast: 2,
        why: "AWS Config checks the role",
    },
    {
        type: "cfg/deliveryChannel:DeliveryChannel",
        needs: ofTypeNamed("s3/bucketPolicy:BucketPolicy", "config"),
        why: "AWS Config checks that it can write to the bucket",
    },
    {
        type: "cfg/recorderStatus:RecorderStatus",
        needs: allOfTypes("cfg/deliveryChannel:DeliveryChannel"),
        why: "AWS Config starts no recorder without a delivery channel",
    },
    {
        type: "cfg/rule:Rule",
        needs: allOfTypes("cfg/recorderStatus:RecorderStatus"),
        atLeast: 0,
        why: "AWS Config accepts rules only while a recorder is running",
    },
    {
        type: "securityhub/standardsSubscription:StandardsSubscription",
        needs: allOfTypes("securityhub/account:Account"),
        why: "AWS accepts subscriptions only where Security Hub is enabled",
    },
];
