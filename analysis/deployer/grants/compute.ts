import {
    untaggedOnly,
    allResources,
    fixedNamePattern,
    keyUseGrants,
    createServiceLinkedRole,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    passRoles,
    readGrant,
    withConditions,
    writeGrant,
    type DeployerGrants,
} from "../grant.ts";

export const repositories = regionalArns("ecr", `repository/${fixedNamePattern}`);
export const cluster = regionalArns("ecs", "cluster/payment-cluster-{suffix}");
export const services = regionalArns("ecs", `service/payment-cluster-{suffix}/${fixedNamePattern}`);
const taskDefinitions = regionalArns("ecs", `task-definition/${fixedNamePattern}:*`);
export const functions = regionalArns("lambda", `function:${fixedNamePattern}`);

/** Ids are random; the namespace keeps to what the platform scales. */
const scalableTargets = withConditions(regionalArns("application-autoscaling", "scalable-target/*"), {
    "ForAllValues:StringEquals": { "application-autoscaling:service-namespace": ["dynamodb", "ecs"] },
});

export const computeGrants: DeployerGrants = {
    "ecr/repository:Repository": [
        writeGrant(
            "ecr: CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability SetRepositoryPolicy TagResource UntagResource",
            repositories,
        ),
        // Forced deletion takes the images, too.
        writeGrant("ecr: BatchDeleteImage", repositories),
        readGrant("ecr: DescribeRepositories GetRepositoryPolicy ListImages ListTagsForResource", repositories),
        ...keyUseGrants,
    ],
    "ecr/lifecyclePolicy:LifecyclePolicy": [
        writeGrant("ecr: DeleteLifecyclePolicy PutLifecyclePolicy", repositories),
        readGrant("ecr: GetLifecyclePolicy", repositories),
    ],
    "ecs/cluster:Cluster": [
        writeGrant(
            "ecs: CreateCluster DeleteCluster TagResource UntagResource UpdateCluster UpdateClusterSettings",
            cluster,
        ),
        readGrant("ecs: DescribeClusters ListTagsForResource", cluster),
        createServiceLinkedRole("ecs.amazonaws.com"),
    ],
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": [
        writeGrant("ecs: PutClusterCapacityProviders", cluster),
        readGrant("ecs: DescribeClusters", cluster),
    ],
    "ecs/service:Service": [
        writeGrant("ecs: CreateService DeleteService TagResource UntagResource UpdateService", services),
        readGrant("ecs: DescribeServices ListServiceDeployments ListTagsForResource", services),
        readGrant("ecs: DescribeServiceDeployments", {
            arns: [
                ...services.arns,
                ...regionalArns("ecs", `service-deployment/payment-cluster-{suffix}/${fixedNamePattern}/*`).arns,
            ],
        }),
        passRoles,
    ],
    "ecs/taskDefinition:TaskDefinition": [
        writeGrant("ecs: RegisterTaskDefinition TagResource UntagResource", taskDefinitions),
        writeGrant("ecs: DeregisterTaskDefinition", allResources("AWS names no resource for this action")),
        readGrant("ecs: DescribeTaskDefinition", allResources("AWS names no resource for this action")),
        readGrant("ecs: ListTagsForResource", taskDefinitions),
        passRoles,
    ],
    "lambda/function:Function": [
        writeGrant(
            "lambda: CreateFunction DeleteFunction DeleteFunctionConcurrency PutFunctionConcurrency PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutRuntimeManagementConfig TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
            functions,
        ),
        readGrant(
            "lambda: GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig ListTags ListVersionsByFunction",
            functions,
        ),
        // With the rights of the caller Lambda looks at the network that it joins.
        readGrant(
            "ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces",
            allResources(listsEverything),
        ),
        passRoles,
        ...keyUseGrants,
    ],
    "lambda/permission:Permission": [
        writeGrant("lambda: AddPermission RemovePermission", functions),
        readGrant("lambda: GetPolicy", functions),
    ],
    "appautoscaling/target:Target": [
        writeGrant("application-autoscaling: RegisterScalableTarget", withRequestTag(scalableTargets)),
        writeGrant("application-autoscaling: TagResource", untaggedOnly(scalableTargets)),
        writeGrant(
            "application-autoscaling: DeregisterScalableTarget RegisterScalableTarget TagResource UntagResource",
            withResourceTag(scalableTargets),
        ),
        readGrant("application-autoscaling: DescribeScalableTargets", allResources(listsEverything)),
        readGrant(
            "application-autoscaling: ListTagsForResource",
            withResourceTag(regionalArns("application-autoscaling", "scalable-target/*")),
        ),
        createServiceLinkedRole("ecs.application-autoscaling.amazonaws.com"),
        createServiceLinkedRole("dynamodb.application-autoscaling.amazonaws.com"),
    ],
    "appautoscaling/policy:Policy": [
        writeGrant("application-autoscaling: DeleteScalingPolicy PutScalingPolicy", withResourceTag(scalableTargets)),
        readGrant("application-autoscaling: DescribeScalingPolicies", allResources(listsEverything)),
        // Target tracking makes alarms of its own
        // (https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html).
        writeGrant(
            "cloudwatch: DeleteAlarms PutMetricAlarm",
            regionalArns(
                "cloudwatch",
                "alarm:TargetTracking-service/payment-cluster-{suffix}/*",
                "alarm:TargetTracking-table/payment-transactions-{suffix}*",
            ),
        ),
    ],
};
