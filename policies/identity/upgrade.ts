import type { Finding } from "../rule.ts";
import { inOrder, nameIn, part, shown } from "../look.ts";
import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import { Ancestry } from "./ancestry.ts";
import { stateful } from "./forcing.ts";
import { identityOf, isIgnored, type Identity } from "./identity.ts";

/** Identities by URN. */
export type Identities = Readonly<Record<string, Identity>>;

/** Name of the file that holds what is recorded of a stack. */
export const identityFile = (stack: string): string => `${stack}.identity.json`;

/** What every stateful resource of a plan is known by, in the order of the URNs. */
export const identitiesOf = (plan: Plan): Identities =>
    Object.fromEntries(
        plan.nodes
            .flatMap((node): [string, Identity][] => {
                const identity = identityOf(plan, node, ({ name }) => name);
                return identity === undefined ? [] : [[node.urn, identity]];
            })
            .toSorted(([a], [b]) => inOrder(a, b)),
    );

const typeIn = (urn: string): string => part(part(urn, "::", 2), "$", -1);

const holdingsOf = (type: string): string => stateful[type]?.holds ?? "data";

/** What an update from the recorded resources to the planned ones would replace, delete or lay open. */
export function losses(plan: Plan, before: Identities): Finding[] {
    const ancestry = new Ancestry(plan);
    const former = new Map<string, string>();
    const heirs = new Map<string, PlanNode>();
    for (const node of plan.nodes) {
        const urn = [...ancestry.of(node)].find((each) => each in before && !heirs.has(each));
        if (urn !== undefined) {
            former.set(node.urn, urn);
            heirs.set(urn, node);
        }
    }
    // Others name it as it was called, so that a rename with an alias changes nothing.
    const formerOf = ({ urn }: PlanNode) => former.get(urn) ?? urn;
    const nameOf = (node: PlanNode) => nameIn(formerOf(node));
    return [
        ...Object.entries(before).flatMap(([urn, identity]) => {
            const heir = heirs.get(urn);
            return heir === undefined ? [deleted(urn)] : changes(heir, identity, identityOf(plan, heir, nameOf));
        }),
        ...plan.nodes
            .filter((node) => node.type in stateful && !heirs.has(formerOf(node)))
            .map((node) => ({ node, reason: "is not recorded yet, so that nobody would notice its replacement" })),
    ];
}

const deleted = (urn: string): Finding => {
    const type = typeIn(urn);
    return `would lose ${nameIn(urn)} (${part(type, ":", -1)}), which holds ${holdingsOf(type)}: it is no longer in the plan, and nothing has it as an alias (${urn})`;
};

function changes(node: PlanNode, before: Identity, now: Identity | undefined): Finding[] {
    const then = before.replacedBy;
    const after = now?.replacedBy ?? {};
    const told = (value: unknown) => (value === undefined ? "nothing" : shown(value));
    const inputs = [...new Set([...Object.keys(then), ...Object.keys(after)])].filter(
        (input) => !isIgnored(node, input) && JSON.stringify(then[input]) !== JSON.stringify(after[input]),
    );
    return [
        ...inputs.map((input) => ({
            node,
            reason: `would be replaced, and with it ${holdingsOf(node.type)}: ${input} is ${told(then[input])} and becomes ${told(after[input])}`,
        })),
        ...(before.protect === true && now?.protect !== true
            ? [{ node, reason: "would lose its protection: protect is true and becomes false" }]
            : []),
    ];
}
