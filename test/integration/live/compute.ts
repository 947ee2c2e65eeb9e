import { DescribeRepositoriesCommand, ListTagsForResourceCommand } from "@aws-sdk/client-ecr";
import {
    DescribeClustersCommand,
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    type ContainerDefinition,
    type Tag,
} from "@aws-sdk/client-ecs";
import { GetFunctionConfigurationCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import { tagsOf, type Row } from "./row.ts";

const ecsTags = (tags: readonly Tag[] | undefined) =>
    Object.fromEntries((tags ?? []).map(({ key = "", value = "" }) => [key, value]));

/** Without what ECS adds to a definition that does not say: no CPU units, and the host's port, which is the container's. */
const withoutDefaults = ({ portMappings = [], cpu, ...container }: ContainerDefinition) => ({
    ...container,
    ...(cpu !== 0 && { cpu }),
    portMappings: portMappings.map(({ hostPort, ...mapping }) =>
        hostPort === mapping.containerPort ? mapping : { ...mapping, hostPort },
    ),
});

export const computeRows: readonly Row[] = [
    {
        type: "ecs/cluster:Cluster",
        read: async ({ ecs }, { name }) => {
            const { clusters: [found] = [] } = await ecs.send(
                new DescribeClustersCommand({ clusters: [name], include: ["CONFIGURATIONS", "SETTINGS", "TAGS"] }),
            );
            return (
                found && {
                    settings: found.settings,
                    configuration: found.configuration,
                    tagsAll: ecsTags(found.tags),
                }
            );
        },
    },
    {
        type: "ecs/clusterCapacityProviders:ClusterCapacityProviders",
        read: async ({ ecs }, { text }) => {
            const { clusters: [found] = [] } = await ecs.send(
                new DescribeClustersCommand({ clusters: [text("clusterName")] }),
            );
            return found && { capacityProviders: found.capacityProviders };
        },
    },
    {
        type: "ecs/service:Service",
        read: async ({ ecs }, { name, text }) => {
            const { services: [found] = [] } = await ecs.send(
                new DescribeServicesCommand({ cluster: text("cluster"), services: [name], include: ["TAGS"] }),
            );
            const network = found?.networkConfiguration?.awsvpcConfiguration;
            const deployment = found?.deploymentConfiguration;
            return (
                found && {
                    taskDefinition: found.taskDefinition,
                    capacityProviderStrategies: found.capacityProviderStrategy,
                    deploymentCircuitBreaker: deployment?.deploymentCircuitBreaker,
                    deploymentMaximumPercent: deployment?.maximumPercent,
                    deploymentMinimumHealthyPercent: deployment?.minimumHealthyPercent,
                    alarms: deployment?.alarms,
                    availabilityZoneRebalancing: found.availabilityZoneRebalancing,
                    enableEcsManagedTags: found.enableECSManagedTags,
                    enableExecuteCommand: found.enableExecuteCommand,
                    healthCheckGracePeriodSeconds: found.healthCheckGracePeriodSeconds,
                    loadBalancers: found.loadBalancers,
                    networkConfiguration: {
                        assignPublicIp: network?.assignPublicIp === "ENABLED",
                        securityGroups: network?.securityGroups,
                        subnets: network?.subnets,
                    },
                    propagateTags: found.propagateTags,
                    tagsAll: ecsTags(found.tags),
                }
            );
        },
        notEmulated: Object.fromEntries(
            [
                "capacityProviderStrategies",
                "deploymentCircuitBreaker",
                "deploymentMaximumPercent",
                "deploymentMinimumHealthyPercent",
                "alarms",
                "availabilityZoneRebalancing",
                "enableEcsManagedTags",
                "healthCheckGracePeriodSeconds",
            ].map((property) => [property, "it forgets how a service is deployed"]),
        ),
    },
    {
        type: "ecs/taskDefinition:TaskDefinition",
        read: async ({ ecs }, { arn }) => {
            const { taskDefinition: found, tags } = await ecs.send(
                new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
            );
            return (
                found && {
                    containerDefinitions: JSON.stringify(found.containerDefinitions?.map(withoutDefaults)),
                    cpu: found.cpu,
                    memory: found.memory,
                    networkMode: found.networkMode,
                    pidMode: found.pidMode,
                    ipcMode: found.ipcMode,
                    requiresCompatibilities: found.requiresCompatibilities,
                    runtimePlatform: found.runtimePlatform,
                    executionRoleArn: found.executionRoleArn,
                    taskRoleArn: found.taskRoleArn,
                    volumes: found.volumes?.map(({ name }) => ({ name })),
                    tagsAll: ecsTags(tags),
                }
            );
        },
    },
    {
        type: "ecr/repository:Repository",
        read: async ({ ecr }, { name, arn }) => {
            const { repositories: [found] = [] } = await ecr.send(
                new DescribeRepositoriesCommand({ repositoryNames: [name] }),
            );
            const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn: arn }));
            return (
                found && {
                    encryptionConfigurations: [found.encryptionConfiguration],
                    imageScanningConfiguration: found.imageScanningConfiguration,
                    imageTagMutability: found.imageTagMutability,
                    tagsAll: tagsOf(tags),
                }
            );
        },
    },
    {
        type: "lambda/function:Function",
        // `GetFunction` returns both, and the address of the code, too: who verifies a stack has no right to it.
        read: async ({ lambda }, { name, arn }) => {
            const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
            const { Tags } = await lambda.send(new ListTagsCommand({ Resource: arn }));
            return {
                architectures: found.Architectures,
                runtime: found.Runtime,
                handler: found.Handler,
                memorySize: found.MemorySize,
                timeout: found.Timeout,
                role: found.Role,
                kmsKeyArn: found.KMSKeyArn,
                environment: { variables: found.Environment?.Variables },
                deadLetterConfig: { targetArn: found.DeadLetterConfig?.TargetArn },
                tracingConfig: { mode: found.TracingConfig?.Mode },
                vpcConfig: {
                    subnetIds: found.VpcConfig?.SubnetIds,
                    securityGroupIds: found.VpcConfig?.SecurityGroupIds,
                },
                tagsAll: Tags,
            };
        },
        notEmulated: {
            runtime: "it does not know the newest runtime, and is given the one before",
            kmsKeyArn: "it forgets the key of the environment variables",
            deadLetterConfig: "it forgets the queue",
        },
    },
];
