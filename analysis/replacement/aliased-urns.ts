import { urnOf } from "../../plan/plan-node.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { nameInUrn } from "../../plan/query.ts";

/** The former name of a child whose name starts with its parent's, computed as the engine does. */
const aliasedChildName = (name: string, parent: string, former: string): string =>
    name.startsWith(parent) ? former + name.slice(parent.length) : name;

/** Every URN of a resource: its own, those of its aliases, and those that follow from its parents' aliases. */
export class AliasedUrns {
    readonly #plan: Plan;
    readonly #nodes: ReadonlyMap<string, PlanNode>;
    readonly #found = new Map<string, ReadonlySet<string>>();

    constructor(plan: Plan) {
        this.#plan = plan;
        this.#nodes = new Map(plan.nodes.map((node) => [node.urn, node]));
    }

    urnsOf(node: PlanNode): ReadonlySet<string> {
        const urns = this.#found.get(node.urn) ?? new Set([node.urn, ...this.#former(node)]);
        this.#found.set(node.urn, urns);
        return urns;
    }

    #former({ name, type, parent = "", options }: PlanNode): string[] {
        const named = (under: string, as: { name?: string; type?: string }, child: string) =>
            urnOf(this.#plan, under, as.type ?? type, as.name ?? child);
        const parentNode = this.#nodes.get(parent);
        const parents = parentNode === undefined ? [parent] : [...this.urnsOf(parentNode)];
        const under = (former: string) => aliasedChildName(name, nameInUrn(parent), nameInUrn(former));
        return [
            ...parents.map((former) => named(former, {}, under(former))),
            ...options.aliases.flatMap((alias) => {
                if ("urn" in alias) {
                    return [alias.urn];
                }
                return alias.parent === undefined
                    ? parents.map((former) => named(former, alias, under(former)))
                    : [named(alias.parent, alias, name)];
            }),
        ];
    }
}
