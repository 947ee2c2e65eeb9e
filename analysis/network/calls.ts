import { endpointServiceName } from "../../lib/partitions.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, inputText, memoizeByPlan, splitPart, toText } from "../../plan/query.ts";
import type { PlannedService } from "../../plan/ecs-services.ts";
import { unsupportedElementsIn } from "../iam/conditions.ts";
import { statementApplies } from "../iam/evaluate.ts";
import { accountPoliciesOf, completeRequest } from "../iam/policies.ts";
import { requiredPermissionsOf } from "../iam/required-permissions.ts";
import type { RequiredPermission } from "../iam/required-permissions/permission.ts";
import { publicRegistryOf } from "../iam/required-permissions/task-calls.ts";
import { toArray, type ParsedStatement } from "../iam/statements.ts";
import { plannedServicesOf, scheduledTasksAt, type NetworkNode } from "./network-nodes.ts";

/** A call to an AWS service, or to a registry, through the network interface of a workload. */
export interface ServiceCall {
    /** The Fargate agent, which starts the container and writes its log; the container; the code of the function. */
    readonly caller: "agent" | "task" | "function";
    /** Service name of a VPC endpoint, or the host of a registry outside AWS. */
    readonly service: string;
    readonly action: string;
    /** ARN or pattern of ARNs. */
    readonly resource: string;
    /** Role or AWS service that signs the request; absent for a registry outside AWS. */
    readonly principal?: string;
}

/** Services whose endpoint does not have the name of their actions; undefined where an action is no API call. */
const endpointsByService: Readonly<Record<string, string | undefined>> = {
    ecr: "ecr.api",
    cloudwatch: "monitoring",
    // The caller signs a database token locally: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    "rds-db": undefined,
};

/** `com.amazonaws.us-east-1.sqs`; the Region is that of the ARN where it has one. */
function endpointServiceOf(plan: Plan, resource: string, service: string, region?: string): string {
    const regionOfArn = splitPart(resource, ":", 3);
    const { region: regionOfPlan } = accountPoliciesOf(plan);
    return endpointServiceName(service, region ?? (regionOfArn === "" ? regionOfPlan : regionOfArn));
}

/** Another service makes the call on behalf of the caller: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
const isForServiceOnBehalf = ({ Condition }: ParsedStatement): boolean =>
    Object.values(Condition ?? {}).some((keys) => "kms:ViaService" in keys);

/** Statements of a role's inline policies; `network-resources-supported` refuses managed policies of a workload. */
const statementsOfRole = (plan: Plan, principal: string): ParsedStatement[] =>
    accountPoliciesOf(plan)
        .roles.filter(({ arn }) => arn === principal)
        .flatMap(({ identityPolicies }) => identityPolicies)
        .filter(({ node }) => node.type === "aws:iam/rolePolicy:RolePolicy")
        .flatMap(({ statements }) => statements);

/** Calls that the policies of a role allow: whatever a workload may call must be reachable. */
const callsAllowedTo = (plan: Plan, principal: string, caller: ServiceCall["caller"]): ServiceCall[] =>
    statementsOfRole(plan, principal)
        .filter((statement) => statement.Effect === "Allow" && !isForServiceOnBehalf(statement))
        .flatMap(({ Action, Resource }) =>
            toArray(Action).flatMap((action) => toArray(Resource).map((resource) => ({ action, resource }))),
        )
        .flatMap(({ action, resource }) => {
            const prefix = splitPart(action, ":", 0);
            const service = prefix in endpointsByService ? endpointsByService[prefix] : prefix;
            return service === undefined
                ? []
                : [{ caller, service: endpointServiceOf(plan, resource, service), action, resource, principal }];
        });

const permissionsByOwner = memoizeByPlan((plan) => Map.groupBy(requiredPermissionsOf(plan), ({ owner }) => owner));

const permissionsOf = (plan: Plan, owner: PlanNode): readonly RequiredPermission[] =>
    permissionsByOwner(plan).get(owner) ?? [];

/** Calls that a workload must make, from the same table as its required permissions. */
const requiredCallsOf = (
    plan: Plan,
    owner: PlanNode,
    callerOf: (permission: RequiredPermission) => ServiceCall["caller"],
): ServiceCall[] =>
    permissionsOf(plan, owner).flatMap((permission) => {
        const { principal, action, resource, endpoint, endpointRegion } = permission;
        return endpoint === undefined
            ? []
            : [
                  {
                      caller: callerOf(permission),
                      service: endpointServiceOf(plan, resource, endpoint, endpointRegion),
                      action,
                      resource,
                      principal,
                  },
              ];
    });

function callsOfTask(
    plan: Plan,
    { taskDefinition, containers }: Pick<PlannedService, "taskDefinition" | "containers">,
): ServiceCall[] {
    if (taskDefinition === undefined) {
        return [];
    }
    const taskRole = inputText(taskDefinition, "taskRoleArn");
    const pulls = containers.map(({ image }) => toText(image));
    return [
        ...pulls.flatMap((image): ServiceCall[] => {
            const registry = publicRegistryOf(image);
            return registry === undefined
                ? []
                : [{ caller: "agent", service: registry, action: "pull", resource: image }];
        }),
        ...requiredCallsOf(plan, taskDefinition, ({ principal }) => (principal === taskRole ? "task" : "agent")),
        ...callsAllowedTo(plan, taskRole, "task"),
    ];
}

/** Whether a policy of a function's role denies a call to the function's code, and perhaps allows it to Lambda itself. */
function isDeniedToCode(plan: Plan, lambda: PlanNode, { action, resource }: ServiceCall): boolean {
    const principal = inputText(lambda, "role");
    const request = completeRequest(accountPoliciesOf(plan), {
        principal,
        action,
        resource,
        context: { "lambda:SourceFunctionArn": arnOf(lambda) },
    });
    return statementsOfRole(plan, principal).some(
        (statement) =>
            statement.Effect === "Deny" &&
            unsupportedElementsIn(statement).length === 0 &&
            statementApplies(statement, request, undefined, "some"),
    );
}

/** Calls that only Lambda makes with the role do not use the function's network: logs, traces, failed events, interfaces. */
function callsOfFunction(plan: Plan, lambda: PlanNode): ServiceCall[] {
    const byLambda = permissionsOf(plan, lambda).filter(
        ({ endpoint, context = {} }) => endpoint === undefined && !("lambda:SourceFunctionArn" in context),
    );
    const isByLambda = ({ action, resource }: ServiceCall) =>
        byLambda.some((permission) => permission.action === action && permission.resource === resource);
    return [
        ...requiredCallsOf(plan, lambda, () => "function"),
        ...callsAllowedTo(plan, inputText(lambda, "role"), "function").filter(
            (call) => !isByLambda(call) && !isDeniedToCode(plan, lambda, call),
        ),
    ];
}

/** Calls that a workload needs or that its role allows, over its own network interface. */
export function outboundCallsOf(plan: Plan, { kind, node }: NetworkNode): ServiceCall[] {
    if (node === undefined) {
        return [];
    }
    switch (kind) {
        case "service":
            return plannedServicesOf(plan, node).flatMap((service) => callsOfTask(plan, service));
        case "scheduled task":
            return scheduledTasksAt(plan, node).flatMap((task) => callsOfTask(plan, task));
        case "function":
            return callsOfFunction(plan, node);
        default:
            return [];
    }
}
