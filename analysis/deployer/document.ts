import { at } from "../../lib/list.ts";
import { unique, type Facts } from "./facts.ts";
import type { Conditions, Grant } from "./grant.ts";

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
export const longestDocument = 6144;
export const mostDocuments = 10;

export const documentOf = (statements: readonly PolicyStatement[]): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: statements,
});

export const lengthOf = (document: PolicyDocument): number => JSON.stringify(document).length;

export const oneOrMore = (values: readonly string[]): OneOrMore => (values.length === 1 ? at(values, 0) : values);

/** The statements of grants, with all that may be done under the same conditions to the same resources in one. */
export function statementsOf(grants: readonly Grant[], facts: Facts): PolicyStatement[] {
    const merged = new Map<string, { statement: PolicyStatement; actions: readonly string[] }>();
    for (const { actions, on } of grants) {
        const when = filledIn(on.when ?? {}, facts);
        if (when === undefined) {
            continue;
        }
        const arns = unique(on.arns).map((arn) => fill(arn, facts));
        const statement: PolicyStatement = {
            Effect: "Allow",
            Action: [],
            Resource: oneOrMore(arns),
            ...(Object.keys(when).length > 0 && { Condition: when }),
        };
        const key = JSON.stringify(statement);
        merged.set(key, { statement, actions: [...(merged.get(key)?.actions ?? []), ...actions] });
    }
    return [...merged.values()].map(({ statement, actions }) => ({ ...statement, Action: oneOrMore(unique(actions)) }));
}

const fill = (text: string, { words }: Facts): string =>
    text.replaceAll(/\{(suffix|region|partition|account)\}/g, (_, word: keyof Facts["words"]) => words[word]);

/** The conditions with their places filled in; nothing where a list that a grant hangs on is empty. */
function filledIn(when: Conditions, facts: Facts): PolicyStatement["Condition"] {
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
            filled[operator] = { ...filled[operator], [key]: oneOrMore(values.map((one) => fill(one, facts))) };
        }
    }
    return filled;
}

/** As few documents as hold the statements, each within what IAM takes, unless one statement alone is longer. */
export function documentsOf(statements: readonly PolicyStatement[]): PolicyDocument[] {
    const documents: PolicyStatement[][] = [];
    // The long ones first: the short ones then fill what they leave.
    for (const statement of [...statements].sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)) {
        const room = documents.find((document) => lengthOf(documentOf([...document, statement])) <= longestDocument);
        if (room === undefined) {
            documents.push([statement]);
        } else {
            room.push(statement);
        }
    }
    return documents.map(documentOf);
}
