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
    /** Type of the component that holds it directly under PaymentPlatform, such as `Database`. */
    readonly component: string;
    readonly operation: Operation;
    /** Empty where the resource is created or deleted. */
    readonly changes: readonly PropertyChange[];
}

/** Everything in which two plans differ. */
export interface PlanDifference {
    readonly resources: readonly ResourceDifference[];
    /** What Pulumi handles differently, while AWS gets the same. */
    readonly options: readonly OptionsDifference[];
    /** Outputs of the stack. */
    readonly outputs: readonly ValueChange[];
    /** What else differs where nothing of the above does, such as an ID that the plan made up. */
    readonly derived: readonly ValueChange[];
}

/** Compares two plans. A resource with an alias is the one that it was; what the program is told to ignore is no change. */
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
    const { gone, fresh } = unpairedNodes(before, after, pairs);
    const whole = (node: PlanNode, operation: Operation, component: string): ResourceDifference => ({
        ...identificationOf(node, component),
        operation,
        changes: [],
    });
    return [
        ...gone.filter(isManagedResource).map((node) => whole(node, "delete", formerOf(node))),
        ...changedPairs(pairs)
            .filter((pair) => isManagedResource(pair.after) && pair.changes.length > 0)
            .map((pair): ResourceDifference => ({
                ...identificationOf(pair.after, componentOf(pair.after)),
                operation: isReplaced(pair) ? "replace" : "update",
                changes: pair.changes,
            })),
        ...fresh.filter(isManagedResource).map((node) => whole(node, "create", componentOf(node))),
    ];
}

function optionsDifferences(
    before: Plan,
    after: Plan,
    pairs: readonly NodePair[],
    renamed: MapUrn,
): OptionsDifference[] {
    const [formerOf, componentOf] = [findComponentOf(before), findComponentOf(after)];
    const { gone, fresh } = unpairedNodes(before, after, pairs);
    const entry = (node: PlanNode, component: string, changes: readonly ValueChange[]): OptionsDifference => ({
        ...identificationOf(node, component),
        changes,
    });
    return [
        ...gone
            .filter((node) => !isManagedResource(node))
            .map((node) => entry(node, formerOf(node), [{ path: "exists", before: true, after: undefined }])),
        ...pairs
            .map((pair) => entry(pair.after, componentOf(pair.after), optionsOfPair(pair, renamed)))
            .filter(({ changes }) => changes.length > 0),
        ...fresh
            .filter((node) => !isManagedResource(node))
            .map((node) => entry(node, componentOf(node), [{ path: "exists", before: undefined, after: true }])),
    ];
}

/** Of what AWS does not get, such as a resource that is looked up, inputs are said here. */
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

/** A provider makes it, or is one; components and what is looked up have no life of their own in AWS. */
const isManagedResource = ({ custom, external }: PlanNode): boolean => custom && !external;

function unpairedNodes(before: Plan, after: Plan, pairs: readonly NodePair[]): { gone: PlanNode[]; fresh: PlanNode[] } {
    const known = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
    return {
        gone: before.nodes.filter((node) => !known.has(node)),
        fresh: after.nodes.filter((node) => !known.has(node)),
    };
}

const identificationOf = ({ urn, name, type }: PlanNode, component: string) => ({ urn, name, type, component });

const platformType = "payment:index:PaymentPlatform";

/** Gives the component that holds a node directly under the platform; the platform, or the stack, where none does. */
function findComponentOf({ nodes }: Plan): (node: PlanNode) => string {
    const byUrn = new Map(nodes.map((node) => [node.urn, node]));
    const holderOf = (node: PlanNode): PlanNode => {
        const parent = byUrn.get(node.parent ?? "");
        return parent === undefined || parent.type === platformType || node.type === platformType
            ? node
            : parent.parent === undefined
              ? parent
              : holderOf(parent);
    };
    return (node) => {
        const holder = holderOf(node);
        const parent = byUrn.get(node.parent ?? "");
        return shortTypeName(holder === node && node.custom ? (parent ?? node).type : holder.type);
    };
}
