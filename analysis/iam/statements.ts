import type { Plan, PlanNode } from "../../plan/plan.ts";
import { openStrings } from "../../plan/value.ts";
import { all, arnOf, isTree, look, once, part } from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";

export interface Statement {
    Sid?: string;
    Effect: string;
    Principal?: string | Record<string, string | string[]>;
    Action?: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
    NotAction?: unknown;
    NotResource?: unknown;
    NotPrincipal?: unknown;
}

export interface OwnedStatement extends Statement {
    readonly node: PlanNode;
}

export const many = (value: string | string[] | undefined): string[] =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Statements of a policy document, which may have one without a list; nothing where the text is none. */
export function statementsIn(document: string): Statement[] {
    if (!document.includes('"Statement"')) {
        return [];
    }
    return [look(JSON.parse(document), "Statement")].flat().filter(isTree) as unknown as Statement[];
}

/** Every statement of every policy document of a plan, whichever input holds it. */
export const statementsOf = once((plan): readonly OwnedStatement[] =>
    plan.nodes.flatMap((node) => {
        const found: OwnedStatement[] = [];
        openStrings(node.inputs, (text) => {
            found.push(...statementsIn(text).map((statement) => ({ ...statement, node })));
        });
        return found;
    }),
);

/** Those that allow something. */
export const allowing = once((plan) => statementsOf(plan).filter(({ Effect }) => Effect === "Allow"));

export const isOf =
    (type: string) =>
    ({ node }: OwnedStatement): boolean =>
        node.type === `aws:${type}`;

/** What is wrong with each of these statements, at the resource whose policy it stands in. */
export const against = (statements: readonly OwnedStatement[], reason: string): Finding[] =>
    statements.map(({ node, Action }) => ({ node, reason: `${reason}: ${many(Action).join(", ")}` }));

/** Where the plan builds, as the ARN of its first key says; an account called `none` where it has no key. */
export const homeOf = once((plan): { partition: string; region: string; account: string } => {
    const [arn = "arn:aws:kms::none"] = all(plan, "kms/key:Key").map(arnOf);
    return { partition: part(arn, ":", 1), region: part(arn, ":", 3), account: part(arn, ":", 4) };
});

/** The account that the plan is for. */
export const accountOf = (plan: Plan): string => homeOf(plan).account;

/** Values that a statement demands of a condition key, under any operator that compares for equality or likeness. */
export function demanded({ Condition = {} }: Statement, key: string): string[] {
    const operators = ["StringEquals", "ArnLike", "ArnEquals"];
    return operators.flatMap((operator) => many(Condition[operator]?.[key]));
}
