import type { PlanNode } from "../../../plan/plan.ts";
import type { RequestContext } from "../conditions.ts";

/** Something that somebody must be able to do, so that a part of the plan works. */
export interface RequiredPermission {
    /** Whose work it is: a task definition, a function, a trail. */
    readonly owner: PlanNode;
    /** ARN of a role, or an AWS service. */
    readonly principal: string;
    readonly action: string;
    /** ARN or pattern of ARNs; `*` where AWS knows none. */
    readonly resource: string;
    /** What the request tells beside what all tell; a key that is undefined must be missing. */
    readonly context?: RequestContext;
    /** Endpoint through which the call goes where the plan has it, such as `ecr.api`. */
    readonly endpoint?: string;
    /** It may be done, and nobody depends on it. */
    readonly optional?: true;
}

type PermissionDetails = Pick<RequiredPermission, "resource" | "context" | "endpoint" | "optional">;

/** Actions that write to a log group. */
export const logWriteActions = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** A required permission for each action. */
export const requirePermissions = (
    owner: PlanNode,
    principal: string,
    actions: readonly string[],
    call: PermissionDetails,
): RequiredPermission[] => actions.map((action) => ({ owner, principal, action, ...call }));

/** Use of a key by a service in the name of the principal; nothing where the resource has no key of ours. */
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
