import { platformType } from "../../lib/scope.ts";
import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { derivedChanges, optionChanges, type OptionsDifference, type MapUrn } from "./options.ts";
import { pairNodes, type NodePair } from "./pairs.ts";
import { valueChanges, type ValueChange, type PropertyChange } from "./property-changes.ts";
import { changedPairs, isReplaced } from "./replacements.ts";

export type Operation = "create" | "update" | "replace" | "delete";

/** What happens to a resource in AWS. */
export interface ResourceDifference {
    /** After the change; before it where the resource is deleted. */
    readonly urn: string;
    readonly name: string;
    readonly type: string;
    /** Type of the component directly under PaymentPlatform that contains it, such as `Database`. */
    readonly component: string;
    readonly operation: Operation;
    /** Empty where the resource is created or deleted. */
    readonly changes: readonly PropertyChange[];
}

/** All differences between two plans. */
export interface PlanDifference {
    readonly resources: readonly ResourceDifference[];
    /** Changes that Pulumi records and AWS does not see: options, parents, dependencies, outputs of components. */
    readonly options: readonly OptionsDifference[];
    /** Outputs of the stack. */
    readonly outputs: readonly ValueChange[];
    /** Other differences, only where there are none of the above, such as a generated ID. */
    readonly derived: readonly ValueChange[];
}

/** Compares two plans. A resource with an alias is the former resource; properties in `ignoreChanges` do not count. */
export function comparePlans(before: Plan, after: Plan): PlanDifference {
    const pairs = pairNodes(before, after);
    const renamedTo = new Map(pairs.map((pair) => [pair.before.urn, pair.after.urn]));
    const renamed: MapUrn = (urn) => renamedTo.get(urn) ?? urn;
    const found = {
        resources: resourceDifferences(before, after, pairs),
        options: optionsDifferences(before, after, pairs, renamed),
        outputs: valueChanges("", before.outputs, after.outputs),
    };
    const isSame = Object.values(found).every(({ length }) => length === 0);
    return { ...found, derived: isSame ? derivedDifferences(before, after, pairs, renamed) : [] };
}

function resourceDifferences(before: Plan, after: Plan, pairs: readonly NodePair[]): ResourceDifference[] {
    const [formerOf, componentOf] = [findComponentOf(before), findComponentOf(after)];
    const { removed, added } = unpairedNodes(before, after, pairs);
    const differenceOf = (node: PlanNode, operation: Operation, component: string): ResourceDifference => ({
        ...identificationOf(node, component),
        operation,
        changes: [],
    });
    return [
        ...removed.filter(isManagedResource).map((node) => differenceOf(node, "delete", formerOf(node))),
        ...changedPairs(pairs)
            .filter((pair) => isManagedResource(pair.after) && pair.changes.length > 0)
            .map((pair): ResourceDifference => ({
                ...identificationOf(pair.after, componentOf(pair.after)),
                operation: isReplaced(pair) ? "replace" : "update",
                changes: pair.changes,
            })),
        ...added.filter(isManagedResource).map((node) => differenceOf(node, "create", componentOf(node))),
    ];
}

function optionsDifferences(
    before: Plan,
    after: Plan,
    pairs: readonly NodePair[],
    renamed: MapUrn,
): OptionsDifference[] {
    const [formerOf, componentOf] = [findComponentOf(before), findComponentOf(after)];
    const { removed, added } = unpairedNodes(before, after, pairs);
    const entry = (node: PlanNode, component: string, changes: readonly ValueChange[]): OptionsDifference => ({
        ...identificationOf(node, component),
        changes,
    });
    return [
        ...removed
            .filter((node) => !isManagedResource(node))
            .map((node) => entry(node, formerOf(node), [{ path: "exists", before: true, after: undefined }])),
        ...pairs
            .map((pair) => entry(pair.after, componentOf(pair.after), optionsOfPair(pair, renamed)))
            .filter(({ changes }) => changes.length > 0),
        ...added
            .filter((node) => !isManagedResource(node))
            .map((node) => entry(node, componentOf(node), [{ path: "exists", before: undefined, after: true }])),
    ];
}

/** Options of a pair; for what Pulumi does not create in AWS, such as a resource that is looked up, also the inputs. */
const optionsOfPair = (pair: NodePair, renamed: MapUrn): ValueChange[] => [
    ...optionChanges(pair, renamed),
    ...(isManagedResource(pair.after) ? [] : valueChanges("inputs", pair.before.inputs, pair.after.inputs)),
];

function derivedDifferences(before: Plan, after: Plan, pairs: readonly NodePair[], renamed: MapUrn): ValueChange[] {
    const plain = ({ project, stack, unknownOutputs, inventedAnswers }: Plan) => ({
        ...{ project, stack, unknownOutputs },
        inventedAnswers: inventedAnswers.map((answer) => ({ ...answer })),
    });
    return [
        ...valueChanges("", plain(before), plain(after)),
        ...pairs.flatMap((pair) =>
            derivedChanges(pair, renamed).map((change) => ({ ...change, path: `${pair.after.name} ${change.path}` })),
        ),
    ];
}

/** Whether a provider manages the resource; components and resources that are looked up do not count. */
const isManagedResource = ({ custom, external }: PlanNode): boolean => custom && !external;

function unpairedNodes(
    before: Plan,
    after: Plan,
    pairs: readonly NodePair[],
): { removed: PlanNode[]; added: PlanNode[] } {
    const paired = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
    return {
        removed: before.nodes.filter((node) => !paired.has(node)),
        added: after.nodes.filter((node) => !paired.has(node)),
    };
}

const identificationOf = ({ urn, name, type }: PlanNode, component: string) => ({ urn, name, type, component });

/** Finds the component directly under the platform that contains a node; the platform or the stack where there is none. */
export function findComponentOf({ nodes }: Plan): (node: PlanNode) => string {
    const byUrn = new Map(nodes.map((node) => [node.urn, node]));
    const ancestorOf = (node: PlanNode): PlanNode => {
        const parent = byUrn.get(node.parent ?? "");
        return parent === undefined || parent.type === platformType || node.type === platformType
            ? node
            : parent.parent === undefined
              ? parent
              : ancestorOf(parent);
    };
    return (node) => {
        const ancestor = ancestorOf(node);
        const parent = byUrn.get(node.parent ?? "");
        return shortTypeName(ancestor === node && node.custom ? (parent ?? node).type : ancestor.type);
    };
}
