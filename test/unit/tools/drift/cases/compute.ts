import { publicPolicy, resourceInState, type DriftCase } from "./case.ts";

const cluster = { under: "ecs/cluster:Cluster", parent: { id: "arn:cluster", outputs: { arn: "arn:cluster" } } };
const lambdaFunction = {
    under: "lambda/function:Function",
    parent: { id: "validator", outputs: { arn: "arn:validator", version: "3" } },
};
const scalableDimensionInputs = {
    serviceNamespace: "ecs",
    resourceId: "service/payment/api",
    scalableDimension: "ecs:service:DesiredCount",
};
const scalableTarget = { under: "appautoscaling/target:Target", parent: { inputs: scalableDimensionInputs } };
const scalableTargetOptions =
    "--service-namespace ecs --resource-id service/payment/api --scalable-dimension ecs:service:DesiredCount";

const ecsCases: readonly DriftCase[] = [
    {
        ...cluster,
        item: "service",
        state: [resourceInState("ecs/service:Service", { id: "arn:service/api" })],
        answers: { ListServices: { serviceArns: ["arn:service/api", "arn:service/by-hand"] } },
        opens: "ECS keeps tasks of arn:service/by-hand running in the cluster",
        remove: "aws ecs delete-service --cluster arn:cluster --service arn:service/by-hand --force",
    },
    {
        ...cluster,
        item: "task",
        answers: {
            ListTasks: { taskArns: Array.from({ length: 101 }, (_, i) => `arn:task/${i}`) },
            DescribeTasks: ({ tasks }) => ({
                tasks: (tasks as string[]).map((taskArn) => ({
                    taskArn,
                    taskDefinitionArn: "arn:definition",
                    group: taskArn === "arn:task/100" ? "family:api" : "service:api",
                })),
            }),
        },
        knownCount: 0,
        createdByAws: Array.from({ length: 100 }, () => "a service started"),
        opens: "arn:definition runs outside every service",
        remove: "aws ecs stop-task --cluster arn:cluster --task arn:task/100",
    },
    ...[
        { containerOverrides: [{ name: "reconciliation", command: ["sh"] }] },
        { containerOverrides: [{ name: "reconciliation", environment: [{ name: "DATABASE_HOST", value: "other" }] }] },
        {
            containerOverrides: [
                { name: "reconciliation", environmentFiles: [{ value: "arn:file", type: "s3" as const }] },
            ],
        },
        { taskRoleArn: "arn:role" },
        { executionRoleArn: "arn:role" },
    ].map((overrides): DriftCase => ({
        ...cluster,
        item: "task",
        state: [
            resourceInState("scheduler/schedule:Schedule", {
                outputs: { target: { ecsParameters: { taskDefinitionArn: "arn:reconciliation:1" } } },
            }),
            resourceInState("scheduler/schedule:Schedule", { outputs: { target: { arn: "arn:vault" } } }, "backup"),
        ],
        answers: {
            ListTasks: { taskArns: ["arn:task/daily", "arn:task/by-hand"] },
            DescribeTasks: {
                tasks: [{ containerOverrides: [{ name: "reconciliation" }] }, {}, overrides].map((each, i) => ({
                    taskArn: `arn:task/${i}`,
                    taskDefinitionArn: "arn:reconciliation:1",
                    group: "family:reconciliation",
                    overrides: each,
                })),
            },
        },
        knownCount: 0,
        createdByAws: ["a schedule started", "a schedule started"],
        opens: "arn:reconciliation:1 runs outside every service",
        remove: "aws ecs stop-task --cluster arn:cluster --task arn:task/2",
    })),
    {
        ...cluster,
        item: "container instance",
        answers: { ListContainerInstances: { containerInstanceArns: ["arn:instance"] } },
        knownCount: 0,
        opens: "tasks of the cluster may run on arn:instance, a machine that is not in the state",
        remove: "aws ecs deregister-container-instance --cluster arn:cluster --container-instance arn:instance --force",
    },
    {
        under: "ecs/taskDefinition:TaskDefinition",
        item: "revision",
        parent: { inputs: { family: "api" } },
        state: [resourceInState("ecs/taskDefinition:TaskDefinition", { outputs: { arn: "arn:api:1" } })],
        answers: { ListTaskDefinitions: { taskDefinitionArns: ["arn:api:1", "arn:api:2"] } },
        opens: "who may run tasks can run arn:api:2, with the roles that it names",
        remove: "aws ecs deregister-task-definition --task-definition arn:api:2",
    },
    {
        under: "ecr/repository:Repository",
        item: "policy",
        parent: { id: "api" },
        answers: { GetRepositoryPolicy: { policyText: publicPolicy("ecr:BatchGetImage") } },
        knownCount: 0,
        opens: "anybody may ecr:BatchGetImage on *",
        remove: "aws ecr delete-repository-policy --repository-name api",
    },
];

