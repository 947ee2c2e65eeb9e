import { compareText } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";
import { comparePlans } from "./compare.ts";
import type { Consequence } from "./consequence.ts";
import { lossConsequencesOf } from "./loss-consequences.ts";
import { newPaths, newRights } from "./new-access.ts";
import { lostProtections } from "./protections.ts";

export { consequenceKinds, type Consequence, type ConsequenceKind } from "./consequence.ts";

/** What only a person may accept of a change from one plan to another. */
export const consequencesOf = (before: Plan, after: Plan): Consequence[] =>
    mergeConsequences([
        ...lossConsequencesOf(comparePlans(before, after).resources),
        ...securityConsequencesOf(before, after),
    ]);

/** Rights and paths that come, and protection that goes: what an engine's preview does not say of itself. */
export const securityConsequencesOf = (before: Plan, after: Plan): Consequence[] => [
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
 * One consequence for each resource and kind, as resources of several types may have one name, and are accepted together. In
 * an order of their own: the engine's previews tell of the same update in another order each time.
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
