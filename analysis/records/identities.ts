import { identityOf, type Identity } from "../../policies/identity/identity.ts";
import { inOrder } from "../../policies/look.ts";
import type { Plan } from "../../tools/plan/plan.ts";

/** What makes AWS, or Pulumi, take a stateful resource for the one that is there, by URN. */
export type Identities = Readonly<Record<string, Identity>>;

/** File, below `golden/`, that records the identities of a stack. */
export const identitiesFile = (stack: string): string => `${stack}.identities.json`;

/** The identity of each resource of a plan that holds data or an address, in the order of the URNs. */
export const identitiesOf = (plan: Plan): Identities =>
    Object.fromEntries(
        plan.nodes
            .flatMap((node): [string, Identity][] => {
                const identity = identityOf(plan, node, ({ name }) => name);
                return identity === undefined ? [] : [[node.urn, identity]];
            })
            .toSorted(([a], [b]) => inOrder(a, b)),
    );

/** The record as text: JSON, which a diff shows input by input. */
export const identitiesRecord = (plan: Plan): string => `${JSON.stringify(identitiesOf(plan), null, 2)}\n`;
