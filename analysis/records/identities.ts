import { identityOf, type Identity } from "../replacement/identities.ts";
import { compareText } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";

/** Identity in AWS and Pulumi of each resource with data or an address, by URN. */
export type Identities = Readonly<Record<string, Identity>>;

/** The identities of a plan, sorted by URN. Logical names replace generated IDs. */
export const identitiesOf = (plan: Plan): Identities =>
    Object.fromEntries(
        plan.nodes
            .flatMap((node): [string, Identity][] => {
                const identity = identityOf(plan, node, ({ name }) => name);
                return identity === undefined ? [] : [[node.urn, identity]];
            })
            .toSorted(([a], [b]) => compareText(a, b)),
    );
