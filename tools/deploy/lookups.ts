import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";
import { plannedTypes } from "../../analysis/deployer/policies.ts";
import type { Plan } from "../../plan/plan.ts";
import { adoptionLookups } from "./adopt/adoption-lookups.ts";
import { nameLists } from "./adopt/automatic-names.ts";
import { audit } from "./lookups/audit.ts";
import { compute } from "./lookups/compute.ts";
import { frontDoor } from "./lookups/front-door.ts";
import { gateway } from "./lookups/gateway.ts";
import type { Lookups } from "./lookups/lookup.ts";
import { network } from "./lookups/network.ts";
import { stores } from "./lookups/stores.ts";

/**
 * Types whose ID AWS makes up, and of which a second one is refused, costs money or holds up a destruction: AWS is asked
 * whether the first one is there.
 */
export const lookups: Lookups = { ...network, ...frontDoor, ...gateway, ...stores, ...compute, ...audit };

/** Rights to look for what an interrupted creation of the planned resources has made, and for an adoption. */
export const recoveryGrants = (plan: Plan): DeployerGrant[] =>
    plannedTypes(plan).flatMap((type) =>
        [lookups, adoptionLookups, nameLists].flatMap((table) => table[type]?.rights ?? []),
    );
