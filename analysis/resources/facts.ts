import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { compareText } from "../../plan/query.ts";

/** Whether AWS gets the resource, as opposed to a component, a provider and what is only read. */
export const isCreatedInAws = ({ custom, external, type }: PlanNode): boolean =>
    custom && !external && !type.startsWith("pulumi:providers:");

/** What keeps a resource from being deleted: Pulumi's option, or an input of AWS. Empty where nothing does. */
export const deletionProtectionsOf = ({ type, inputs, options }: PlanNode): string[] => [
    ...(options.protect ? ["Pulumi's option protect"] : []),
    ...(options.retainOnDelete ? ["Pulumi's option retainOnDelete"] : []),
    ...(catalogue[type]?.deletion?.inputs ?? [])
        .filter((each) => each.protected !== each.unprotected && inputs[each.input] === each.protected)
        .map((each) => `${each.input} = ${each.protected}`),
];

/** URNs of the resources that depend on each resource, by its URN. */
export function dependentsByUrn({ nodes }: Plan): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { urn, dependencies } of nodes) {
        for (const dependency of dependencies) {
            found.set(dependency, [...(found.get(dependency) ?? []), urn]);
        }
    }
    return new Map([...found].map(([urn, dependents]) => [urn, dependents.toSorted(compareText)]));
}
