import type { PlanNode } from "../../../plan/plan.ts";
import type { RequestContext } from "../conditions.ts";

/** A permission without which a workload, or an AWS service that works for the stack, fails. */
export interface RequiredPermission {
    /** Resource that needs the permission: a task definition, a function, a trail. */
    readonly owner: PlanNode;
    /** ARN of a role, or an AWS service. */
    readonly principal: string;
    readonly action: string;
    /** ARN or pattern of ARNs; `*` where the action has no resource. */
    readonly resource: string;
    /** Context keys that only this request has; a key that is undefined must be absent. */
    readonly context?: RequestContext;
    /** Service of the VPC endpoint that the call takes, such as `ecr.api`; absent where it does not pass the VPC. */
    readonly endpoint?: string;
    /** Region of that endpoint; that of the resource, or of the plan, where absent. */
    readonly endpointRegion?: string;
    /** The permission may be granted, but the workload does not depend on it. */
    readonly optional?: true;
    /** The workload needs a resource that the stack does not have: this does not justify that a role may use it. */
    readonly outsideStack?: true;
}

type PermissionDetails = Omit<RequiredPermission, "owner" | "principal" | "action">;

/** Actions that write to a log group. */
export const logWriteActions = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** A required permission for each action. */
export const requirePermissions = (
    owner: PlanNode,
    principal: string,
    actions: readonly string[],
    call: PermissionDetails,
): RequiredPermission[] => actions.map((action) => ({ owner, principal, action, ...call }));

/** Use of a key by a service on behalf of the principal; none where the resource has no key of the stack. */
export const requireKeyPermissions = (
    owner: PlanNode,
    principal: string,
    actions: readonly string[],
    key: string,
    service: string,
    context: RequestContext = {},
): RequiredPermission[] =>
    key === ""
        ? []
        : requirePermissions(owner, principal, actions, {
              resource: key,
              context: { "kms:ViaService": service, ...context },
          });
