import * as aws from "@pulumi/aws";
import { expect, test } from "@jest/globals";
import { Service } from "../../lib/compute/service.ts";
import type { Statement } from "../../lib/iam.ts";
import type { Scope } from "../../lib/scope.ts";
import { isWorker } from "../../lib/settings/service-path.ts";
import type { ServiceSettings, Settings } from "../../lib/settings/schema.ts";
import type { Plan } from "../../plan/plan.ts";
import { findNode, nodesOf, componentPlanner } from "../recorder.ts";
import {
    accountId,
    acquirerSettings,
    guardDutyAgentRepositoryArn,
    computeSettings,
    containerContext,
    gatewaySecretArn,
    imageDigest,
    keyArns,
    logs,
    logicalNamesOf,
    onlyNode,
    parseJsonValue,
    testScope,
    securityGroupIds,
    policyStatements,
    plainTextOf,
    typeTokens,
    readSecretGrants,
} from "./fixtures.ts";

const name = "payment-payment-test";
const execution = "payment-payment-execution-test";
const task = "payment-payment-task-test";

interface Changes {
    service?: Partial<ServiceSettings>;
    compute?: Partial<Settings["compute"]>;
    scope?: Partial<Scope>;
    execPermissions?: Statement[];
    agentPermissions?: Statement[];
}

const planned = componentPlanner((changes: Changes = {}) => {
    const scope = testScope(changes.scope);
    const rule = new aws.lb.ListenerRule("rule", { listenerArn: "listener", actions: [], conditions: [] });
    const group = new aws.lb.TargetGroup("group");
    const context = containerContext(scope, "payment", changes.service);
    new Service(name, {
        scope,
        compute: computeSettings(changes.compute),
        cluster: new aws.ecs.Cluster("cluster"),
        subnetIds: ["subnet-1", "subnet-2"],
        securityGroupIds: securityGroupIds(),
        dataKeyArn: keyArns.data,
        messagingKeyArn: keyArns.messaging,
        logs,
        execPermissions: changes.execPermissions ?? [],
        agentPermissions: changes.agentPermissions ?? [],
        context,
        route: isWorker(context.settings)
            ? undefined
            : {
                  targetGroupArn: group.arn,
                  targetGroupArnSuffix: group.arnSuffix,
                  requestCountLabel: group.arnSuffix,
                  listenerRule: rule,
              },
        deploymentAlarmNames: ["payment-payment-target-5xx-test", "payment-payment-target-unhealthy-test"],
    });
});

const serviceIn = (plan: Plan) => onlyNode(plan, typeTokens.ecsService);
const definitionIn = (plan: Plan) => onlyNode(plan, typeTokens.taskDefinition);
const repositoryIn = (plan: Plan) => plainTextOf(onlyNode(plan, typeTokens.repository).outputs.repositoryUrl);
const containerIn = (plan: Plan) =>
    (parseJsonValue(definitionIn(plan).inputs.containerDefinitions) as { image: string }[])[0];

test("a worker has no load balancer, and a security group to which nothing may connect", async () => {
    const plan = await planned({ service: { path: undefined, priority: undefined, stores: ["cache"] } });
    const { inputs } = serviceIn(plan);
    expect(inputs).not.toHaveProperty("loadBalancers");
    expect(inputs).not.toHaveProperty("healthCheckGracePeriodSeconds");
    expect(inputs.networkConfiguration).toMatchObject({ securityGroups: ["sg-workers", "sg-cache-clients"] });
});

const acquirer = acquirerSettings({ enabled: false });
const acquirerSecretIn = (plan: Plan) => findNode(plan, "payment-payment-acquirer-test", typeTokens.secret);

test("the secret for an acquirer has the stack's key and no value, which only an operator puts", async () => {
    const plan = await planned({ service: { acquirer } });
    expect(acquirerSecretIn(plan)).toMatchObject({
        inputs: { kmsKeyId: keyArns.data, description: "Credential of the service payment for the acquirer" },
    });
    const { id } = acquirerSecretIn(plan);
    const versions = nodesOf(plan, "aws:secretsmanager/secretVersion:SecretVersion");
    expect(versions.filter(({ inputs }) => inputs.secretId === id)).toEqual([]);
    const before = nodesOf(await planned(), typeTokens.secret);
    expect(nodesOf(plan, typeTokens.secret)).toHaveLength(before.length + 1);
});

