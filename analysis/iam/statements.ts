import type { Plan, PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { resourcesOfType, arnOf, isObjectOrArray, getPath, memoizeByPlan, splitPart } from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";

export interface ParsedStatement {
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

export interface PlannedStatement extends ParsedStatement {
    readonly node: PlanNode;
}

export const toArray = (value: string | string[] | undefined): string[] =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Statements of a policy document, which may have one without a list; nothing where the text is none. */
export function parseStatements(document: string): ParsedStatement[] {
    if (!document.includes('"Statement"')) {
        return [];
    }
    return [getPath(JSON.parse(document), "Statement")].flat().filter(isObjectOrArray) as unknown as ParsedStatement[];
}

/** Every statement of every policy document of a plan, whichever input holds it. */
export const statementsOfPlan = memoizeByPlan((plan): readonly PlannedStatement[] =>
    plan.nodes.flatMap((node) => {
        const found: PlannedStatement[] = [];
        visitNonSecretStrings(node.inputs, (text) => {
            found.push(...parseStatements(text).map((statement) => ({ ...statement, node })));
        });
        return found;
    }),
);

/** Those that allow something. */
export const allowStatementsOfPlan = memoizeByPlan((plan) =>
    statementsOfPlan(plan).filter(({ Effect }) => Effect === "Allow"),
);

export const isStatementOfType =
    (type: string) =>
    ({ node }: PlannedStatement): boolean =>
        node.type === `aws:${type}`;

/** What is wrong with each of these statements, at the resource whose policy it stands in. */
export const statementFindings = (statements: readonly PlannedStatement[], reason: string): Finding[] =>
    statements.map(({ node, Action }) => ({ node, reason: `${reason}: ${toArray(Action).join(", ")}` }));

/** Where the plan builds, as the ARN of its first key says; an account called `none` where it has no key. */
export const planLocationOf = memoizeByPlan((plan): { partition: string; region: string; account: string } => {
    const [arn = "arn:aws:kms::none"] = resourcesOfType(plan, "kms/key:Key").map(arnOf);
    return { partition: splitPart(arn, ":", 1), region: splitPart(arn, ":", 3), account: splitPart(arn, ":", 4) };
});

/** The account that the plan is for. */
export const accountOfPlan = (plan: Plan): string => planLocationOf(plan).account;

/** Values that a statement demands of a condition key, under any operator that compares for equality or likeness. */
export function requiredConditionValues({ Condition = {} }: ParsedStatement, key: string): string[] {
    const operators = ["StringEquals", "ArnLike", "ArnEquals"];
    return operators.flatMap((operator) => toArray(Condition[operator]?.[key]));
}
