import { replacementInputsOf, type ReplacementInputs } from "../replacement/identities.ts";
import { compareText } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";

/** Identity in AWS and Pulumi of each resource with data or an address, by URN. */
export type Identities = Readonly<Record<string, ReplacementInputs>>;

/** The identities of a plan, sorted by URN. Logical names replace generated IDs. */
export const identitiesOf = (plan: Plan): Identities =>
    Object.fromEntries(
        plan.nodes
            .flatMap((node): [string, ReplacementInputs][] => {
                const found = replacementInputsOf(plan, node, ({ name }) => name);
                return found === undefined ? [] : [[node.urn, found]];
            })
            .toSorted(([a], [b]) => compareText(a, b)),
    );
