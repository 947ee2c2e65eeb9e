import { Ancestry } from "../../policies/identity/ancestry.ts";
import type { Plan, PlanNode } from "../../tools/plan/plan.ts";

/** A resource that an update leaves in place, before and after it. */
export interface Pair {
    readonly before: PlanNode;
    readonly after: PlanNode;
}

/** Resources that are in both plans: one with an alias is the same as before. */
export function pairsOf(before: Plan, after: Plan): Pair[] {
    const ancestry = new Ancestry(after);
    const known = new Map(before.nodes.map((node) => [node.urn, node]));
    return after.nodes.flatMap((node) => {
        const former = [...ancestry.of(node)].map((urn) => known.get(urn)).find((found) => found !== undefined);
        return former === undefined ? [] : [{ before: former, after: node }];
    });
}
