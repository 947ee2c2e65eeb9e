import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Plan } from "../../plan/plan.ts";
import { typeNameOf } from "../../plan/query.ts";
import type { Consequence } from "./consequence.ts";
import { pairNodes } from "./pairs.ts";

/**
 * Stores of data that a deployed stack does not have, and that an update would create: for a restore, or because AWS lost them,
 * or somebody deleted them, and a refresh took them out of the state. The settings of a former restore may still be there, and
 * then the new store has the data of that time.
 */
export function newStores(before: Plan, after: Plan): Consequence[] {
    const kept = new Set(pairNodes(before, after).map((pair) => pair.after.urn));
    return after.nodes.flatMap((node): Consequence[] => {
        const { restoreInputs, content } = catalogue[node.type]?.loss ?? {};
        if (restoreInputs === undefined || kept.has(node.urn)) {
            return [];
        }
        const sources = Object.entries(node.inputs).filter(([input]) => restoreInputs.includes(input));
        const text =
            sources.length === 0
                ? `creates an empty ${typeNameOf(node)} in a stack that had one; the data of the former one is not in it: ${content}`
                : `creates a ${typeNameOf(node)} with restored data (${JSON.stringify(Object.fromEntries(sources))}); what was written since is not in it: ${content}`;
        return [{ kind: "create", resource: node.name, text, losesData: true }];
    });
}
