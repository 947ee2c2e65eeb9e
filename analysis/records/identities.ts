import { identityOf, type Identity } from "../replacement/identities.ts";
import { compareText } from "../../plan/query.ts";
import type { Plan } from "../../plan/plan.ts";

/** What AWS and Pulumi know each resource by that holds data or an address, by URN. */
export type Identities = Readonly<Record<string, Identity>>;

/** The identities of a plan, in the order of the URNs. Names stand for what AWS and Pulumi make up. */
export const identitiesOf = (plan: Plan): Identities =>
    Object.fromEntries(
        plan.nodes
            .flatMap((node): [string, Identity][] => {
                const identity = identityOf(plan, node, ({ name }) => name);
                return identity === undefined ? [] : [[node.urn, identity]];
            })
            .toSorted(([a], [b]) => compareText(a, b)),
    );
