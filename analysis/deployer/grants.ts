import type { Grants } from "./grant.ts";
import { accountServices } from "./grants/account-services.ts";
import { compute } from "./grants/compute.ts";
import { edge } from "./grants/edge.ts";
import { gateway } from "./grants/gateway.ts";
import { identity } from "./grants/identity.ts";
import { network } from "./grants/network.ts";
import { observing } from "./grants/observing.ts";
import { stores } from "./grants/stores.ts";

/** What each type takes that the program makes. */
export const grants: Grants = {
    ...network,
    ...edge,
    ...gateway,
    ...compute,
    ...stores,
    ...observing,
    ...identity,
    ...accountServices,
};
