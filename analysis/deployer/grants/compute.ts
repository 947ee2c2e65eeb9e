import {
    claimed,
    everything,
    fixed,
    keyUse,
    linkedRole,
    lists,
    madeOurs,
    named,
    ours,
    passRoles,
    read,
    where,
    write,
    type Grants,
} from "../grant.ts";

export const repositories = named("ecr", `repository/${fixed}`);
export const cluster = named("ecs", "cluster/payment-cluster-{suffix}");
export const services = named("ecs", `service/payment-cluster-{suffix}/${fixed}`);
const taskDefinitions = named("ecs", `task-definition/${fixed}:*`);
export const functions = named("lambda", `function:${fixed}`);

/** Ids are random; the namespace keeps to what the platform scales. */
const scalable = where(named("application-autoscaling", "scalable-target/*"), {
    "ForAllValues:StringEquals": { "application-autoscaling:service-namespace": ["dynamodb", "ecs"] },
});

export const compute: Grants = {
    "ecr/repository:Repository": [
        write(
            "ecr: CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability SetRepositoryPolicy TagResource UntagResource",
            repositories,
        ),
        // Forced deletion takes the images, too.
        write("ecr: BatchDeleteImage", repositories),
        read("ecr: DescribeRepositories GetRepositoryPolicy ListImages ListTagsForResource", repositories),
        ...keyUse,
    ],
    "ecr/lifecyclePolicy:LifecyclePolicy": [
        write("ecr: DeleteLifecyclePolicy PutLifecyclePolicy", repositories),
        read("ecr: GetLifecyclePolicy", repositories),
    ],
    "ecs/cluster:Cluster": [
        write(
            "ecs: CreateCluster DeleteCluster TagResource UntagResource UpdateCluster UpdateClusterSettings",
            cluster,
        ),
        read("ecs: DescribeClusters ListTagsForResource", cluster),
        linkedRole("ecs.amazonaws.com"),
    ],
    "ecs/clusterCapacityProviders:ClusterCapacityProviders": [
        write("ecs: PutClusterCapacityProviders", cluster),
        read("ecs: DescribeClusters", cluster),
    ],
    "ecs/service:Service": [
        write("ecs: CreateService DeleteService TagResource UntagResource UpdateService", services),
        read("ecs: DescribeServices ListServiceDeployments ListTagsForResource", services),
        read("ecs: DescribeServiceDeployments", {
            arns: [...services.arns, ...named("ecs", `service-deployment/payment-cluster-{suffix}/${fixed}/*`).arns],
        }),
        passRoles,
    ],
    "ecs/taskDefinition:TaskDefinition": [
        write("ecs: RegisterTaskDefinition TagResource UntagResource", taskDefinitions),
        write("ecs: DeregisterTaskDefinition", everything("AWS names no resource for this action")),
        read("ecs: DescribeTaskDefinition", everything("AWS names no resource for this action")),
        read("ecs: ListTagsForResource", taskDefinitions),
        passRoles,
    ],
    "lambda/function:Function": [
        write(
            "lambda: CreateFunction DeleteFunction DeleteFunctionConcurrency PutFunctionConcurrency PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutRuntimeManagementConfig TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
            functions,
        ),
        read(
            "lambda: GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration GetFunctionRecursionConfig GetRuntimeManagementConfig ListTags ListVersionsByFunction",
            functions,
        ),
        // With the rights of the caller Lambda looks at the network that it joins.
        read("ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces", everything(lists)),
        passRoles,
        ...keyUse,
    ],
    "lambda/permission:Permission": [
        write("lambda: AddPermission RemovePermission", functions),
        read("lambda: GetPolicy", functions),
    ],
    "appautoscaling/target:Target": [
        write("application-autoscaling: RegisterScalableTarget", madeOurs(scalable)),
        write("application-autoscaling: TagResource", claimed(scalable)),
        write(
            "application-autoscaling: DeregisterScalableTarget RegisterScalableTarget TagResource UntagResource",
            ours(scalable),
        ),
        read("application-autoscaling: DescribeScalableTargets", everything(lists)),
        read(
            "application-autoscaling: ListTagsForResource",
            ours(named("application-autoscaling", "scalable-target/*")),
        ),
        linkedRole("ecs.application-autoscaling.amazonaws.com"),
        linkedRole("dynamodb.application-autoscaling.amazonaws.com"),
    ],
    "appautoscaling/policy:Policy": [
        write("application-autoscaling: DeleteScalingPolicy PutScalingPolicy", ours(scalable)),
        read("application-autoscaling: DescribeScalingPolicies", everything(lists)),
        // Target tracking makes alarms of its own
        // (https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html).
        write(
            "cloudwatch: DeleteAlarms PutMetricAlarm",
            named(
                "cloudwatch",
                "alarm:TargetTracking-service/payment-cluster-{suffix}/*",
                "alarm:TargetTracking-table/payment-transactions-{suffix}*",
            ),
        ),
    ],
};