test.each([
    [true, { protect: true }, 30],
    [false, { protect: false }, 0],
])("with deletion protection %s the secret for an acquirer is kept as others are", async (on, options, days) => {
    const plan = await planned({ service: { acquirer }, scope: { deletionProtection: on } });
    expect(acquirerSecretIn(plan)).toMatchObject({ options, inputs: { recoveryWindowInDays: days } });
});

test("the task, and not its execution role, may read the secret for the acquirer, and use the key for nothing else", async () => {
    const plan = await planned({ service: { acquirer } });
    const { arn } = acquirerSecretIn(plan).outputs;
    const read = readSecretGrants(arn);
    expect(policyStatements(findNode(plan, task, "aws:iam/rolePolicy:RolePolicy"))).toEqual(
        expect.arrayContaining(read),
    );
    expect(JSON.stringify(findNode(plan, execution, "aws:iam/rolePolicy:RolePolicy").inputs)).not.toContain(
        "secretsmanager",
    );
    expect(containerIn(plan)).toMatchObject({
        environment: expect.arrayContaining([
            { name: "ACQUIRER_SECRET_ARN", value: arn },
            { name: "ACQUIRER_URL", value: acquirer.url },
        ]),
    });
});

test("without an image no task is desired, so that the first deployment succeeds", async () => {
    const plan = await planned({ service: { minTasks: 3 } });
    expect(serviceIn(plan).inputs.desiredCount).toBe(0);
    expect(onlyNode(plan, typeTokens.scalingTarget).inputs).toMatchObject({ minCapacity: 0, maxCapacity: 0 });
    expect(containerIn(plan)?.image).toBe(`${repositoryIn(plan)}:awaiting-first-image`);
});

test("with an image exactly its digest runs, with the stack's minimum of tasks", async () => {
    const plan = await planned({ service: { minTasks: 3, imageDigest } });
    expect(serviceIn(plan).inputs.desiredCount).toBe(3);
    expect(onlyNode(plan, typeTokens.scalingTarget).inputs.minCapacity).toBe(3);
    expect(containerIn(plan)?.image).toBe(`${repositoryIn(plan)}@${imageDigest}`);
});

test("a task has the size of its settings, on ARM64, and its own network interface", async () => {
    const plan = await planned({ service: { cpuUnits: 512, memoryMib: 1024 } });
    expect(definitionIn(plan).inputs).toMatchObject({
        family: name,
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "512",
        memory: "1024",
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        volumes: [{ name: "tmp" }],
    });
    for (const weakness of ["pidMode", "ipcMode"]) {
        expect(definitionIn(plan).inputs).not.toHaveProperty(weakness);
    }
});

test("a deployment keeps all old tasks until the new ones are healthy, and is rolled back when it fails", async () => {
    const plan = await planned();
    expect(serviceIn(plan).inputs).toMatchObject({
        name,
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: {
            alarmNames: ["payment-payment-target-5xx-test", "payment-payment-target-unhealthy-test"],
            enable: true,
            rollback: true,
        },
        availabilityZoneRebalancing: "ENABLED",
        healthCheckGracePeriodSeconds: 60,
        propagateTags: "SERVICE",
        enableEcsManagedTags: true,
        forceDelete: true,
    });
});

test("tasks are in private subnets, in a target group that a listener already uses", async () => {
    const plan = await planned();
    const { inputs, dependencies } = serviceIn(plan);
    expect(inputs).toMatchObject({
        networkConfiguration: { subnets: ["subnet-1", "subnet-2"], assignPublicIp: false },
        loadBalancers: [
            {
                targetGroupArn: onlyNode(plan, typeTokens.targetGroup).outputs.arn,
                containerName: "payment",
                containerPort: 8080,
            },
        ],
    });
    expect(dependencies).toContain(findNode(plan, "rule").urn);
});

test.each([
    ["no store", [], ["sg-tasks"]],
    ["the database", ["database"], ["sg-tasks", "sg-database-clients"]],
    ["the cache", ["cache"], ["sg-tasks", "sg-cache-clients"]],
    ["both stores", ["cache", "database"], ["sg-tasks", "sg-database-clients", "sg-cache-clients"]],
] as [string, ServiceSettings["stores"], string[]][])(
    "a service that uses %s can connect to just that",
    async (_, stores, securityGroups) => {
        const { networkConfiguration } = serviceIn(await planned({ service: { stores } })).inputs;
        expect(networkConfiguration).toMatchObject({ securityGroups });
    },
);

