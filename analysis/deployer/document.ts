import { requireItem } from "../../lib/list.ts";
import { matchesAction } from "../iam/wildcards.ts";
import { uniqueSorted, type PlaceholderValues } from "./placeholder-values.ts";
import type { Conditions, DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";

type OneOrMore = string | readonly string[];

export interface PolicyStatement {
    readonly Effect: "Allow" | "Deny";
    readonly Action: OneOrMore;
    readonly Resource: OneOrMore;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly PolicyStatement[];
}

/**
 * Maximum characters of a managed policy, without white space, and of managed policies of a role by the default quota
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export const maxDocumentLength = 6144;
export const maxDocumentsPerRole = 10;

export const policyDocumentOf = (statements: readonly PolicyStatement[]): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: statements,
});

export const documentLength = (document: PolicyDocument): number => JSON.stringify(document).length;

export const singleOrList = (values: readonly string[]): OneOrMore =>
    values.length === 1 ? requireItem(values, 0) : values;

/** The statements of grants; actions with the same resources and conditions are in one statement. */
export function policyStatementsOf(
    grants: readonly DeployerGrant[],
    placeholders: PlaceholderValues,
): PolicyStatement[] {
    const merged = new Map<string, { statement: PolicyStatement; actions: readonly string[] }>();
    for (const { access, actions, scope } of grants) {
        const conditions = fillConditionPlaceholders(scope.conditions ?? {}, placeholders);
        if (conditions === undefined) {
            continue;
        }
        const arns = uniqueSorted(scope.arns).map((arn) => fillPlaceholders(arn, placeholders));
        const statement: PolicyStatement = {
            Effect: access === "deny" ? "Deny" : "Allow",
            Action: [],
            Resource: singleOrList(arns),
            ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
        };
        const key = JSON.stringify(statement);
        merged.set(key, { statement, actions: [...(merged.get(key)?.actions ?? []), ...actions] });
    }
    return [...merged.values()].map(({ statement, actions }) => ({
        ...statement,
        Action: singleOrList(uniqueSorted(actions.filter((action) => !isCovered(action, actions)))),
    }));
}

/** Whether another action of the list is a pattern that matches the action. */
const isCovered = (action: string, actions: readonly string[]): boolean =>
    actions.some((other) => other !== action && matchesAction(action, other));

const fillPlaceholders = (text: string, { texts }: PlaceholderValues): string =>
    text.replaceAll(
        /\{(suffix|region|partition|account)\}/g,
        (_, word: keyof PlaceholderValues["texts"]) => texts[word],
    );

/** The conditions with the placeholders replaced; undefined where a list that the grant requires is empty. */
function fillConditionPlaceholders(
    conditions: Conditions,
    placeholders: PlaceholderValues,
): PolicyStatement["Condition"] {
    const filled: Record<string, Record<string, OneOrMore>> = {};
    for (const [operator, keys] of Object.entries(conditions)) {
        for (const [key, value] of Object.entries(keys)) {
            const [, list = "", optional] = /^\{(\w+)(\?)?\}$/.exec(String(value)) ?? [];
            const values = placeholders.lists[list] ?? [value].flat();
            if (values.length === 0) {
                if (optional === undefined) {
                    return undefined;
                }
                continue;
            }
            filled[operator] = {
                ...filled[operator],
                [key]: singleOrList(values.map((one) => fillPlaceholders(one, placeholders))),
            };
        }
    }
    return filled;
}

/** Few documents with all statements, each within the limit of IAM unless one statement alone exceeds it. */
export function splitIntoDocuments(statements: readonly PolicyStatement[]): PolicyDocument[] {
    const documents: { length: number; readonly statements: PolicyStatement[] }[] = [];
    const measured = statements.map((statement) => ({ statement, length: JSON.stringify(statement).length }));
    // Long statements first, so that short ones fill the remaining space.
    for (const { statement, length } of measured.sort((a, b) => b.length - a.length)) {
        const added = length + ",".length;
        const target = documents.find((document) => document.length + added <= maxDocumentLength);
        if (target === undefined) {
            documents.push({ length: documentLength(policyDocumentOf([statement])), statements: [statement] });
        } else {
            target.statements.push(statement);
            target.length += added;
        }
    }
    return documents.map((document) => policyDocumentOf(document.statements));
}
