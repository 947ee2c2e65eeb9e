import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, once } from "../../plan/query.ts";
import { many, type Statement } from "./statements.ts";
import { accessOf, allows, decide, type Role } from "./policies.ts";
import { contextsMeeting, type Context } from "./conditions.ts";
import type { Document, Request } from "./evaluate.ts";
import { keyActions } from "./key-actions.ts";
import { loansOf } from "./required-permissions/role-assignments.ts";
import { actionLike, filled, hasWildcard } from "./wildcards.ts";

/** Something that a statement lets a role do. */
export interface Grant extends Request {
    readonly role: Role;
    /** The policy that says so. */
    readonly node: PlanNode;
    readonly statement: Statement;
}

/** Actions that a pattern names; where AWS's own list is not here, the plainest text that it names. */
export const actionsNamed = (pattern: string): readonly string[] => {
    if (!hasWildcard(pattern)) {
        return [pattern];
    }
    const listed = keyActions.filter((action) => actionLike(action, pattern));
    return listed.length > 0 ? listed : [filled(pattern)];
};

/** Who may speak as a role: a function's code bears its ARN, what Lambda does for it does not. */
function speakers(plan: Plan, role: Role): Context[] {
    const functions = loansOf(plan).filter(
        (loan) => loan.role === role.arn && loan.type === "lambda/function:Function",
    );
    return [{}, ...functions.map(({ node }) => ({ "lambda:SourceFunctionArn": arnOf(node) }))];
}

/** The widest requests that a statement speaks of. */
export const requestsOf = (principal: string, statement: Statement, asked: Context): Request[] =>
    many(statement.Action ?? "*").flatMap((pattern) =>
        actionsNamed(pattern).flatMap((action) =>
            many(statement.Resource ?? "*").flatMap((named) => {
                const resource = named === "*" ? named : filled(named);
                return contextsMeeting(statement).map((met) => ({
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
const naming = <T extends Document>({ arn }: Role, resource: string, document: T): T => ({
    ...document,
    statements: document.statements
        .filter(({ Principal, NotPrincipal }) => {
            const named = JSON.stringify([Principal]);
            return NotPrincipal !== undefined || named.includes(`"${arn}"`) || named.includes('"*"');
        })
        .map((statement) => ({
            ...statement,
            Resource: many(statement.Resource ?? "*").map((pattern) => (pattern === "*" ? resource : pattern)),
        })),
});

/**
 * Everything that each role may do: of each statement that allows something the widest requests that it speaks of, if no
 * other policy refuses them. Not counted is what endpoints refuse, as a stolen credential need not go through them.
 */
export const grantsOf = once((plan): readonly Grant[] => {
    const access = accessOf(plan);
    return access.roles.flatMap((role) => {
        const granting = [
            ...role.identity,
            ...[...access.resources].map(([arn, document]) => naming(role, arn, document)),
        ];
        return granting.flatMap(({ node, ...document }) =>
            allows(document).flatMap((statement) =>
                speakers(plan, role)
                    .flatMap((asked) => requestsOf(role.arn, statement, asked))
                    .filter((request) => decide(access, request).allowed)
                    .map((request) => ({ ...request, role, node, statement })),
            ),
        );
    });
});
