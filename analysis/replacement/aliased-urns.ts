import { urnOf } from "../../plan/plan-node.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { nameInUrn } from "../../plan/query.ts";

/** A child called after its parent follows it into its former name, as the engine has it. */
const aliasedChildName = (name: string, parent: string, former: string): string =>
    name.startsWith(parent) ? former + name.slice(parent.length) : name;

/** Every URN that a resource answers to: its own, its aliases', and those that its parents' aliases give it. */
export class AliasedUrns {
    readonly #plan: Plan;
    readonly #nodes: ReadonlyMap<string, PlanNode>;
    readonly #found = new Map<string, ReadonlySet<string>>();

    constructor(plan: Plan) {
        this.#plan = plan;
        this.#nodes = new Map(plan.nodes.map((node) => [node.urn, node]));
    }

    urnsOf(node: PlanNode): ReadonlySet<string> {
        const known = this.#found.get(node.urn) ?? new Set([node.urn, ...this.#former(node)]);
        this.#found.set(node.urn, known);
        return known;
    }

    #former({ name, type, parent = "", options }: PlanNode): string[] {
        const named = (under: string, as: { name?: string; type?: string }, child: string) =>
            urnOf(this.#plan, under, as.type ?? type, as.name ?? child);
        const holder = this.#nodes.get(parent);
        const parents = holder === undefined ? [parent] : [...this.urnsOf(holder)];
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
