import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText, nameInUrn } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

/** An input that names a role, with the service that assumes it. */
interface RoleInput {
    readonly type: string;
    readonly input: string;
    readonly service: string;
    /** `aws:SourceArn` of the service's request; absent where AWS documents none. */
    readonly source?: (node: PlanNode, access: AccountPolicies) => string;
    /** Identifies the parent whose children share one role, because they do the same work. */
    readonly shared?: (node: PlanNode) => string;
}

const ecs = "ecs-tasks.amazonaws.com";
/** A task has no ARN before it runs; the trust policy compares its account. */
const taskArnPattern = (_: PlanNode, { partition, region, account }: AccountPolicies) =>
    `arn:${partition}:ecs:${region}:${account}:task/any`;

/** Every input that gives a role to a service. */
const roleInputs: readonly RoleInput[] = [
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
        // Of all clusters of a database: enhanced monitoring writes the same log for each.
        shared: ({ parent = "" }) => nameInUrn(parent),
    },
    { type: "apigateway/account:Account", input: "cloudwatchRoleArn", service: "apigateway.amazonaws.com" },
    { type: "cfg/recorder:Recorder", input: "roleArn", service: "config.amazonaws.com" },
    {
        type: "scheduler/schedule:Schedule",
        input: "target.roleArn",
        service: "scheduler.amazonaws.com",
        // EventBridge Scheduler sends the ARN of the schedule group, not of the schedule
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

/** The roles of a plan's resources. */
export const roleAssignmentsOf = (plan: Plan): RoleAssignment[] =>
    roleInputs.flatMap((roleInput) =>
        resourcesOfType(plan, roleInput.type)
            .map((node) => ({ ...roleInput, node, role: inputText(node, roleInput.input) }))
            .filter(({ role }) => role !== ""),
    );

/** A service must be able to assume the role that a resource gives it. */
export const assumeRolePermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] => {
    const rolesOfPlan = new Set(access.roles.map(({ arn }) => arn));
    return roleAssignmentsOf(plan)
        .filter(({ role }) => rolesOfPlan.has(role))
        .flatMap(({ node, role, service, source }) =>
            requirePermissions(node, service, ["sts:AssumeRole"], {
                resource: role,
                context: source === undefined ? {} : { "aws:SourceArn": source(node, access) },
            }),
        );
};
