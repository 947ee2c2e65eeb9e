import { requireItem } from "../../lib/list.ts";
import { principalsIn } from "./principals.ts";
import { toArray, type ParsedStatement } from "./statements.ts";
import { hasWildcard, matchesArnPattern, matchesWildcard, type Extent } from "./wildcards.ts";

/** Values of a request by condition key; a request does not have the keys that are missing. */
export type RequestContext = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Keys whose values the requests of a plan give. The evaluation of any other key would guess. */
const planRequestKeys: readonly RegExp[] = [
    /^aws:(principalaccount|principalarn|resourceaccount|requestedregion|securetransport|sourceaccount|sourcearn)$/,
    /^cloudwatch:namespace$/,
    /^ecs:(cluster|createaction)$/,
    /^iam:passedtoservice$/,
    /^kms:viaservice$/,
    /^kms:encryptioncontext:.+$/,
    /^lambda:sourcefunctionarn$/,
    /^s3:(if-none-match|x-amz-acl)$/,
];

type Compare = (given: string, expected: string) => boolean;
const equal: Compare = (given, expected) => given === expected;
const equalIgnoringCase: Compare = (given, expected) => given.toLowerCase() === expected.toLowerCase();

/**
 * Operators by name; a negated one holds where none of its values matches
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

interface Condition {
    readonly operator: string;
    readonly key: string;
    readonly expected: readonly string[];
}

/** The conditions of a statement, all of which a request must meet. */
const conditionsOf = ({ Condition = {} }: ParsedStatement): Condition[] =>
    Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({ operator, key, expected: toArray(values) })),
    );

const isSupportedOperator = (operator: string): boolean => {
    const { name } = operatorOf(operator);
    return name === "Null" || name in operators;
};

/** Operators, condition keys and policy variables of a statement that the evaluator does not support, each as a phrase. */
export function unsupportedElementsIn(
    statement: ParsedStatement,
    supportedKeys: readonly RegExp[] = planRequestKeys,
): string[] {
    const conditions = conditionsOf(statement);
    const texts = [
        ...toArray(statement.Resource),
        ...toArray(statement.NotResource),
        ...conditions.flatMap(({ expected }) => expected),
    ];
    const principals = [statement.Principal, statement.NotPrincipal].flatMap((element) => principalsIn(element, "AWS"));
    return [
        ...conditions
            .filter(({ operator }) => !isSupportedOperator(operator))
            .map(({ operator }) => `the operator ${operator}`),
        ...conditions
            .filter(({ key }) => !supportedKeys.some((pattern) => pattern.test(key.toLowerCase())))
            .map(({ key }) => `the condition key ${key}`),
        ...texts.filter((text) => text.includes("${")).map((text) => `the variable in ${text}`),
        ...principals.filter((arn) => /^arn:[^:]+:sts:/.test(arn)).map((arn) => `the session ${arn}`),
    ];
}

const lowerCased = new WeakMap<RequestContext, Map<string, string | readonly string[] | undefined>>();

/** IAM ignores the case of condition keys. */
function valuesByKey(context: RequestContext): ReadonlyMap<string, string | readonly string[] | undefined> {
    const values =
        lowerCased.get(context) ?? new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]));
    lowerCased.set(context, values);
    return values;
}

const toValues = (value: string | readonly string[] | undefined): readonly string[] | undefined =>
    typeof value === "string" ? [value] : value;

function conditionHolds(
    { operator, expected }: Pick<Condition, "operator" | "expected">,
    given: readonly string[] | undefined,
): boolean {
    const { name, set, ifExists } = operatorOf(operator);
    if (name === "Null") {
        return expected.includes(String(given === undefined));
    }
    const { compare, negated } = operators[name] ?? throwUnsupported(`the operator ${operator}`);
    const matches = (value: string) => expected.some((each) => compare(value, each)) !== (negated ?? false);
    if (given === undefined) {
        return set === "ForAllValues" || (set !== "ForAnyValue" && (ifExists || negated === true));
    }
    // A negated operator without a set operator must hold for every value.
    return set === "ForAllValues" || (set === undefined && negated) ? given.every(matches) : given.some(matches);
}

/** @throws Error that names an operator, condition key or variable that is not supported */
function supportedConditionsOf(statement: ParsedStatement, supportedKeys?: readonly RegExp[]): Condition[] {
    const [unsupported] = unsupportedElementsIn(statement, supportedKeys);
    return unsupported === undefined ? conditionsOf(statement) : throwUnsupported(unsupported);
}

/**
 * Whether a request meets every condition of a statement.
 *
 * @param supportedKeys patterns, in lower case, of the keys whose values the context gives; a missing value of theirs means
 *   that the request does not have the key. By default the keys that the requests of a plan can have.
 * @throws Error that names an operator, condition key or variable that is not supported
 */
export const meetsConditions = (
    context: RequestContext,
    statement: ParsedStatement,
    supportedKeys?: readonly RegExp[],
): boolean =>
    supportedConditionsOf(statement, supportedKeys).every((condition) =>
        conditionHolds(condition, toValues(valuesByKey(context).get(condition.key.toLowerCase()))),
    );

/**
 * Whether requests of which only some keys are known meet every condition of a statement: `some` of them, or `all`. Not known
 * are the keys that the context does not name, and those whose value is a pattern.
 *
 * @throws Error that names an operator, condition key or variable that is not supported
 */
export function meetsConditionsIfKnown(context: RequestContext, statement: ParsedStatement, extent: Extent): boolean {
    const known = valuesByKey(context);
    return supportedConditionsOf(statement).every((condition) => {
        const key = condition.key.toLowerCase();
        const given = toValues(known.get(key));
        const isKnown = known.has(key) && given?.some(hasWildcard) !== true;
        return isKnown ? conditionHolds(condition, given) : extent === "some";
    });
}

function throwUnsupported(what: string): never {
    throw new Error(`${what} is not supported: add it, with AWS's meaning, to analysis/iam/conditions.ts`);
}

/**
 * The smallest contexts that meet all conditions of a statement: one for each combination of their values, which are patterns
 * where the statement has patterns.
 */
export const contextsThatMeet = (statement: ParsedStatement): RequestContext[] =>
    [...Map.groupBy(conditionsOf(statement), ({ key }) => key.toLowerCase()).values()].reduce<RequestContext[]>(
        (contexts, ofKey) => {
            const meet = (given?: readonly string[]) => ofKey.every((condition) => conditionHolds(condition, given));
            if (meet()) {
                return contexts;
            }
            const named = ofKey.filter(({ operator }) => operator !== "Null").flatMap(({ expected }) => expected);
            // Whether values that a pattern matches also meet the other conditions on the key is not known.
            const values = [...new Set([...named, "*"])].filter(
                (value) => meet([value]) || (value !== "*" && hasWildcard(value)),
            );
            const { key } = requireItem(ofKey, 0);
            return contexts.flatMap((context) => values.map((value) => ({ ...context, [key]: value })));
        },
        [{}],
    );
