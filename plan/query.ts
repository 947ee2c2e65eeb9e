import type { Plan, PlanNode } from "./plan.ts";
import type { Finding } from "./finding.ts";

export type UnknownRecord = Record<string, unknown>;
export const isObjectOrArray = (value: unknown): value is UnknownRecord => typeof value === "object" && value !== null;

export const isPlainObject = (value: unknown): value is UnknownRecord =>
    isObjectOrArray(value) && !Array.isArray(value);

/** What stands at a path such as `rules.0.bucketKeyEnabled`. */
export const getPath = (values: unknown, path: string): unknown =>
    path.split(".").reduce<unknown>((value, key) => (isObjectOrArray(value) ? value[key] : undefined), values);

/** A value as text; what is none as JSON. */
export const toText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Text at a path; empty where there is none. */
export function textAtPath(values: unknown, path: string): string {
    const found = getPath(values, path);
    return typeof found === "string" ? found : "";
}

/** Text at a path of a resource's inputs; empty where there is none, or no such resource. */
export const inputText = (node: PlanNode | undefined, path: string): string => textAtPath(node?.inputs, path);

/** Texts of a list at a path of a resource's inputs. */
export function inputTexts(node: PlanNode, path: string): string[] {
    const found = getPath(node.inputs, path);
    return Array.isArray(found) ? found.map(String) : [];
}

/** What a list, or a group, holds; nothing where the value is neither. */
export const itemsOf = (value: unknown): unknown[] => (isObjectOrArray(value) ? Object.values(value) : []);

/** What stands at a place between signs, counted from the end where it is negative; empty where there is nothing. */
export const splitPart = (whole: string, sign: string, place: number): string => whole.split(sign).at(place) ?? "";

/** Name in a URN. */
export const nameInUrn = (urn: string): string => splitPart(urn, "::", -1);

/** The order of the alphabet. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : 1);

/** JSON that stands as text at a path of a resource's inputs; null where there is none. */
export const inputJson = (node: PlanNode | undefined, path: string): unknown =>
    JSON.parse(inputText(node, path) || "null");

/** ARN of the queue for what a queue or a subscription could not hand on; empty where it names none. */
export const deadLetterQueueArn = (node: PlanNode): string =>
    textAtPath(inputJson(node, "redrivePolicy"), "deadLetterTargetArn");

export const arnOf = (node: PlanNode): string => toText(node.outputs.arn);

/** `queue` for `aws:sqs/queue:Queue`. */
export const typeNameOf = (node: PlanNode): string => splitPart(node.type, ":", -1);

/** What stands between `payment-` and the suffix in a logical name. */
export const nameWithoutPrefixAndSuffix = ({ name }: PlanNode, suffix: string): string =>
    name.slice("payment-".length, -suffix.length - 1);

/** Remembers what was computed of a plan: rules ask the same of it again and again. */
export function memoizeByPlan<T>(compute: (plan: Plan) => T): (plan: Plan) => T {
    const known = new WeakMap<Plan, T>();
    return (plan) => {
        const found = known.get(plan) ?? compute(plan);
        known.set(plan, found);
        return found;
    };
}

const nodesByType = memoizeByPlan(({ nodes }) => {
    const found = new Map<string, PlanNode[]>();
    for (const node of nodes) {
        found.set(node.type, [...(found.get(node.type) ?? []), node]);
    }
    return found;
});
const nodesByUrn = memoizeByPlan(({ nodes }) => new Map(nodes.map((node) => [node.urn, node])));

/** All resources of a type of AWS, given as `sqs/queue:Queue` or `aws:sqs/queue:Queue`. */
export const resourcesOfType = (plan: Plan, type: string): readonly PlanNode[] =>
    nodesByType(plan).get(type.startsWith("aws:") ? type : `aws:${type}`) ?? [];

/** Keys of the platform, by ARN. */
export const kmsKeysByArn = memoizeByPlan(
    (plan) => new Map(resourcesOfType(plan, "kms/key:Key").map((key) => [arnOf(key), key])),
);

/** A finding for each resource for which something does not hold. */
export const findingsUnless = (
    nodes: readonly PlanNode[],
    holds: (node: PlanNode) => boolean,
    must: string | ((node: PlanNode) => string),
): Finding[] =>
    nodes
        .filter((node) => !holds(node))
        .map((node) => ({ node, reason: `must ${typeof must === "string" ? must : must(node)}` }));

/** What is wrong with the stack as a whole, where something does not hold of it. */
export const stackFindingUnless = (holds: boolean, problem: string): Finding[] => (holds ? [] : [problem]);

/** As `stackFindingUnless`, of a type that the stack has once. */
export const findingUnlessExactlyOne = (plan: Plan, type: string): Finding[] => {
    const { length } = resourcesOfType(plan, type);
    return stackFindingUnless(length === 1, `there are ${length} of ${type}`);
};

/** Everything that must exist before a resource does, directly or not. */
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

/** AWS compares each of the six parts of an ARN by itself. */
export function matchesArnPattern(arn: string, pattern: string): boolean {
    const parts = (whole: string) => {
        const all = whole.split(":");
        return [...all.slice(0, 5), all.slice(5).join(":")];
    };
    const given = parts(arn);
    return parts(pattern).every((part, i) => {
        const source = part
            .replace(/[.+^${}()|[\]\\]/g, "\\$&")
            .replaceAll("*", ".*")
            .replaceAll("?", ".");
        return new RegExp(`^${source}$`).test(given[i] ?? "");
    });
}
