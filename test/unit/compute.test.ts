import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { Compute } from "../../lib/compute.ts";
import type { Scope } from "../../lib/scope.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { inputsOf, findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    accountId,
    accountSettings,
    guardDutyAgentRepositoryArn,
    createBackends,
    computeSettings,
    edgeSettings,
    keyArns,
    logs,
    logSettings,
    logicalNamesOf,
    onlyNode,
    parseJsonValue,
    testScope,
    securityGroupIds,
    servicesFromDefaults,
    policyStatements,
    typeTokens,
    validationSettings,
} from "./fixtures.ts";

const name = "payment-cluster-test";
const cluster = "aws:ecs/cluster:Cluster";
const providers = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const lifecycle = "aws:ecr/lifecyclePolicy:LifecyclePolicy";

interface Changes {
    compute?: Partial<Settings["compute"]>;
    edge?: Partial<Settings["edge"]>;
    level?: Settings["logs"]["level"];
    guardDuty?: Settings["accountServices"]["guardDuty"];
    scope?: Partial<Scope>;
}

const repositoryNames = ["payment-api-test", "payment-migration-test", "payment-risk-check-test"];

const serviceSettings = servicesFromDefaults({ api: {}, "risk-check": { minTasks: 1 } });

function build(changes: Changes = {}, routed: string[] = Object.keys(serviceSettings)): Compute {
    const scope = testScope(changes.scope);
    const routes = routed.map((service) => {
        const listenerRule = new aws.lb.ListenerRule(service, { listenerArn: "l", actions: [], conditions: [] });
        const targetGroupArn = pulumi.output(`target-group-of-${service}`);
        return [
            service,
            { targetGroupArn, targetGroupArnSuffix: targetGroupArn, requestCountLabel: targetGroupArn, listenerRule },
        ] as const;
    });
    return new Compute(name, {
        scope,
        settings: {
            compute: computeSettings(changes.compute),
            services: serviceSettings,
            migration: {},
            edge: edgeSettings(changes.edge),
            logs: logSettings({ level: changes.level }),
            validation: validationSettings({ maxAmountMinor: 5000 }),
            accountServices: accountSettings({ guardDuty: changes.guardDuty }),
        },
        subnetIds: ["subnet-1", "subnet-2"],
        securityGroupIds: securityGroupIds(),
        dataKeyArn: keyArns.data,
        messagingKeyArn: keyArns.messaging,
        logsKeyArn: keyArns.logs,
        logs,
        backends: createBackends(scope),
        routes: Object.fromEntries(routes),
        deploymentAlarmNames: Object.fromEntries(routed.map((service) => [service, [`alarm-of-${service}`]])),
    });
}
const planned = componentPlanner(build);

test("each entry of the settings is a service, with its own route and alarms", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, typeTokens.ecsService)).toEqual(["payment-api-test", "payment-risk-check-test"]);
    for (const service of ["api", "risk-check"]) {
        const { inputs } = findNode(plan, `payment-${service}-test`, typeTokens.ecsService);
        expect(inputs).toMatchObject({
            cluster: onlyNode(plan, cluster).outputs.arn,
            loadBalancers: [{ targetGroupArn: `target-group-of-${service}`, containerName: service }],
            alarms: { alarmNames: [`alarm-of-${service}`] },
        });
    }
});

test.each([
    ["create", [guardDutyAgentRepositoryArn]],
    ["adopt", [guardDutyAgentRepositoryArn]],
    ["skip", []],
] as const)(
    "with GuardDuty on %s each service may pull its own image, and the agent's: %j",
    async (guardDuty, agents) => {
        const plan = await planned({ guardDuty });
        for (const service of ["api", "risk-check"]) {
            const execution = findNode(plan, `payment-${service}-execution-test`, typeTokens.policy);
            const pulls = policyStatements(execution).filter(({ Action }) =>
                [Action].flat().includes("ecr:BatchGetImage"),
            );
            const own = findNode(plan, `payment-${service}-test`, typeTokens.repository).outputs.arn;
            expect(pulls.map(({ Resource }) => Resource)).toEqual([own, ...agents]);
            expect(new Set(pulls.map(({ Action }) => String(Action))).size).toBe(1);
            expect(JSON.stringify(plan.nodes.filter(({ name }) => name.includes("-task-")))).not.toContain("guardduty");
        }
    },
);

