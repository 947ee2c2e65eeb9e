import { inOrder, nameIn } from "../../plan/query.ts";
import type { PlanNode } from "../../plan/plan.ts";
import type { Pair } from "./pairs.ts";
import { differences, type Difference } from "./property-changes.ts";

/** A resource that Pulumi will handle differently; AWS gets the same of it. */
export interface OptionsDifference {
    /** After the change; before it where the component goes. */
    readonly urn: string;
    readonly name: string;
    readonly type: string;
    readonly component: string;
    readonly changes: readonly Difference[];
}

/** URN after the change, for one before it. */
export type Renamed = (urn: string) => string;

/** What changes of how Pulumi handles a resource: options, its place, what it waits for, what a component registers. */
export function optionChanges({ before, after }: Pair, renamed: Renamed): Difference[] {
    const { options: former, ...place } = handlingOf(before, renamed);
    const { options, ...placeAfter } = handlingOf(after, (urn) => urn);
    return [
        ...differences("options", former, options),
        ...differences("", place, placeAfter),
        // The stack's own are compared as the plan's.
        ...(after.custom || after.parent === undefined ? [] : differences("outputs", before.outputs, after.outputs)),
    ];
}

function handlingOf({ options, name, type, parent, provider, custom, external, ...node }: PlanNode, renamed: Renamed) {
    const { deletedWith } = options;
    const byInputs = new Set(Object.values(node.propertyDependencies).flat());
    const explicit = node.dependencies.filter((urn) => !byInputs.has(urn)).map(renamed);
    return {
        options: { ...options, deletedWith: deletedWith && nameIn(renamed(deletedWith)) },
        name,
        type,
        parent: parent && nameIn(renamed(parent)),
        provider: provider && nameIn(renamed(provider)),
        custom,
        external,
        dependsOn: explicit.map(nameIn).toSorted(inOrder),
    };
}

/** What follows from the rest of a plan, and can change alone: IDs, outputs, what a preview does not know. */
export const derivedChanges = ({ before, after }: Pair, renamed: Renamed): Difference[] => {
    const derived = ({ id, outputs, unknown, unknownOutputs, dependencies, propertyDependencies }: PlanNode) => ({
        ...{ id, outputs, unknown, unknownOutputs },
        dependencies: dependencies.map(renamed),
        propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([input, urns]) => [input, urns.map(renamed)]),
        ),
    });
    return differences("", derived(before), derived(after));
};