const onDemand = { capacityProvider: "FARGATE", base: 1, weight: 1 };
const spare = { capacityProvider: "FARGATE_SPOT", weight: 1 };

test.each([
    ["none", "processing", [onDemand]],
    ["half", "processing", [onDemand, spare]],
    ["all-but-one", "processing", [{ ...onDemand, weight: 0 }, spare]],
    ["none", undefined, [onDemand]],
    ["half", undefined, [onDemand]],
    ["all-but-one", undefined, [onDemand]],
] as const)(
    "a stack sets the share of Spot, %s: a service that reads %s runs on",
    async (spot, consumes, strategies) => {
        const plan = await planned({ service: { consumes }, compute: { spot } });
        expect(serviceIn(plan).inputs.capacityProviderStrategies).toEqual(strategies);
    },
);

test("another share of Spot or another count of tasks does not change a running service", async () => {
    const { ignoreChanges } = serviceIn(await planned()).options;
    expect(ignoreChanges).toEqual(["desiredCount", "capacityProviderStrategies"]);
});

test("the first image, and the removal of the last, replace the service; other images deploy to it", async () => {
    const optionsOf = async (service: Partial<ServiceSettings>) => serviceIn(await planned({ service })).options;
    const none = await optionsOf({});
    const first = await optionsOf({ imageDigest });
    const second = await optionsOf({ imageDigest: imageDigest.replace("ab", "cd") });
    // Pulumi replaces when a trigger changes; both services cannot have the same name at once.
    expect([none, first, second].map(({ replacementTrigger }) => replacementTrigger)).toEqual([
        "no image",
        "image",
        "image",
    ]);
    expect(none.deleteBeforeReplace).toBe(true);
});

test("a consumer scales by the queue that it reads, by the names of its own service", async () => {
    const plan = await planned({ service: { consumes: "notifications" } });
    const shown = JSON.stringify(findNode(plan, "payment-payment-backlog-test", typeTokens.scalingPolicy).inputs);
    expect(shown).toContain('{"name":"QueueName","value":"payment-notifications-test"}');
    expect(shown).toContain(`{"name":"ServiceName","value":"${name}"}`);
    const cluster = plainTextOf(findNode(plan, "cluster").outputs.name);
    expect(shown).toContain(`{"name":"ClusterName","value":"${cluster}"}`);
    expect(onlyNode(plan, typeTokens.scalingTarget).inputs.resourceId).toBe(`service/${cluster}/${name}`);
    expect(logicalNamesOf(await planned(), typeTokens.scalingPolicy)).toHaveLength(2);
});