const lambdaCases: readonly DriftCase[] = [
    {
        ...lambdaFunction,
        item: "permission",
        state: [
            resourceInState("lambda/permission:Permission", {
                inputs: { function: "arn:aws:lambda:::function:validator", statementId: "api" },
            }),
        ],
        answers: {
            GetPolicy: {
                Policy: JSON.stringify({
                    Statement: [
                        {
                            Sid: "api",
                            Effect: "Allow",
                            Principal: { Service: "apigateway.amazonaws.com" },
                            Action: "lambda:InvokeFunction",
                        },
                        { Sid: "by-hand", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction" },
                    ],
                }),
            },
        },
        opens: "anybody may lambda:InvokeFunction",
        remove: "aws lambda remove-permission --function-name validator --statement-id by-hand",
    },
    ...(["NONE", "AWS_IAM"] as const).map((AuthType): DriftCase => ({
        ...lambdaFunction,
        item: "function URL",
        state: [resourceInState("lambda/functionUrl:FunctionUrl", { outputs: { functionArn: "arn:planned" } })],
        answers: {
            ListFunctionUrlConfigs: {
                FunctionUrlConfigs: [
                    { FunctionArn: "arn:planned", FunctionUrl: "https://planned" },
                    { FunctionArn: "arn:validator", FunctionUrl: "https://url", AuthType },
                ],
            },
        },
        opens: `${AuthType === "NONE" ? "anybody on the internet" : "who may invoke it"} reaches the function at https://url, past API and firewall`,
        remove: "aws lambda delete-function-url-config --function-name arn:validator",
    })),
    {
        ...lambdaFunction,
        item: "alias",
        state: [resourceInState("lambda/alias:Alias", { inputs: { functionName: "validator", name: "live" } })],
        answers: { ListAliases: { Aliases: [{ Name: "live" }, { Name: "old", FunctionVersion: "1" }] } },
        opens: "version 1 can be invoked as old, under a policy of its own",
        remove: "aws lambda delete-alias --function-name validator --name old",
    },
    {
        ...lambdaFunction,
        item: "version",
        state: [resourceInState("lambda/function:Function", { id: "validator", outputs: { version: "3" } })],
        answers: { ListVersionsByFunction: { Versions: [{ Version: "$LATEST" }, { Version: "3" }, { Version: "2" }] } },
        createdByAws: ["the unpublished version"],
        opens: "code that was deployed earlier, or by hand, can be invoked as version 2",
        remove: "aws lambda delete-function --function-name validator --qualifier 2",
    },
    ...(
        [
            [
                { OnSuccess: { Destination: "arn:copy" }, OnFailure: { Destination: "arn:queue" } },
                "arn:copy and arn:queue get requests and results of the function",
            ],
            [undefined, "failed requests are tried again otherwise than planned"],
        ] as const
    ).map(([DestinationConfig, opens]): DriftCase => ({
        ...lambdaFunction,
        item: "asynchronous invocation setting",
        answers: {
            ListFunctionEventInvokeConfigs: {
                FunctionEventInvokeConfigs: [{ FunctionArn: "arn:validator:$LATEST", DestinationConfig }],
            },
        },
        knownCount: 0,
        opens,
        remove: "aws lambda delete-function-event-invoke-config --function-name arn:validator:$LATEST",
    })),
    {
        ...lambdaFunction,
        item: "event source mapping",
        answers: { ListEventSourceMappings: { EventSourceMappings: [{ UUID: "uuid", EventSourceArn: "arn:queue" }] } },
        knownCount: 0,
        opens: "the function is called with what arn:queue has",
        remove: "aws lambda delete-event-source-mapping --uuid uuid",
    },
];

const autoScalingCases: readonly DriftCase[] = [
    {
        ...scalableTarget,
        item: "scaling policy",
        state: [
            resourceInState("appautoscaling/policy:Policy", {
                inputs: { ...scalableDimensionInputs, name: "planned" },
            }),
        ],
        answers: {
            DescribeScalingPolicies: {
                ScalingPolicies: [{ PolicyName: "planned" }, { PolicyName: "by-hand", PolicyType: "StepScaling" }],
            },
        },
        opens: "StepScaling changes the capacity by rules that are not in the state",
        remove: `aws application-autoscaling delete-scaling-policy ${scalableTargetOptions} --policy-name by-hand`,
    },
    {
        ...scalableTarget,
        item: "scheduled action",
        state: [
            resourceInState("appautoscaling/scheduledAction:ScheduledAction", {
                inputs: { ...scalableDimensionInputs, name: "planned" },
            }),
        ],
        answers: {
            DescribeScheduledActions: {
                ScheduledActions: [
                    { ScheduledActionName: "planned" },
                    {
                        ScheduledActionName: "by-hand",
                        Schedule: "rate(1 day)",
                        ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 },
                    },
                ],
            },
        },
        opens: "the bounds become 0 to 0 at rate(1 day)",
        remove: `aws application-autoscaling delete-scheduled-action ${scalableTargetOptions} --scheduled-action-name by-hand`,
    },
    ...(
        [
            [
                "ecs/service:Service",
                "arn:aws:ecs:us-east-1:123456789012:service/payment/api",
                "ecs",
                "service/payment/api",
            ],
            ["dynamodb/table:Table", "payments", "dynamodb", "table/payments"],
        ] as const
    ).map(([under, id, namespace, ResourceId]): DriftCase => ({
        under,
        item: "scaling target",
        parent: { id },
        state: [
            resourceInState("appautoscaling/target:Target", {
                inputs: { resourceId: ResourceId, scalableDimension: "planned" },
            }),
        ],
        answers: {
            DescribeScalableTargets: ({ ResourceIds }) => ({
                ScalableTargets: [
                    { ResourceId: String(ResourceIds), ScalableDimension: "planned" },
                    { ResourceId: String(ResourceIds), ScalableDimension: "by-hand", MinCapacity: 1, MaxCapacity: 9 },
                ],
            }),
        },
        opens: "by-hand is set between 1 and 9 whatever the program says",
        remove: `aws application-autoscaling deregister-scalable-target --service-namespace ${namespace} --resource-id ${ResourceId} --scalable-dimension by-hand`,
    })),
];

export const computeCases: readonly DriftCase[] = [...ecsCases, ...lambdaCases, ...autoScalingCases];
