import { requireItem } from "../../lib/list.ts";
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
 * Characters of a managed policy, white space left out, and managed policies of a role unless AWS raises the quota
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

/** The statements of grants, with all that may be done under the same conditions to the same resources in one. */
export function policyStatementsOf(grants: readonly DeployerGrant[], facts: PlaceholderValues): PolicyStatement[] {
    const merged = new Map<string, { statement: PolicyStatement; actions: readonly string[] }>();
    for (const { actions, scope } of grants) {
        const when = fillConditionPlaceholders(scope.conditions ?? {}, facts);
        if (when === undefined) {
            continue;
        }
        const arns = uniqueSorted(scope.arns).map((arn) => fillPlaceholders(arn, facts));
        const statement: PolicyStatement = {
            Effect: "Allow",
            Action: [],
            Resource: singleOrList(arns),
            ...(Object.keys(when).length > 0 && { Condition: when }),
        };
        const key = JSON.stringify(statement);
        merged.set(key, { statement, actions: [...(merged.get(key)?.actions ?? []), ...actions] });
    }
    return [...merged.values()].map(({ statement, actions }) => ({
        ...statement,
        Action: singleOrList(uniqueSorted(actions)),
    }));
}

const fillPlaceholders = (text: string, { texts }: PlaceholderValues): string =>
    text.replaceAll(
        /\{(suffix|region|partition|account)\}/g,
        (_, word: keyof PlaceholderValues["texts"]) => texts[word],
    );

/** The conditions with their places filled in; nothing where a list that a grant hangs on is empty. */
function fillConditionPlaceholders(when: Conditions, facts: PlaceholderValues): PolicyStatement["Condition"] {
    const filled: Record<string, Record<string, OneOrMore>> = {};
    for (const [operator, keys] of Object.entries(when)) {
        for (const [key, value] of Object.entries(keys)) {
            const [, list = "", optional] = /^\{(\w+)(\?)?\}$/.exec(String(value)) ?? [];
            const values = facts.lists[list] ?? [value].flat();
            if (values.length === 0) {
                if (optional === undefined) {
                    return undefined;
                }
                continue;
            }
            filled[operator] = {
                ...filled[operator],
                [key]: singleOrList(values.map((one) => fillPlaceholders(one, facts))),
            };
        }
    }
    return filled;
}

/** As few documents as hold the statements, each within what IAM takes, unless one statement alone is longer. */
export function splitIntoDocuments(statements: readonly PolicyStatement[]): PolicyDocument[] {
    const documents: PolicyStatement[][] = [];
    // The long ones first: the short ones then fill what they leave.
    for (const statement of [...statements].sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)) {
        const room = documents.find(
            (document) => documentLength(policyDocumentOf([...document, statement])) <= maxDocumentLength,
        );
        if (room === undefined) {
            documents.push([statement]);
        } else {
            room.push(statement);
        }
    }
    return documents.map(policyDocumentOf);
}
