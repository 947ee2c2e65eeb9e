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

/** Something that a statement lets a role do. */
export interface AllowedRequest extends AccessRequest {
    readonly role: Role;
    /** The policy that says so. */
    readonly node: PlanNode;
    readonly statement: ParsedStatement;
}

/** Actions that a pattern names; where AWS's own list is not here, the plainest text that it names. */
export const actionsMatching = (pattern: string): readonly string[] => {
    if (!hasWildcard(pattern)) {
        return [pattern];
    }
    const listed = kmsActions.filter((action) => matchesAction(action, pattern));
    return listed.length > 0 ? listed : [fillWildcards(pattern)];
};

/** Who may speak as a role: a function's code bears its ARN, what Lambda does for it does not. */
function callerContexts(plan: Plan, role: Role): RequestContext[] {
    const functions = roleAssignmentsOf(plan).filter(
        (loan) => loan.role === role.arn && loan.type === "lambda/function:Function",
    );
    return [{}, ...functions.map(({ node }) => ({ "lambda:SourceFunctionArn": arnOf(node) }))];
}

/** The widest requests that a statement speaks of. */
export const broadestRequests = (
    principal: string,
    statement: ParsedStatement,
    asked: RequestContext,
): AccessRequest[] =>
    toArray(statement.Action ?? "*").flatMap((pattern) =>
        actionsMatching(pattern).flatMap((action) =>
            toArray(statement.Resource ?? "*").flatMap((named) => {
                const resource = named === "*" ? named : fillWildcards(named);
                return contextsThatMeet(statement).map((met) => ({
                    principal,
                    action,
                    resource,
                    context: { ...asked, ...met },
                }));
            }),
        ),
    );

/**
 * What a resource's policy says of a role itself; what it leaves to the account stands in the role's own policies. `*` is
 * the resource there.
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
 * Everything that each role may do: of each statement that allows something the widest requests that it speaks of, if no
 * other policy refuses them. Not counted is what endpoints refuse, as a stolen credential need not go through them.
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
                    .flatMap((asked) => broadestRequests(role.arn, statement, asked))
                    .filter((request) => decideRequest(access, request).allowed)
                    .map((request) => ({ ...request, role, node, statement })),
            ),
        );
    });
});