test("pulling images and running payments use two roles, which only tasks of this account may assume", async () => {
    const plan = await planned({ service: { stores: ["database"] } });
    const { executionRoleArn, taskRoleArn } = definitionIn(plan).inputs;
    expect(executionRoleArn).toBe(findNode(plan, execution, typeTokens.role).outputs.arn);
    expect(taskRoleArn).toBe(findNode(plan, task, typeTokens.role).outputs.arn);
    expect(taskRoleArn).not.toBe(executionRoleArn);
    expect(nodesOf(plan, typeTokens.role)).toHaveLength(3);
    for (const role of [execution, task]) {
        expect(policyStatements(findNode(plan, role, typeTokens.role), "assumeRolePolicy")).toEqual([
            {
                Effect: "Allow",
                Principal: { Service: "ecs-tasks.amazonaws.com" },
                Action: "sts:AssumeRole",
                Condition: {
                    StringEquals: { "aws:SourceAccount": accountId },
                    ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${accountId}:*` },
                },
            },
        ]);
    }
});

test("a task starts only once its roles have their policies", async () => {
    const { dependencies } = definitionIn(await planned({ service: { stores: ["database"] } }));
    const policies = [execution, task].map((role) => expect.stringMatching(`RolePolicy::${role}$`) as unknown);
    expect(dependencies).toEqual(expect.arrayContaining(policies));
});

test("the execution role pulls this service's images and writes its log, nothing else", async () => {
    const plan = await planned();
    expect(policyStatements(findNode(plan, execution, typeTokens.policy))).toEqual([
        {
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: onlyNode(plan, typeTokens.repository).outputs.arn,
        },
        // AWS takes no resource for the token of the registry.
        { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${plainTextOf(findNode(plan, name, typeTokens.logGroup).outputs.arn)}:log-stream:*`,
        },
    ]);
});

test("the permissions of GuardDuty's agent are in the execution role, not in the task role", async () => {
    const pulled: Statement = { Effect: "Allow", Action: "ecr:BatchGetImage", Resource: guardDutyAgentRepositoryArn };
    const plan = await planned({ service: { stores: ["database"] }, agentPermissions: [pulled] });
    expect(policyStatements(findNode(plan, execution, typeTokens.policy))).toContainEqual(pulled);
    expect(policyStatements(findNode(plan, task, typeTokens.policy))).not.toContainEqual(pulled);
});

const worker: Partial<ServiceSettings> = { path: undefined, priority: undefined };

test("a service without stores may only read the secret of the merchants' API, and a worker nothing", async () => {
    expect(policyStatements(findNode(await planned(), task, typeTokens.policy))).toEqual(
        readSecretGrants(gatewaySecretArn),
    );
    expect(logicalNamesOf(await planned({ service: worker }), typeTokens.policy)).toEqual([execution]);
});

const useOf = (service: string) => [`kms:GenerateDataKey via ${service}`, `kms:Decrypt via ${service}`];
const sqsUse = useOf("sqs.eu-west-1.amazonaws.com");

test.each([
    ["the database", { stores: ["database"] }, ["rds-db:connect"]],
    [
        "the cache",
        { stores: ["cache"] },
        ["secretsmanager:GetSecretValue", "kms:Decrypt via secretsmanager.eu-west-1.amazonaws.com"],
    ],
    ["payments to send", { sends: ["processing"] }, ["sqs:SendMessage", "sqs:GetQueueUrl", ...sqsUse]],
    ["events to publish", { publishes: ["events"] }, ["sns:Publish", ...useOf("sns.eu-west-1.amazonaws.com")]],
    [
        "a queue to read",
        { consumes: "notifications" },
        [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "kms:Decrypt via sqs.eu-west-1.amazonaws.com",
        ],
    ],
] as [string, Partial<ServiceSettings>, string[]][])(
    "a service that uses %s has the permissions for it",
    async (...row) => {
        const [, service, expected] = row;
        const plan = await planned({ service: { ...worker, ...service } });
        const statements = policyStatements(findNode(plan, task, typeTokens.policy));
        expect(statements.map((statement) => statement.Resource)).not.toContain("*");
        const allowed = statements.flatMap(({ Action, Condition }) => {
            const via = Condition?.StringEquals?.["kms:ViaService"];
            return [Action].flat().map((action) => (typeof via === "string" ? `${action} via ${via}` : action));
        });
        expect(allowed).toEqual(expected);
    },
);

test("the permissions of a service are the sum of those of its stores, and of shells", async () => {
    const shell: Statement = { Effect: "Allow", Action: "ssmmessages:OpenDataChannel", Resource: "*" };
    const service: Partial<ServiceSettings> = { ...worker, stores: ["database", "cache"], publishes: ["events"] };
    const plan = await planned({ service, execPermissions: [shell] });
    const actions = policyStatements(findNode(plan, task, typeTokens.policy)).map(({ Action }) => Action);
    expect(actions).toEqual([
        "rds-db:connect",
        "secretsmanager:GetSecretValue",
        "kms:Decrypt",
        "sns:Publish",
        ["kms:GenerateDataKey", "kms:Decrypt"],
        "ssmmessages:OpenDataChannel",
    ]);
});

test.each([
    [true, ["tmp", "managed-agents", "ssm-lib", "ssm-log"]],
    [false, ["tmp"]],
])("shells in tasks: %s", async (execCommand, volumes) => {
    const plan = await planned({ compute: { execCommand } });
    expect(serviceIn(plan).inputs.enableExecuteCommand).toBe(execCommand);
    expect(definitionIn(plan).inputs.volumes).toEqual(volumes.map((volume) => ({ name: volume })));
});
