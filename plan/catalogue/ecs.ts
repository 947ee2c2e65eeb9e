import { clusterNameOf, identifiedByArn } from "../fake-provider/output-formats.ts";
import { outputText } from "../state.ts";
import {
    allResources,
    createServiceLinkedRole,
    fixedNamePattern,
    passRoles,
    readGrant,
    regionalArns,
    writeGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew, setOrRemoved } from "./force-new.ts";
import { changedTo } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const cluster = regionalArns("ecs", "cluster/payment-cluster-{suffix}");
export const services = regionalArns("ecs", `service/payment-cluster-{suffix}/${fixedNamePattern}`);
export const taskDefinitions = regionalArns("ecs", `task-definition/${fixedNamePattern}:*`);
/** AWS names tasks by their cluster only. */
export const clusterTasks = regionalArns("ecs", "task/payment-cluster-{suffix}/*");

export const ecs: ServiceRows = {
    "aws:ecs/cluster:Cluster": {
        name: { maxLength: 255 },
        summary: ["{name}", "insights {settings.0.value}"],
        fakeOutputs: identifiedByArn((request) => request.arn("ecs", `cluster/${request.physicalName}`)),
        forceNew: forceNew("ecs/cluster", ["name"]),
        deletion: {
            remains: (_, cluster) =>
                `log group /aws/ecs/containerinsights/${outputText(cluster, "name")}/performance, where AWS writes a late record`,
        },
        exclusive: [merged("ecs", "CreateCluster", "name")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant(
                "ecs: CreateCluster DeleteCluster TagResource UntagResource UpdateCluster UpdateClusterSettings",
                cluster,
            ),
            readGrant("ecs: DescribeClusters ListTagsForResource", cluster),
            createServiceLinkedRole("ecs.amazonaws.com"),
        ],
    },
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {
        forceNew: forceNew("ecs/cluster_capacity_providers", ["clusterName"]),
        exclusive: [merged("ecs", "PutClusterCapacityProviders", "clusterName")],
        recovery: { importId: "{clusterName}" },
        children: { none: "it is a setting of its cluster" },
        grants: [writeGrant("ecs: PutClusterCapacityProviders", cluster), readGrant("ecs: DescribeClusters", cluster)],
    },
    "aws:ecs/service:Service": {
        name: { maxLength: 255 },
        summary: ["{desiredCount} tasks", "{launchType}", "rollback{deploymentCircuitBreaker.rollback?}"],
        fakeOutputs: identifiedByArn((request) =>
            request.arn("ecs", `service/${clusterNameOf(request)}/${request.physicalName}`),
        ),
        providerDefaults: { schedulingStrategy: "REPLICA", waitForSteadyState: false },
        forceNew: forceNew(
            "ecs/service",
            [
                "capacityProviderStrategies",
                "cluster",
                "deploymentController.type",
                "iamRole",
                "launchType",
                "name",
                "schedulingStrategy",
            ],
            {
                conditions: {
                    capacityProviderStrategies: (before, after) =>
                        after.forceNewDeployment !== true || setOrRemoved("capacityProviderStrategies")(before, after),
                },
                keptWhenRemoved: ["cluster", "iamRole", "launchType"],
            },
        ),
        deletion: { inputs: [{ input: "forceDelete", unprotected: true, protected: true }] },
        weakerInputs: [
            {
                check: changedTo("enableExecuteCommand", true),
                risk: "who may call ecs:ExecuteCommand gets a shell in its tasks",
                source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
            },
        ],
        tagPropagation: {
            // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
            createdResources: "tasks and their interfaces",
            requirement: 'have `propagateTags: "SERVICE"` and `enableEcsManagedTags`',
            propagatesTags: ({ inputs }) => inputs.propagateTags === "SERVICE" && inputs.enableEcsManagedTags === true,
        },
        exclusive: [refused("ecs", "CreateService", "cluster name", "InvalidParameterException")],
        recovery: "lookup",
        children: "listed",
        grants: [
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
    },
    "aws:ecs/taskDefinition:TaskDefinition": {
        name: { input: "family", maxLength: 255 },
        summary: ["{cpu} CPU", "{memory} MiB", "{runtimePlatform.cpuArchitecture}"],
        fakeOutputs: {
            id: (request) => request.text("family", request.name),
            arn: (request) => request.arn("ecs", `task-definition/${request.text("family", request.name)}:1`),
            arnWithoutRevision: (request) =>
                request.arn("ecs", `task-definition/${request.text("family", request.name)}`),
            revision: 1,
        },
        providerDefaults: { skipDestroy: false, trackLatest: false },
        forceNew: forceNew(
            "ecs/task_definition",
            [
                "containerDefinitions",
                "cpu",
                "enableFaultInjection",
                "ephemeralStorage",
                "executionRoleArn",
                "family",
                "ipcMode",
                "memory",
                "networkMode",
                "pidMode",
                "placementConstraints",
                "proxyConfiguration",
                "requiresCompatibilities",
                "runtimePlatform",
                "taskRoleArn",
                "volumes",
            ],
            { keptWhenRemoved: ["enableFaultInjection", "networkMode"] },
        ),
        deletion: { retainingInputs: ["skipDestroy"] },
        exclusive: { none: "a family has many revisions" },
        recovery: { createAgain: "a revision that no service uses costs nothing" },
        children: "listed",
        grants: [
            writeGrant("ecs: RegisterTaskDefinition TagResource UntagResource", taskDefinitions),
            writeGrant("ecs: DeregisterTaskDefinition", allResources("AWS names no resource for this action")),
            readGrant("ecs: DescribeTaskDefinition", allResources("AWS names no resource for this action")),
            readGrant("ecs: ListTagsForResource", taskDefinitions),
            passRoles,
        ],
    },
};
