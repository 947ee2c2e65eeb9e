import { expect, test } from "@jest/globals";
import type { Plan } from "../../../plan/plan.ts";
import { configWithAcquirer, configWithReconciliation } from "../fixtures.ts";
import { describeViolations, findingsOf, planOfConfig, settingsFromConfig } from "./config-plans.ts";
import {
    changeInputs,
    changePolicy,
    changeResources,
    withoutDependencies,
    withValueAt,
    type PlanChange,
} from "./fault.ts";

const schedule = "aws:scheduler/schedule:Schedule";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const name = "payment-payment-reconciliation-dev";
const network = "target.ecsParameters.networkConfiguration";

const withImage = configWithReconciliation();
const withoutImage = configWithAcquirer();

const schedules = (path: string, value: Parameters<typeof withValueAt>[1]): PlanChange =>
    changeInputs(schedule, "reconciliation", withValueAt(path, value));
const grants = (from: string | RegExp, to: string): PlanChange => changePolicy(rolePolicy, name, from, to);

const onCluster = /,"Condition":\{"ArnEquals":\{"ecs:cluster":"[^"]*"\}\}/;
const forTasksOnly = /,"Condition":\{"StringEquals":\{"iam:PassedToService":"[^"]*"\}\}/;

/** A rule, what is changed in a stack with a reconciliation, and the finding that must come of it. */
const faults: readonly [rule: string, fault: string, change: PlanChange, finding: string][] = [
    [
        "no-public-addresses",
        "a public address",
        schedules(`${network}.assignPublicIp`, true),
        `${name} must start tasks without public IP addresses`,
    ],
    [
        "public-edge-only",
        "a public address, in the network",
        schedules(`${network}.assignPublicIp`, true),
        `${name} must have no public address`,
    ],
    [
        "tiers-in-own-subnets",
        "one subnet only",
        schedules(`${network}.subnets`, ["subnet-1"]),
        `${name} must be in the private subnets, one in each zone`,
    ],
    [
        "network-resources-supported",
        "no subnet of the stack",
        schedules(`${network}.subnets`, []),
        `${name} is in no subnet, or in no security group, of the plan`,
    ],
    [
        "network-resources-supported",
        "an old platform, in the network",
        schedules("target.ecsParameters.platformVersion", "1.3.0"),
        `${name} has target.ecsParameters.platformVersion, which the network model does not support`,
    ],
    [
        "services-current",
        "an old platform",
        schedules("target.ecsParameters.platformVersion", "1.3.0"),
        `${name} must run on the latest platform version`,
    ],
    [
        "images-by-digest",
        "a task definition of another stack",
        schedules(
            "target.ecsParameters.taskDefinitionArn",
            "arn:aws:ecs:us-east-1:123456789012:task-definition/other:1",
        ),
        `${name} must start an image of a repository of the stack by its digest, or no tasks, not ${name}`,
    ],
    [
        "tags-propagated",
        "no tags",
        schedules("target.ecsParameters.propagateTags", null),
        `${name} must start tasks with \`propagateTags: "TASK_DEFINITION"\` and \`enableEcsManagedTags\`, or its tasks and their interfaces have no tags`,
    ],
    [
        "created-after-dependencies",
        "no dependencies",
        changeResources(schedule, "reconciliation", withoutDependencies),
        `${name} must depend on ${name} (RolePolicy): a call of the target without its permissions fails, and so does a task that the schedule starts`,
    ],
    [
        "created-after-dependencies",
        "no way to its image",
        changeResources(schedule, "reconciliation", withoutDependencies),
        `${name} must depend on payment-ecr-api-dev (VpcEndpoint): a task pulls its image, whose layers are in S3, through the endpoints`,
    ],
    [
        "no-privilege-escalation",
        "a task on any cluster",
        grants(onCluster, ""),
        `${name} must not allow ${name} ecs:RunTask, which runs its own code with another role`,
    ],
    [
        "no-privilege-escalation",
        "a task of another family",
        grants(`task-definition/${name}:*`, "task-definition/payment-*:*"),
        `${name} must not allow ${name} ecs:RunTask, which runs its own code with another role`,
    ],
    [
        "no-privilege-escalation",
        "roles for any service",
        grants(forTasksOnly, ""),
        `${name} must not allow ${name} iam:PassRole, which passes a role to a resource that it runs`,
    ],
    [
        "no-privilege-escalation",
        "another role",
        grants(
            /"arn:aws:iam::[^"]*reconciliation-task-dev[^"]*"/,
            '"arn:aws:iam::123456789012:role/payment-migration-task-dev"',
        ),
        `${name} must not allow ${name} iam:PassRole, which passes a role to a resource that it runs`,
    ],
    [
        "workloads-have-required-permissions",
        "roles for another service",
        grants("ecs-tasks.amazonaws.com", "lambda.amazonaws.com"),
        `${name} needs ${name} to iam:PassRole on payment-payment-reconciliation-task-dev, but the policy of RolePolicy ${name} does not allow it (identity)`,
    ],
    [
        "workloads-have-required-permissions",
        "another cluster",
        grants(
            onCluster,
            ',"Condition":{"ArnEquals":{"ecs:cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/other"}}',
        ),
        `${name} needs ${name} to ecs:RunTask on arn:aws:ecs:us-east-1:123456789012:task-definition/${name}:*, but the policy of RolePolicy ${name} does not allow it (identity)`,
    ],
    [
        "workloads-have-required-permissions",
        "no tags",
        grants("ecs:TagResource", "ecs:UntagResource"),
        `${name} needs ${name} to ecs:TagResource on arn:aws:ecs:us-east-1:123456789012:task/payment-cluster-dev/*, but the policy of RolePolicy ${name} does not allow it (identity)`,
    ],
    [
        "workloads-have-no-extra-permissions",
        "a task on any cluster, as a permission",
        grants(onCluster, ""),
        `${name} allows ${name} ecs:RunTask on arn:aws:ecs:us-east-1:123456789012:task-definition/${name}:*, which no workload requires`,
    ],
];

const brokenIn = (plan: Plan, rule: string): string[] => findingsOf(rule, plan, settingsFromConfig(withImage));

test("a stack with a reconciliation keeps every rule, with and without an image", async () => {
    for (const config of [withImage, withoutImage]) {
        const plan = await planOfConfig(config);
        expect(describeViolations(plan, settingsFromConfig(config))).toEqual([]);
    }
});

test.each(faults)("%s finds %s of a scheduled task", async (rule, _, change, finding) => {
    const plan = await planOfConfig(withImage);
    expect(brokenIn(change(plan), rule)).toContain(finding);
});

test("images-by-digest finds a schedule that starts tasks before the first image", async () => {
    const plan = await planOfConfig(withoutImage);
    expect(brokenIn(schedules("state", "ENABLED")(plan), "images-by-digest")).toEqual([
        `${name} must start an image of a repository of the stack by its digest, or no tasks, not 123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-payment-dev:awaiting-first-image`,
    ]);
});
