import type { Plan, PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { resourcesOfType, arnOf, isObjectOrArray, getPath, memoizeByPlan, splitPart } from "../../plan/query.ts";
import type { Finding } from "../../plan/finding.ts";

type OneOrMore = string | readonly string[];

export interface ParsedStatement {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Principal?: string | Readonly<Record<string, OneOrMore>>;
    readonly NotPrincipal?: string | Readonly<Record<string, OneOrMore>>;
    readonly Action?: OneOrMore;
    readonly NotAction?: OneOrMore;
    readonly Resource?: OneOrMore;
    readonly NotResource?: OneOrMore;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

export interface PlannedStatement extends ParsedStatement {
    readonly node: PlanNode;
}

export const toArray = (value: OneOrMore | undefined): string[] =>
    typeof value === "string" ? [value] : [...(value ?? [])];

/** IAM accepts booleans and numbers without quotes: `{ "Bool": { "aws:SecureTransport": false } }`. */
const scalarToText = (_: string, value: unknown): unknown =>
    typeof value === "boolean" || typeof value === "number" ? String(value) : value;

/** Statements of a policy document, whose `Statement` may be a list or an object; none where the text is no document. */
export function parseStatements(document: string): ParsedStatement[] {
    if (!document.includes('"Statement"')) {
        return [];
    }
    return [getPath(JSON.parse(document, scalarToText), "Statement")]
        .flat()
        .filter(isObjectOrArray) as unknown as ParsedStatement[];
}

/** Every statement of every policy document in the inputs of a plan. */
export const statementsOfPlan = memoizeByPlan((plan): readonly PlannedStatement[] =>
    plan.nodes.flatMap((node) => {
        const found: PlannedStatement[] = [];
        visitNonSecretStrings(node.inputs, (text) => {
            found.push(...parseStatements(text).map((statement) => ({ ...statement, node })));
        });
        return found;
    }),
);

export const allowStatementsOfPlan = memoizeByPlan((plan) =>
    statementsOfPlan(plan).filter(({ Effect }) => Effect === "Allow"),
);

export const isStatementOfType =
    (type: string) =>
    ({ node }: PlannedStatement): boolean =>
        node.type === `aws:${type}`;

/** A finding for each statement, on the resource whose policy contains it. */
export const statementFindings = (statements: readonly PlannedStatement[], reason: string): Finding[] =>
    statements.map(({ node, Action }) => ({ node, reason: `${reason}: ${toArray(Action).join(", ")}` }));

/** Partition, region and account of a plan, taken from the ARN of its first key; the account is `none` without a key. */
export const planLocationOf = memoizeByPlan((plan): { partition: string; region: string; account: string } => {
    const [arn = "arn:aws:kms::none"] = resourcesOfType(plan, "kms/key:Key").map(arnOf);
    return { partition: splitPart(arn, ":", 1), region: splitPart(arn, ":", 3), account: splitPart(arn, ":", 4) };
});

export const accountOfPlan = (plan: Plan): string => planLocationOf(plan).account;

/** Values that a statement requires for a condition key, with an operator for equality or similarity. */
export function requiredConditionValues({ Condition = {} }: ParsedStatement, key: string): string[] {
    const operators = ["StringEquals", "ArnLike", "ArnEquals"];
    return operators.flatMap((operator) => toArray(Condition[operator]?.[key]));
}
