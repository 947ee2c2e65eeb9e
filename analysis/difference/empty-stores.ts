import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Plan } from "../../plan/plan.ts";
import { typeNameOf } from "../../plan/query.ts";
import type { Consequence } from "./consequence.ts";
import { pairNodes } from "./pairs.ts";

/**
 * Stores of data that a deployed stack does not have, and that an update would create without data: AWS lost them, or somebody
 * deleted them, and a refresh took them out of the state.
 */
export function emptyStores(before: Plan, after: Plan): Consequence[] {
    const kept = new Set(pairNodes(before, after).map((pair) => pair.after.urn));
    return after.nodes.flatMap((node): Consequence[] => {
        const { restoreInputs, content } = catalogue[node.type]?.loss ?? {};
        return restoreInputs === undefined ||
            kept.has(node.urn) ||
            restoreInputs.some((input) => node.inputs[input] !== undefined)
            ? []
            : [
                  {
                      kind: "create",
                      resource: node.name,
                      text: `creates an empty ${typeNameOf(node)} in a stack that had one; the data of the former one is not in it: ${content}`,
                      losesData: true,
                  },
              ];
    });
}
