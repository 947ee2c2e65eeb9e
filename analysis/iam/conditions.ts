import { requireItem } from "../../lib/list.ts";
import { matchesArnPattern } from "../../plan/query.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { fillWildcards, matchesWildcard } from "./wildcards.ts";

/** What a request tells, by condition key; a key that is not there is one that the request does not have. */
export type RequestContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Keys that a request of ours may have. A condition on any other is not understood. */
const supportedKeys: readonly RegExp[] = [
    /^aws:(principalaccount|principalarn|resourceaccount|requestedregion|securetransport|sourceaccount|sourcearn)$/,
    /^cloudwatch:namespace$/,
    /^kms:viaservice$/,
    /^kms:encryptioncontext:.+$/,
    /^lambda:sourcefunctionarn$/,
    /^s3:x-amz-acl$/,
];

type Compare = (given: string, wanted: string) => boolean;
const equal: Compare = (given, wanted) => given === wanted;
const equalIgnoringCase: Compare = (given, wanted) => given.toLowerCase() === wanted.toLowerCase();

/**
 * Operators by name; a negated one holds where none of its values compares
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
const operators: Readonly<Record<string, { compare: Compare; negated?: true }>> = {
    StringEquals: { compare: equal },
    StringNotEquals: { compare: equal, negated: true },
    StringEqualsIgnoreCase: { compare: equalIgnoringCase },
    StringNotEqualsIgnoreCase: { compare: equalIgnoringCase, negated: true },
    StringLike: { compare: matchesWildcard },
    StringNotLike: { compare: matchesWildcard, negated: true },
    // AWS: "ArnEquals and ArnLike behave identically".
    ArnEquals: { compare: matchesArnPattern },
    ArnLike: { compare: matchesArnPattern },
    ArnNotEquals: { compare: matchesArnPattern, negated: true },
    ArnNotLike: { compare: matchesArnPattern, negated: true },
    Bool: { compare: equalIgnoringCase },
};

const setOperators = ["ForAllValues", "ForAnyValue"] as const;

interface Operator {
    readonly name: string;
    readonly set: (typeof setOperators)[number] | undefined;
    readonly ifExists: boolean;
}

function operatorOf(text: string): Operator {
    const set = setOperators.find((each) => text.startsWith(`${each}:`));
    const name = text.slice(set === undefined ? 0 : set.length + 1).replace(/IfExists$/, "");
    return { name, set, ifExists: text.endsWith("IfExists") };
}

/** Operators, keys and policy variables of a statement that the evaluator does not know, each as a phrase. */
export function unsupportedElementsIn({ Condition = {}, Resource }: ParsedStatement): string[] {
    const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({ operator, key, values: toArray(values) })),
    );
    const variables = [...toArray(Resource), ...conditions.flatMap(({ values }) => values)].filter((text) =>
        text.includes("${"),
    );
    return [
        ...conditions
            .filter(({ operator }) => operatorOf(operator).name !== "Null" && !(operatorOf(operator).name in operators))
            .map(({ operator }) => `the operator ${operator}`),
        ...conditions
            .filter(({ key }) => !supportedKeys.some((pattern) => pattern.test(key.toLowerCase())))
            .map(({ key }) => `the condition key ${key}`),
        ...variables.map((text) => `the variable in ${text}`),
    ];
}

const lowerCased = new WeakMap<RequestContext, Map<string, string | readonly string[] | undefined>>();

/** Keys compare without regard to case. */
function contextValues(context: RequestContext, key: string): readonly string[] | undefined {
    const keys =
        lowerCased.get(context) ?? new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]));
    lowerCased.set(context, keys);
    const value = keys.get(key.toLowerCase());
    return typeof value === "string" ? [value] : value;
}

function conditionHolds(operator: string, given: readonly string[] | undefined, wanted: readonly string[]): boolean {
    const { name, set, ifExists } = operatorOf(operator);
    if (name === "Null") {
        return wanted.includes(String(given === undefined));
    }
    const { compare, negated } = operators[name] ?? throwUnsupported(`the operator ${operator}`);
    const matches = (value: string) => wanted.some((each) => compare(value, each)) !== (negated ?? false);
    if (given === undefined) {
        return set === "ForAllValues" || (set !== "ForAnyValue" && (ifExists || negated === true));
    }
    // A negated operator without a set must hold of every value.
    return set === "ForAllValues" || (set === undefined && negated) ? given.every(matches) : given.some(matches);
}

/**
 * Whether a request meets every condition of a statement.
 *
 * @throws Error that names an operator, key or variable that is not known
 */
export function meetsConditions(context: RequestContext, statement: ParsedStatement): boolean {
    const { Condition = {} } = statement;
    const [strange] = unsupportedElementsIn(statement);
    return strange !== undefined
        ? throwUnsupported(strange)
        : Object.entries(Condition).every(([operator, keys]) =>
              Object.entries(keys).every(([key, wanted]) =>
                  conditionHolds(operator, contextValues(context, key), toArray(wanted)),
              ),
          );
}

function throwUnsupported(what: string): never {
    throw new Error(`${what} is not known: add it, with AWS's meaning, to analysis/iam/conditions.ts`);
}

/** Contexts that meet a condition and tell no more than it asks: one for each way of choosing among its values. */
export function contextsThatMeet({ Condition = {} }: ParsedStatement): RequestContext[] {
    const asked = Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({ operator, key, wanted: toArray(values) })),
    );
    return [...Map.groupBy(asked, ({ key }) => key.toLowerCase()).values()].reduce<RequestContext[]>(
        (contexts, ofKey) => {
            const meet = (given?: readonly string[]) =>
                ofKey.every(({ operator, wanted }) => conditionHolds(operator, given, wanted));
            if (meet()) {
                return contexts;
            }
            const named = ofKey.filter(({ operator }) => operator !== "Null").flatMap(({ wanted }) => wanted);
            const values = [...new Set([...named, "*"].map(fillWildcards))].filter((value) => meet([value]));
            const { key } = requireItem(ofKey, 0);
            return contexts.flatMap((context) => values.map((value) => ({ ...context, [key]: value })));
        },
        [{}],
    );
}
