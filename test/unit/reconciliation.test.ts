import { expect, test } from "@jest/globals";
import { estimateCost } from "../../analysis/cost/cost.ts";
import { reconciliationVariables, singleRunVariables } from "../../contract/container.ts";
import type { AcquirerSettings } from "../../lib/settings/acquirer.ts";
import { ecsServicesOf, scheduledTasksOf } from "../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { findNode, nodesOf } from "../recorder.ts";
import { planOfConfig } from "../stacks.ts";
import { tasksByService } from "../../plan/stack-settings.ts";
import {
    accountId,
    acquirerSettings,
    configWithAcquirer,
    configWithReconciliation,
    imageDigest,
    plainTextOf,
    servicesFromDefaults,
    policyStatements,
    typeTokens,
} from "./fixtures.ts";

const name = "payment-payment-reconciliation-dev";
const schedule = "aws:scheduler/schedule:Schedule";
const url = "https://api.acquirer.example/v1";
const arnOf = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${accountId}:${resource}`;

const acquirer = "services.payment.acquirer";

/** With an acquirer, and other settings. */
const planned = (changes: Readonly<Record<string, unknown>> = {}): Promise<Plan> =>
    planOfConfig(configWithAcquirer(changes));
const without = { [`${acquirer}.reconciliation.enabled`]: false };
/** With a second acquirer, and another program for the first. */
const withTwo = {
    [`${acquirer}.reconciliation.command`]: ["compare"],
    "services.notification.acquirer": { url: "https://other.example", reconciliation: { hour: 2 } },
};

const scheduleIn = (plan: Plan, noun = name): PlanNode => findNode(plan, noun, schedule);
const containerIn = (plan: Plan) => {
    const task = scheduledTasksOf(plan).find((each) => each.schedule.name === name);
    const [container] = task?.containers ?? [];
    return container as { image: string; command: string[]; environment: { name: string; value: string }[] };
};
const variablesIn = (plan: Plan) =>
    Object.fromEntries(containerIn(plan).environment.map((variable) => [variable.name, variable.value]));

test("once a day, at the hour of the settings, a task is started where a worker would run", async () => {
    const plan = await planOfConfig(configWithReconciliation());
    const { inputs } = scheduleIn(plan);
    const [service] = ecsServicesOf(plan).filter(({ service: each }) => each.name === "payment-payment-dev");
    const groupOf = (noun: string) => findNode(plan, noun, "aws:ec2/securityGroup:SecurityGroup").id;
    expect(inputs).toMatchObject({
        name,
        groupName: name,
        scheduleExpression: "cron(0 4 * * ? *)",
        flexibleTimeWindow: { mode: "OFF" },
        state: "ENABLED",
        kmsKeyArn: findNode(plan, "payment-messaging-dev", "aws:kms/key:Key").outputs.arn,
        target: {
            arn: arnOf("ecs", "cluster/payment-cluster-dev"),
            ecsParameters: {
                taskDefinitionArn: arnOf("ecs", `task-definition/${name}:1`),
                taskCount: 1,
                launchType: "FARGATE",
                networkConfiguration: {
                    subnets: (service?.service.inputs.networkConfiguration as { subnets: string[] }).subnets,
                    securityGroups: [groupOf("payment-workers-dev"), groupOf("payment-database-clients-dev")],
                    assignPublicIp: false,
                },
                propagateTags: "TASK_DEFINITION",
            },
            // As long as the alarm waits after the hour of the start.
            retryPolicy: { maximumEventAgeInSeconds: 6 * 3600 },
        },
    });
    expect(inputs).not.toHaveProperty("scheduleExpressionTimezone");
});

test("the task runs the image of its service, with its own program", async () => {
    const plan = await planOfConfig(configWithReconciliation());
    const repository = findNode(plan, "payment-payment-dev", typeTokens.repository).outputs.repositoryUrl;
    const [service] = ecsServicesOf(plan).filter(({ service: each }) => each.name === "payment-payment-dev");
    expect(containerIn(plan).image).toBe(`${plainTextOf(repository)}@${imageDigest}`);
    expect(service?.containers).toMatchObject([{ image: containerIn(plan).image }]);
    expect(containerIn(plan).command).toEqual(["node", "/app/reconcile.mjs"]);
    expect(service?.containers[0]).not.toHaveProperty("command");
    expect(containerIn(await planned(withTwo)).command).toEqual(["compare"]);
});

test("without an image no task is started", async () => {
    const plan = await planned();
    expect(scheduleIn(plan).inputs.state).toBe("DISABLED");
    expect(containerIn(plan).image).toMatch(/:awaiting-first-image$/);
});

test("the container gets the variables of the contract, except those of a single run, and an own database user", async () => {
    const plan = await planned();
    const ofSingleRun: readonly string[] = singleRunVariables;
    expect(Object.keys(variablesIn(plan))).toEqual(
        Object.keys(reconciliationVariables).filter((variable) => !ofSingleRun.includes(variable)),
    );
    expect(variablesIn(plan)).toMatchObject({
        ACQUIRER_SECRET_ARN: findNode(plan, "payment-payment-acquirer-dev", typeTokens.secret).outputs.arn,
        ACQUIRER_URL: url,
        DATABASE_HOST: findNode(plan, "payment-database-dev", "aws:rds/cluster:Cluster").outputs.endpoint,
        DATABASE_USER: "payment_payment_reconciliation",
        ENVIRONMENT: "dev",
        SERVICE: "payment",
    });
});

test("the task may log in as its own user and read the credential for the acquirer, and nothing else", async () => {
    const plan = await planned();
    const cluster = findNode(plan, "payment-database-dev", "aws:rds/cluster:Cluster").outputs.clusterResourceId;
    const secretArn = findNode(plan, "payment-payment-acquirer-dev", typeTokens.secret).outputs.arn;
    const statements = policyStatements(findNode(plan, "payment-payment-reconciliation-task-dev", typeTokens.policy));
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
        ["rds-db:connect", arnOf("rds-db", `dbuser:${plainTextOf(cluster)}/payment_payment_reconciliation`)],
        ["secretsmanager:GetSecretValue", secretArn],
        ["kms:Decrypt", findNode(plan, "payment-data-dev", "aws:kms/key:Key").outputs.arn],
    ]);
    const ofService = policyStatements(findNode(plan, "payment-payment-task-dev", typeTokens.policy));
    expect(ofService).not.toContainEqual(statements[0]);
});

test("the scheduler may run this task on this cluster, with its tags and its two roles, and nothing else", async () => {
    const plan = await planned();
    const roleArn = (kind: string) =>
        findNode(plan, `payment-payment-reconciliation-${kind}-dev`, typeTokens.role).outputs.arn;
    expect(policyStatements(findNode(plan, name, typeTokens.policy))).toEqual([
        {
            Effect: "Allow",
            Action: "ecs:RunTask",
            Resource: arnOf("ecs", `task-definition/${name}:*`),
            Condition: { ArnEquals: { "ecs:cluster": arnOf("ecs", "cluster/payment-cluster-dev") } },
        },
        {
            Effect: "Allow",
            Action: "ecs:TagResource",
            Resource: arnOf("ecs", "task/payment-cluster-dev/*"),
            Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
        },
        {
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: [roleArn("task"), roleArn("execution")],
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        },
        {
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: findNode(plan, "payment-messaging-dev", "aws:kms/key:Key").outputs.arn,
            Condition: {
                StringEquals: {
                    "kms:EncryptionContext:aws:scheduler:schedule:arn": arnOf("scheduler", `schedule/${name}/${name}`),
                },
            },
        },
    ]);
});

test("its log is kept as that of a service, and an output names it", async () => {
    const plan = await planned();
    const ofService = findNode(plan, "payment-payment-dev", typeTokens.logGroup).inputs;
    const own = findNode(plan, name, typeTokens.logGroup).inputs;
    expect(own).toEqual({ ...ofService, name: `/ecs/${name}` });
    expect(plan.outputs.logGroupNames).toContain(`/ecs/${name}`);
});

test("a stack whose services have no acquirer, or that does without, has none", async () => {
    const plans = [await planned(without), await planned({ [acquirer]: undefined })];
    for (const plan of plans) {
        expect(plan.nodes.filter((node) => node.name.includes("reconciliation"))).toEqual([]);
    }
});

test("two services with acquirers have one each, which share nothing but the place", async () => {
    const plan = await planned(withTwo);
    const schedules = nodesOf(plan, schedule).filter(({ inputs }) => "ecsParameters" in (inputs.target as object));
    expect(schedules.map((node) => [node.name, node.inputs.scheduleExpression]).sort()).toEqual([
        ["payment-notification-reconciliation-dev", "cron(0 2 * * ? *)"],
        [name, "cron(0 6 * * ? *)"],
    ]);
    const policyOf = (noun: string) =>
        JSON.stringify(policyStatements(findNode(plan, `payment-${noun}-reconciliation-task-dev`, typeTokens.policy)));
    expect(policyOf("payment")).not.toContain("notification");
    expect(policyOf("notification")).not.toContain("payment_payment");
});

test("it costs ten minutes of a task a day, and its two metrics", async () => {
    const costOf = (plan: Plan) => estimateCost(plan, {}).rows.filter(({ item }) => item.includes("reconciliation"));
    expect(costOf(await planned(without))).toEqual([]);
    // 0.25 vCPU and 0.5 GiB on ARM64 in us-east-1 cost 7.21 USD a month.
    expect(costOf(await planned())).toMatchObject([
        {
            item: `Scheduled task ${name}`,
            arithmetic: "10 of 1440 minutes a day of 0.25 vCPU and 0.5 GiB x $7.21",
            amount: expect.closeTo(0.05, 2),
        },
    ]);
    const metricsOf = (reconciliation: Partial<AcquirerSettings["reconciliation"]>) =>
        tasksByService({
            services: servicesFromDefaults({
                payment: { metrics: ["outbox"], acquirer: acquirerSettings(reconciliation) },
            }),
        }).payment?.customMetrics;
    expect([metricsOf({}), metricsOf({ enabled: false })]).toEqual([3, 1]);
});
