import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

/** Where a type names a role, which service takes it, and what that service tells of itself. */
interface RoleInput {
    readonly type: string;
    readonly input: string;
    readonly service: string;
    /** ARN that the service gives as `aws:SourceArn`; none where AWS documents none. */
    readonly source?: (node: PlanNode, access: AccountPolicies) => string;
    /** Several of one parent share the role: the same work, done again. */
    readonly shared?: (node: PlanNode) => string;
}

const ecs = "ecs-tasks.amazonaws.com";
/** The account's part is enough: a task has no ARN before it runs. */
const taskArnPattern = (_: PlanNode, { partition, region, account }: AccountPolicies) =>
    `arn:${partition}:ecs:${region}:${account}:task/any`;

/** Everything that lends a role to a service. */
export const roleInputs: readonly RoleInput[] = [
    { type: "ecs/taskDefinition:TaskDefinition", input: "taskRoleArn", service: ecs, source: taskArnPattern },
    { type: "ecs/taskDefinition:TaskDefinition", input: "executionRoleArn", service: ecs, source: taskArnPattern },
    { type: "lambda/function:Function", input: "role", service: "lambda.amazonaws.com" },
    {
        type: "cloudtrail/trail:Trail",
        input: "cloudWatchLogsRoleArn",
        service: "cloudtrail.amazonaws.com",
        source: arnOf,
    },
    { type: "ec2/flowLog:FlowLog", input: "iamRoleArn", service: "vpc-flow-logs.amazonaws.com", source: arnOf },
    {
        type: "rds/clusterInstance:ClusterInstance",
        input: "monitoringRoleArn",
        service: "monitoring.rds.amazonaws.com",
        source: arnOf,
        shared: (node) => inputText(node, "clusterIdentifier"),
    },
    { type: "apigateway/account:Account", input: "cloudwatchRoleArn", service: "apigateway.amazonaws.com" },
    { type: "cfg/recorder:Recorder", input: "roleArn", service: "config.amazonaws.com" },
    {
        type: "scheduler/schedule:Schedule",
        input: "target.roleArn",
        service: "scheduler.amazonaws.com",
        // The scheduler names the group, not the schedule
        // (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
        source: (node, { partition, region, account }) =>
            `arn:${partition}:scheduler:${region}:${account}:schedule-group/${inputText(node, "groupName")}`,
    },
];

export interface RoleAssignment extends RoleInput {
    readonly node: PlanNode;
    /** ARN of the role. */
    readonly role: string;
}

/** Who has which role. */
export const roleAssignmentsOf = (plan: Plan): RoleAssignment[] =>
    roleInputs.flatMap((lending) =>
        resourcesOfType(plan, lending.type)
            .map((node) => ({ ...lending, node, role: inputText(node, lending.input) }))
            .filter(({ role }) => role !== ""),
    );

/** A service must be able to take the role that it is lent. */
export const assumeRolePermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] => {
    const ours = new Set(access.roles.map(({ arn }) => arn));
    return roleAssignmentsOf(plan)
        .filter(({ role }) => ours.has(role))
        .flatMap(({ node, role, service, source }) =>
            requirePermissions(node, service, ["sts:AssumeRole"], {
                resource: role,
                context: source === undefined ? {} : { "aws:SourceArn": source(node, access) },
            }),
        );
};
