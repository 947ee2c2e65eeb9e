import { compareText, nameInUrn } from "../../plan/query.ts";
import type { PlanNode } from "../../plan/plan.ts";
import type { NodePair } from "./pairs.ts";
import { valueChanges, type ValueChange } from "./property-changes.ts";

/** A resource with changes that Pulumi records and AWS does not see. */
export interface OptionsDifference {
    /** After the change; before it where the component is removed. */
    readonly urn: string;
    readonly name: string;
    readonly type: string;
    readonly component: string;
    readonly changes: readonly ValueChange[];
}

/** URN after the change, for one before it. */
export type MapUrn = (urn: string) => string;

/** Changes of a resource in Pulumi: options, parent, dependencies, and the outputs of a component. */
export function optionChanges({ before, after }: NodePair, renamed: MapUrn): ValueChange[] {
    const { options: former, ...place } = pulumiHandlingOf(before, renamed);
    const { options, ...placeAfter } = pulumiHandlingOf(after, (urn) => urn);
    return [
        ...valueChanges("options", former, options),
        ...valueChanges("", place, placeAfter),
        // The outputs of the stack are compared with the plan.
        ...(after.custom || after.parent === undefined ? [] : valueChanges("outputs", before.outputs, after.outputs)),
    ];
}

function pulumiHandlingOf(
    { options, name, type, parent, provider, custom, external, ...node }: PlanNode,
    renamed: MapUrn,
) {
    const { deletedWith } = options;
    const byInputs = new Set(Object.values(node.propertyDependencies).flat());
    const explicit = node.dependencies.filter((urn) => !byInputs.has(urn)).map(renamed);
    return {
        options: { ...options, deletedWith: deletedWith && nameInUrn(renamed(deletedWith)) },
        name,
        type,
        parent: parent && nameInUrn(renamed(parent)),
        provider: provider && nameInUrn(renamed(provider)),
        custom,
        external,
        dependsOn: explicit.map(nameInUrn).toSorted(compareText),
    };
}

/** Values derived from the rest of a plan: IDs, outputs, and what is unknown in a preview. */
export const derivedChanges = ({ before, after }: NodePair, renamed: MapUrn): ValueChange[] => {
    const derived = ({ id, outputs, unknown, unknownOutputs, dependencies, propertyDependencies }: PlanNode) => ({
        ...{ id, outputs, unknown, unknownOutputs },
        dependencies: dependencies.map(renamed),
        propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([input, urns]) => [input, urns.map(renamed)]),
        ),
    });
    return valueChanges("", derived(before), derived(after));
};