test("a service without a route is refused by name", async () => {
    const failure = planComponent(() => build({}, ["api"]));
    await expect(failure).rejects.toThrow("no risk-check among api");
});

test.each(["enabled", "enhanced"] as const)("container insights: %s", async (containerInsights) => {
    expect(onlyNode(await planned({ compute: { containerInsights } }), cluster).inputs).toMatchObject({
        name,
        settings: [{ name: "containerInsights", value: containerInsights }],
    });
});

test("tasks may run on Fargate and on Fargate Spot, and on nothing else", async () => {
    const plan = await planned();
    expect(onlyNode(plan, providers).inputs).toEqual({
        clusterName: name,
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    });
});

test("every service depends on the cluster's capacity providers", async () => {
    const plan = await planned();
    const services = nodesOf(plan, typeTokens.ecsService);
    expect(services).toHaveLength(2);
    for (const { propertyDependencies } of services) {
        expect(propertyDependencies.cluster).toContain(onlyNode(plan, providers).urn);
    }
});

test("metrics of tasks are written to a log group that exists before, with key and retention", async () => {
    const plan = await planned();
    const group = findNode(plan, "payment-insights-test", typeTokens.logGroup);
    expect(group.inputs).toEqual({
        name: `/aws/ecs/containerinsights/${name}/performance`,
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
    expect(onlyNode(plan, cluster).dependencies).toContain(group.urn);
});

test("a shell in a task writes every command to an encrypted log", async () => {
    const plan = await planned();
    expect(findNode(plan, "payment-exec-test", typeTokens.logGroup).inputs).toEqual({
        name: "/ecs/exec/payment-cluster-test",
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
    expect(onlyNode(plan, cluster).inputs.configuration).toEqual({
        executeCommandConfiguration: {
            kmsKeyId: keyArns.logs,
            logging: "OVERRIDE",
            logConfiguration: {
                cloudWatchEncryptionEnabled: true,
                cloudWatchLogGroupName: "/ecs/exec/payment-cluster-test",
            },
        },
    });
});

test("with shells on, a task may open their channels and record them, and no more", async () => {
    const plan = await planned({ compute: { execCommand: true } });
    const logArn = findNode(plan, "payment-exec-test", typeTokens.logGroup).outputs.arn as string;
    const policies = ["api", "risk-check"].map((service) =>
        findNode(plan, `payment-${service}-task-test`, typeTokens.policy),
    );
    for (const node of policies) {
        const [readSecret, decryptSecret, ...others] = policyStatements(node);
        expect([readSecret, decryptSecret].map((statement) => statement?.Action)).toEqual([
            "secretsmanager:GetSecretValue",
            "kms:Decrypt",
        ]);
        expect(others).toEqual([
            {
                Effect: "Allow",
                Action: [
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                    "logs:DescribeLogGroups",
                ],
                Resource: "*",
            },
            {
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                Resource: [logArn, `${logArn}:log-stream:*`],
            },
            { Effect: "Allow", Action: "kms:Decrypt", Resource: keyArns.logs },
        ]);
    }
});

test("with shells off, as they are by default, no task may open one", async () => {
    const plan = await planned();
    expect(inputsOf(plan, typeTokens.ecsService).map((inputs) => inputs.enableExecuteCommand)).toEqual([false, false]);
    expect(JSON.stringify(inputsOf(plan, typeTokens.policy))).not.toContain("ssmmessages");
});

test("containers get the log level of the stack, and those of services the protocol and its largest amount", async () => {
    const plan = await planned({ level: "warn" });
    const containers = inputsOf(plan, typeTokens.taskDefinition).flatMap(
        ({ containerDefinitions }) => parseJsonValue(containerDefinitions) as { name: string; environment: unknown }[],
    );
    const logLevel = { name: "LOG_LEVEL", value: "warn" };
    const protocol = { name: "PROTOCOL", value: "HTTPS" };
    const maxAmount = { name: "MAX_AMOUNT_MINOR", value: "5000" };
    expect(containers.map(({ name }) => name).toSorted()).toEqual(["api", "migration", "risk-check"]);
    for (const { name, environment } of containers) {
        expect(environment).toEqual(
            expect.arrayContaining(name === "migration" ? [logLevel] : [logLevel, protocol, maxAmount]),
        );
    }
});

test("images are encrypted with the stack's key, scanned on push, and immutable", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, typeTokens.repository)).toEqual(repositoryNames);
    for (const { name: repository, inputs } of nodesOf(plan, typeTokens.repository)) {
        expect(inputs).toMatchObject({
            name: repository,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keyArns.data }],
        });
    }
});

