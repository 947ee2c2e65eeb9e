import {
    DeleteScalingPolicyCommand,
    DeleteScheduledActionCommand,
    DeregisterScalableTargetCommand,
    PutScalingPolicyCommand,
    PutScheduledActionCommand,
    RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
    DeregisterTaskDefinitionCommand,
    RegisterTaskDefinitionCommand,
    RunTaskCommand,
    StopTaskCommand,
} from "@aws-sdk/client-ecs";
import {
    AddPermissionCommand,
    CreateAliasCommand,
    CreateEventSourceMappingCommand,
    DeleteAliasCommand,
    DeleteEventSourceMappingCommand,
    DeleteFunctionCommand,
    PublishVersionCommand,
    RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import { requireResponse, type ManualAddition, type FindResource } from "./addition.ts";

const cluster = "ecs/cluster:Cluster";
const definition = "ecs/taskDefinition:TaskDefinition";
const lambdaFunction = "lambda/function:Function";
const scalableTarget = "appautoscaling/target:Target";

const scalableDimension = (find: FindResource) => ({
    ServiceNamespace: "ecs" as const,
    ResourceId: find(scalableTarget, "payment-api").text("resourceId"),
    ScalableDimension: "ecs:service:DesiredCount" as const,
});

const ecsAdditions: readonly ManualAddition[] = [
    {
        under: cluster,
        item: "task",
        opens: /by-hand:\d+ runs outside every service$/,
        add: async ({ ecs }, find) => {
            const at = { cluster: find(cluster).arn };
            const containerDefinitions = [{ name: "by-hand", image: "example.net/by-hand", memory: 128 }];
            const { taskDefinition: made } = await ecs.send(
                new RegisterTaskDefinitionCommand({ family: "by-hand", containerDefinitions }),
            );
            const taskDefinition = requireResponse(made?.taskDefinitionArn);
            const { tasks: [task] = [] } = await ecs.send(
                new RunTaskCommand({ ...at, taskDefinition, launchType: "FARGATE" }),
            );
            const key = requireResponse(task?.taskArn);
            return {
                key,
                remove: async () => {
                    await ecs.send(new StopTaskCommand({ ...at, task: key }));
                    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
                },
            };
        },
    },
    {
        under: definition,
        item: "revision",
        opens: /^who may run tasks can run .*payment-api-dev:\d+, with the roles that it names$/,
        add: async ({ ecs }, find) => {
            const { taskDefinition: made } = await ecs.send(
                new RegisterTaskDefinitionCommand({
                    family: find(definition, "payment-api").text("family"),
                    containerDefinitions: [{ name: "by-hand", image: "example.net/by-hand", memory: 128 }],
                }),
            );
            const taskDefinition = requireResponse(made?.taskDefinitionArn);
            const remove = () => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
            return { key: taskDefinition, remove };
        },
    },
];

const autoScalingAdditions: readonly ManualAddition[] = [
    {
        under: scalableTarget,
        item: "scaling policy",
        opens: /^StepScaling changes the capacity by rules that are not in the state$/,
        add: async ({ autoscaling: client }, find) => {
            const policy = { ...scalableDimension(find), PolicyName: "by-hand" };
            await client.send(
                new PutScalingPolicyCommand({
                    ...policy,
                    PolicyType: "StepScaling",
                    StepScalingPolicyConfiguration: {
                        AdjustmentType: "ExactCapacity",
                        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 100 }],
                    },
                }),
            );
            return { key: "by-hand", remove: () => client.send(new DeleteScalingPolicyCommand(policy)) };
        },
    },
    {
        under: scalableTarget,
        item: "scheduled action",
        opens: /^the bounds become 0 to 0 at rate\(1 day\)$/,
        add: async ({ autoscaling: client }, find) => {
            const action = { ...scalableDimension(find), ScheduledActionName: "by-hand" };
            const ScalableTargetAction = { MinCapacity: 0, MaxCapacity: 0 };
            await client.send(
                new PutScheduledActionCommand({ ...action, Schedule: "rate(1 day)", ScalableTargetAction }),
            );
            return { key: "by-hand", remove: () => client.send(new DeleteScheduledActionCommand(action)) };
        },
    },
    {
        under: "dynamodb/table:Table",
        item: "scaling target",
        opens: /^dynamodb:table:ReadCapacityUnits is set between 1 and 40000 whatever the program says$/,
        add: async ({ autoscaling: client }, find) => {
            const at = {
                ServiceNamespace: "dynamodb" as const,
                ResourceId: `table/${find("dynamodb/table:Table").id}`,
                ScalableDimension: "dynamodb:table:ReadCapacityUnits" as const,
            };
            await client.send(new RegisterScalableTargetCommand({ ...at, MinCapacity: 1, MaxCapacity: 40_000 }));
            return { key: at.ResourceId, remove: () => client.send(new DeregisterScalableTargetCommand(at)) };
        },
    },
];

const lambdaAdditions: readonly ManualAddition[] = [
    {
        under: lambdaFunction,
        item: "permission",
        opens: /^111122223333 may lambda:InvokeFunction on |^arn:aws:iam::111122223333:root may lambda:InvokeFunction/,
        add: async ({ lambda }, find) => {
            const at = { FunctionName: find(lambdaFunction).id, StatementId: "by-hand" };
            await lambda.send(
                new AddPermissionCommand({ ...at, Action: "lambda:InvokeFunction", Principal: "111122223333" }),
            );
            return { key: "by-hand", remove: () => lambda.send(new RemovePermissionCommand(at)) };
        },
    },
    {
        under: lambdaFunction,
        item: "alias",
        opens: /^version \$LATEST can be invoked as by-hand, under a policy of its own$/,
        add: async ({ lambda }, find) => {
            const at = { FunctionName: find(lambdaFunction).id, Name: "by-hand" };
            await lambda.send(new CreateAliasCommand({ ...at, FunctionVersion: "$LATEST" }));
            return { key: "by-hand", remove: () => lambda.send(new DeleteAliasCommand(at)) };
        },
    },
    {
        under: lambdaFunction,
        item: "version",
        opens: /^code that was deployed earlier, or by hand, can be invoked as version \d+$/,
        add: async ({ lambda }, find) => {
            const FunctionName = find(lambdaFunction).id;
            const { Version: Qualifier = "" } = await lambda.send(new PublishVersionCommand({ FunctionName }));
            const remove = () => lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
            return { key: `${FunctionName} ${Qualifier}`, remove };
        },
    },
    {
        under: lambdaFunction,
        item: "event source mapping",
        opens: /^the function is called with what .*payment-notifications-dev has$/,
        add: async ({ lambda }, find) => {
            const { UUID } = await lambda.send(
                new CreateEventSourceMappingCommand({
                    FunctionName: find(lambdaFunction).id,
                    EventSourceArn: find("sqs/queue:Queue", "payment-notifications-dev").arn,
                }),
            );
            return {
                key: requireResponse(UUID),
                remove: () => lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
            };
        },
    },
];

export const computeAdditions: readonly ManualAddition[] = [
    ...ecsAdditions,
    ...autoScalingAdditions,
    ...lambdaAdditions,
];
