import { AliasedUrns } from "../replacement/aliased-urns.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";

/** A resource that exists before and after an update. */
export interface NodePair {
    readonly before: PlanNode;
    readonly after: PlanNode;
}

/** By URN in a plan: the same resource in the former plan, under its present URN or an alias. */
export function matchFormerResources<T>(plan: Plan, formerByUrn: ReadonlyMap<string, T>): Map<string, T> {
    const ancestry = new AliasedUrns(plan);
    return new Map(
        plan.nodes.flatMap((node): [string, T][] => {
            const former = [...ancestry.urnsOf(node)]
                .map((urn) => formerByUrn.get(urn))
                .find((found) => found !== undefined);
            return former === undefined ? [] : [[node.urn, former]];
        }),
    );
}

/** Resources in both plans; an alias identifies a resource with its former URN. */
export function pairNodes(before: Plan, after: Plan): NodePair[] {
    const former = matchFormerResources(after, new Map(before.nodes.map((node) => [node.urn, node])));
    return after.nodes.flatMap((node) => {
        const found = former.get(node.urn);
        return found === undefined ? [] : [{ before: found, after: node }];
    });
}