test("of each service the images that were deployed are kept, and the last fifty of the others", async () => {
    const plan = await planned();
    expect(logicalNamesOf(plan, lifecycle)).toEqual(repositoryNames);
    for (const { name: repository, inputs } of nodesOf(plan, lifecycle)) {
        expect(inputs.repository).toBe(repository);
        expect(parseJsonValue(inputs.policy)).toMatchObject({
            rules: [
                {
                    rulePriority: 1,
                    selection: {
                        tagStatus: "tagged",
                        tagPrefixList: ["deployed-"],
                        countType: "imageCountMoreThan",
                        countNumber: 500,
                    },
                    action: { type: "expire" },
                },
                {
                    rulePriority: 2,
                    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 },
                    action: { type: "expire" },
                },
            ],
        });
    }
});

test.each([true, false])(
    "with protection %s images cannot or can be deleted with the stack",
    async (deletionProtection) => {
        const repositories = nodesOf(await planned({ scope: { deletionProtection } }), typeTokens.repository);
        expect(repositories).toHaveLength(repositoryNames.length);
        for (const { inputs, options } of repositories) {
            expect(inputs.forceDelete).toBe(!deletionProtection);
            expect(options.protect).toBe(deletionProtection);
        }
    },
);

test("the cluster's name and every log group are published", async () => {
    const plan = await planned();
    expect(findNode(plan, name, "payment:index:Compute").outputs).toEqual({
        clusterName: name,
        logGroupNames: [
            "/ecs/exec/payment-cluster-test",
            `/aws/ecs/containerinsights/${name}/performance`,
            "/ecs/payment-migration-test",
            "/ecs/payment-api-test",
            "/ecs/payment-risk-check-test",
        ],
    });
    expect(findNode(plan, "payment-api-test", "payment:index:Service").outputs).toEqual({
        serviceName: "payment-api-test",
        repositoryUrl: `${accountId}.dkr.ecr.us-east-1.amazonaws.com/payment-api-test`,
        logGroupNames: ["/ecs/payment-api-test"],
    });
});

test("errors in the log of a service are counted under its own name", async () => {
    const plan = await planned();
    const filters = inputsOf(plan, "aws:cloudwatch/logMetricFilter:LogMetricFilter");
    expect(filters).toHaveLength(2);
    expect(filters).toEqual(
        expect.arrayContaining(
            ["payment-api-test", "payment-risk-check-test"].map((service) => ({
                name: `${service}-errors`,
                logGroupName: `/ecs/${service}`,
                pattern: '{ $.level = "error" || $.level = "fatal" }',
                metricTransformation: {
                    name: `${service}-errors`,
                    namespace: "PaymentPlatform",
                    value: "1",
                    defaultValue: "0",
                    unit: "Count",
                },
            })),
        ),
    );
    expect(findNode(plan, "payment-api-test", typeTokens.logGroup).inputs).toEqual({
        name: "/ecs/payment-api-test",
        kmsKeyId: keyArns.logs,
        retentionInDays: 30,
    });
});
