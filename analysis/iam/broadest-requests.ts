import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, memoizeByPlan } from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { accountPoliciesOf, allowStatements, decideRequest, type Role } from "./policies.ts";
import { contextsThatMeet, type RequestContext } from "./conditions.ts";
import type { NamedPolicy, AccessRequest } from "./evaluate.ts";
import { matchPrincipal } from "./principals.ts";
import { kmsActions } from "./kms-actions.ts";
import { roleAssignmentsOf } from "./required-permissions/role-assignments.ts";
import { matchesAction, fillWildcards, hasWildcard } from "./wildcards.ts";

/** A request of a role that a statement allows. */
export interface AllowedRequest extends AccessRequest {
    readonly role: Role;
    /** The resource whose policy contains the statement. */
    readonly node: PlanNode;
    readonly statement: ParsedStatement;
}

/** Actions that a pattern matches; the simplest text that matches where the list of the service's actions is not here. */
const actionsMatching = (pattern: string): readonly string[] => {
    if (!hasWildcard(pattern)) {
        return [pattern];
    }
    const listed = kmsActions.filter((action) => matchesAction(action, pattern));
    return listed.length > 0 ? listed : [fillWildcards(pattern)];
};

/** Contexts in which a role acts. Calls of a function's code have `lambda:SourceFunctionArn`; calls of Lambda itself do not. */
function callerContexts(plan: Plan, role: Role): RequestContext[] {
    const functions = roleAssignmentsOf(plan).filter(
        (assignment) => assignment.role === role.arn && assignment.type === "lambda/function:Function",
    );
    return [{}, ...functions.map(({ node }) => ({ "lambda:SourceFunctionArn": arnOf(node) }))];
}

/** Keys whose values a caller chooses: one that a policy asks for keeps nobody out. */
const chosenByCaller: RequestContext = { "s3:if-none-match": "*" };

/** Requests that cover all that a statement matches: each action, resource and context, with the wildcards filled in. */
const broadestRequests = (principal: string, statement: ParsedStatement, context: RequestContext): AccessRequest[] =>
    toArray(statement.Action ?? "*").flatMap((pattern) =>
        actionsMatching(pattern).flatMap((action) =>
            toArray(statement.Resource ?? "*").flatMap((arn) => {
                const resource = arn === "*" ? arn : fillWildcards(arn);
                return contextsThatMeet(statement).map((required) => ({
                    principal,
                    action,
                    resource,
                    context: { ...chosenByCaller, ...context, ...required },
                }));
            }),
        ),
    );

/**
 * Statements of a resource policy that include the role itself. Where a statement delegates to the account, the role's own
 * policies decide. `*` in `Resource` means the resource that has the policy.
 */
const statementsNaming = <T extends NamedPolicy>({ arn }: Role, resource: string, document: T): T => ({
    ...document,
    statements: document.statements
        .filter((statement) => matchPrincipal(statement, arn) === "named")
        .map((statement) => ({
            ...statement,
            Resource: toArray(statement.Resource ?? "*").map((pattern) => (pattern === "*" ? resource : pattern)),
        })),
});

/**
 * All that each role may do: the broadest requests of each Allow statement, unless another policy denies them. Endpoint
 * policies do not count, because stolen credentials also work outside the VPC.
 */
export const allowedRequestsOf = memoizeByPlan((plan): readonly AllowedRequest[] => {
    const access = accountPoliciesOf(plan);
    return access.roles.flatMap((role) => {
        const granting = [
            ...role.identityPolicies,
            ...[...access.resources].map(([arn, document]) => statementsNaming(role, arn, document)),
        ];
        return granting.flatMap(({ node, ...document }) =>
            allowStatements(document).flatMap((statement) =>
                callerContexts(plan, role)
                    .flatMap((context) => broadestRequests(role.arn, statement, context))
                    .filter((request) => decideRequest(access, request).allowed)
                    .map((request) => ({ ...request, role, node, statement })),
            ),
        );
    });
});
