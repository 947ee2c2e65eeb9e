import type { DeployerGrants } from "./grant.ts";
import { accountServiceGrants } from "./grants/account-services.ts";
import { computeGrants } from "./grants/compute.ts";
import { edgeGrants } from "./grants/edge.ts";
import { gatewayGrants } from "./grants/gateway.ts";
import { identityGrants } from "./grants/identity.ts";
import { networkGrants } from "./grants/network.ts";
import { observabilityGrants } from "./grants/observability.ts";
import { storeGrants } from "./grants/stores.ts";

/** What each type takes that the program makes. */
export const grantsByType: DeployerGrants = {
    ...networkGrants,
    ...edgeGrants,
    ...gatewayGrants,
    ...computeGrants,
    ...storeGrants,
    ...observabilityGrants,
    ...identityGrants,
    ...accountServiceGrants,
};
