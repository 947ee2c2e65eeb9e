import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, memoizeByPlan } from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { accountPoliciesOf, allowStatements, mayBeAllowed, type Role } from "./policies.ts";
import { contextsThatMeet, type RequestContext } from "./conditions.ts";
import type { NamedPolicy, AccessRequest } from "./evaluate.ts";
import { matchPrincipal } from "./principals.ts";
import { kmsActions } from "./kms-actions.ts";
import { roleAssignmentsOf } from "./required-permissions/role-assignments.ts";
import { matchesAction, hasWildcard, matchesResource } from "./wildcards.ts";

/** What a statement allows a role: a request, or with patterns every request that they match. */
export interface AllowedRequest extends AccessRequest {
    readonly role: Role;
    /** The resource whose policy contains the statement. */
    readonly node: PlanNode;
    readonly statement: ParsedStatement;
}

/** Actions that a pattern matches; the pattern itself where the list of the service's actions is not here. */
const actionsMatching = (pattern: string): readonly string[] => {
    if (!hasWildcard(pattern)) {
        return [pattern];
    }
    const listed = kmsActions.filter((action) => matchesAction(action, pattern));
    return listed.length > 0 ? listed : [pattern];
};

/** Contexts in which a role acts. Calls of a function's code have `lambda:SourceFunctionArn`; calls of Lambda itself do not. */
function callerContexts(plan: Plan, role: Role): RequestContext[] {
    const functions = roleAssignmentsOf(plan).filter(
        (assignment) => assignment.role === role.arn && assignment.type === "lambda/function:Function",
    );
    return [undefined, ...functions.map(({ node }) => arnOf(node))].map((arn) => ({ "lambda:SourceFunctionArn": arn }));
}

/** Requests that cover all that a statement matches: each action, resource and context. */
const broadestRequests = (principal: string, statement: ParsedStatement, context: RequestContext): AccessRequest[] =>
    toArray(statement.Action ?? "*")
        .flatMap(actionsMatching)
        .flatMap((action) =>
            toArray(statement.Resource ?? "*").flatMap((resource) =>
                contextsThatMeet(statement).map((required) => ({
                    principal,
                    action,
                    resource,
                    context: { ...context, ...required },
                })),
            ),
        );

/** What a pattern of a resource's policy matches: the resource, the objects of a bucket, or the part that the pattern names. */
function resourcesNamed(pattern: string, resource: string): string[] {
    const all = resource.includes(":s3:::") ? [resource, `${resource}/*`] : [resource];
    return /^[/:]/.test(pattern.slice(resource.length)) && pattern.startsWith(resource)
        ? [pattern]
        : all.filter((each) => matchesResource(each, pattern, "some"));
}

/**
 * Statements of a resource policy that include the role itself, with the resources that they name in place of patterns. Where
 * a statement delegates to the account, the role's own policies decide.
 */
const statementsNaming = <T extends NamedPolicy>({ arn }: Role, resource: string, document: T): T => ({
    ...document,
    statements: document.statements
        .filter((statement) => matchPrincipal(statement, arn) === "named")
        .map((statement) => ({
            ...statement,
            Resource: toArray(statement.Resource ?? "*").flatMap((pattern) => resourcesNamed(pattern, resource)),
        })),
});

/**
 * All that each role may do: the broadest requests of each Allow statement, unless another policy denies all that they stand
 * for. Endpoint policies do not count, because stolen credentials also work outside the VPC.
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
                    .filter((request) => mayBeAllowed(access, request))
                    .map((request) => ({ ...request, role, node, statement })),
            ),
        );
    });
});
