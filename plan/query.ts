import type { Plan, PlanNode } from "./plan.ts";
import type { Finding } from "./finding.ts";
import { originalOf, recordTypes, recordTypesOf, type RecordedValue } from "./type-recording.ts";

export type UnknownRecord = Record<string, unknown>;
export const isObjectOrArray = (value: unknown): value is UnknownRecord => typeof value === "object" && value !== null;

export const isPlainObject = (value: unknown): value is UnknownRecord =>
    isObjectOrArray(value) && !Array.isArray(value);

/** The value at a path such as `rules.0.bucketKeyEnabled`. */
export const getPath = (values: unknown, path: string): unknown =>
    path.split(".").reduce<unknown>((value, key) => (isObjectOrArray(value) ? value[key] : undefined), values);

/** Text as it is, any other value as JSON. */
export const toText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Text at a path; empty if there is none. */
export function textAtPath(values: unknown, path: string): string {
    const found = getPath(values, path);
    return typeof found === "string" ? found : "";
}

/** Text at a path of a resource's inputs; empty if there is none, or no such resource. */
export const inputText = (node: PlanNode | undefined, path: string): string => textAtPath(node?.inputs, path);

/** Texts of a list at a path of a resource's inputs. */
export function inputTexts(node: PlanNode, path: string): string[] {
    const found = getPath(node.inputs, path);
    return Array.isArray(found) ? found.map(String) : [];
}

/** Items of a list, or values of an object; empty for any other value. */
export const itemsOf = (value: unknown): unknown[] => (isObjectOrArray(value) ? Object.values(value) : []);

/** One part of a text that is split at a separator, from the end if the index is negative; empty if it does not exist. */
export const splitPart = (whole: string, sign: string, place: number): string => whole.split(sign).at(place) ?? "";

/** Region of a plan's AWS provider; empty if it has none. */
export const providerRegion = ({ nodes }: Plan): string =>
    inputText(
        nodes.find(({ type }) => type === "pulumi:providers:aws"),
        "region",
    );

export const nameInUrn = (urn: string): string => splitPart(urn, "::", -1);

/** Order of code units: the same on every machine, unlike that of a language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Parsed JSON text at a path of a resource's inputs; null if there is none. */
export const inputJson = (node: PlanNode | undefined, path: string): unknown =>
    JSON.parse(inputText(node, path) || "null");

/** ARN of the dead-letter queue of a queue or subscription; empty if it has none. */
export const deadLetterQueueArn = (node: PlanNode): string =>
    textAtPath(inputJson(node, "redrivePolicy"), "deadLetterTargetArn");

export const arnOf = (node: PlanNode): string => toText(node.outputs.arn);

/** `queue` for `aws:sqs/queue:Queue`. */
export const typeNameOf = (node: PlanNode): string => splitPart(node.type, ":", -1);

/** The noun in a logical name, between `payment-` and the suffix. */
export const nameWithoutPrefixAndSuffix = ({ name }: PlanNode, suffix: string): string =>
    name.slice("payment-".length, -suffix.length - 1);

/** Caches a computed value per plan, because many rules use it: each of them reads the types that it was computed from. */
export function memoizeByPlan<T>(compute: (plan: Plan) => T): (plan: Plan) => T {
    const cache = new WeakMap<Plan, RecordedValue<T>>();
    return (plan) => {
        const original = originalOf(plan);
        const found = cache.get(original) ?? recordTypesOf(original, compute);
        cache.set(original, found);
        recordTypes(plan, found.types);
        return found.result;
    };
}

const nodesByType = memoizeByPlan(({ nodes }) => Map.groupBy(nodes, ({ type }) => type));
const nodesByUrn = memoizeByPlan(({ nodes }) => new Map(nodes.map((node) => [node.urn, node])));

/** `sqs/queue:Queue` for `aws:sqs/queue:Queue`: rules and records name types of AWS so. */
export const withoutAwsPrefix = (type: string): string => type.replace(/^aws:/, "");

/** Caches what is computed from each text. */
export function memoizeByText<T>(compute: (text: string) => T): (text: string) => T {
    const cache = new Map<string, T>();
    return (text) => {
        const found = cache.get(text) ?? compute(text);
        cache.set(text, found);
        return found;
    };
}

/** All resources of a type of AWS, given as `sqs/queue:Queue` or `aws:sqs/queue:Queue`. */
export const resourcesOfType = (plan: Plan, type: string): readonly PlanNode[] => {
    const plain = withoutAwsPrefix(type);
    return nodesByType(recordTypes(plan, [plain])).get(`aws:${plain}`) ?? [];
};

/** Whether GuardDuty's agent reports to this VPC endpoint. */
export const isAgentEndpoint = (endpoint: PlanNode): boolean =>
    inputText(endpoint, "serviceName").endsWith(".guardduty-data");

/** Whether tasks pull images through this VPC endpoint. */
export const isEcrEndpoint = (endpoint: PlanNode): boolean =>
    /\.ecr\.(api|dkr)$/.test(inputText(endpoint, "serviceName"));

/** KMS keys of the stack, by ARN. */
export const kmsKeysByArn = memoizeByPlan(
    (plan) => new Map(resourcesOfType(plan, "kms/key:Key").map((key) => [arnOf(key), key])),
);

/** A finding for each resource that does not meet a condition. */
export const findingsUnless = (
    nodes: readonly PlanNode[],
    holds: (node: PlanNode) => boolean,
    must: string | ((node: PlanNode) => string),
): Finding[] =>
    nodes
        .filter((node) => !holds(node))
        .map((node) => ({ node, reason: `must ${typeof must === "string" ? must : must(node)}` }));

/** A finding for the whole stack if it does not meet a condition. */
export const stackFindingUnless = (holds: boolean, problem: string): Finding[] => (holds ? [] : [problem]);

/** A finding if the stack does not have exactly one resource of a type. */
export const findingUnlessExactlyOne = (plan: Plan, type: string): Finding[] => {
    const { length } = resourcesOfType(plan, type);
    return stackFindingUnless(length === 1, `there are ${length} of ${type}`);
};

/** All direct and indirect dependencies of a resource. */
export function transitiveDependencies(plan: Plan, node: PlanNode): Set<string> {
    const nodes = nodesByUrn(plan);
    const found = new Set<string>();
    const open = [...node.dependencies];
    for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
        if (!found.has(urn)) {
            found.add(urn);
            nodes.get(urn)?.dependencies.forEach((each) => open.push(each));
        }
    }
    return found;
}
