import { compareText } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";
import { comparePlans } from "./compare.ts";
import type { Consequence } from "./consequence.ts";
import { lossConsequencesOf } from "./loss-consequences.ts";
import { newPaths, newRights } from "./new-access.ts";
import { newStores } from "./new-stores.ts";
import { lostProtections } from "./protections.ts";

export { consequenceKinds, type Consequence, type ConsequenceKind } from "./consequence.ts";

/** Consequences of a change from one plan to another that a person must accept. */
export const consequencesOf = (before: Plan, after: Plan): Consequence[] =>
    mergeConsequences([
        ...lossConsequencesOf(comparePlans(before, after).resources),
        ...unreportedConsequencesOf(before, after),
    ]);

/** New permissions, new network paths, lost protection and new stores of data, which a preview of Pulumi does not report. */
export const unreportedConsequencesOf = (before: Plan, after: Plan): Consequence[] => [
    ...newStores(before, after),
    ...newRights(before, after),
    ...newPaths(before, after),
    ...lostProtections(before, after).map(({ node, text }) => ({
        kind: "protection" as const,
        resource: node.name,
        text,
        losesData: false,
    })),
];

/**
 * One consequence for each name and kind: resources of several types can share a name, and are accepted together. They are
 * sorted, because Pulumi reports the steps of the same update in a different order each time.
 */
export const mergeConsequences = (consequences: readonly Consequence[]): Consequence[] =>
    [...Map.groupBy(consequences, ({ resource, kind }) => `${resource}:${kind}`)]
        .toSorted(([a], [b]) => compareText(a, b))
        .flatMap(([, same]) => {
            const [first] = same;
            const texts = [...new Set(same.map(({ text }) => text))].toSorted();
            return first === undefined
                ? []
                : [{ ...first, text: texts.join("; "), losesData: same.some(({ losesData }) => losesData) }];
        });
