import { accountServices } from "./holds/account-services.ts";
import { compute } from "./holds/compute.ts";
import { domain } from "./holds/domain.ts";
import { gateway } from "./holds/gateway.ts";
import { identity } from "./holds/identity.ts";
import { lambda } from "./holds/lambda.ts";
import { loadBalancer } from "./holds/load-balancer.ts";
import { messages } from "./holds/messages.ts";
import { network } from "./holds/network.ts";
import { observing } from "./holds/observing.ts";
import { s3 } from "./holds/s3.ts";
import { scaling } from "./holds/scaling.ts";
import { secretsManager } from "./holds/secrets.ts";
import { stores } from "./holds/stores.ts";
import { plannedTypes } from "../../analysis/deployer/policies.ts";
import type { Grant } from "../../analysis/deployer/grant.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Holds, Lister } from "./listing.ts";

/** What may stand in AWS under a resource of each type that the program makes, such as `sqs/queue:Queue`. */
export const holds: Readonly<Record<string, Holds>> = {
    ...network,
    ...loadBalancer,
    ...gateway,
    ...domain,
    ...compute,
    ...lambda,
    ...scaling,
    ...stores,
    ...s3,
    ...secretsManager,
    ...identity,
    ...messages,
    ...observing,
    ...accountServices,
};

/** What may stand under a resource of a type; nothing under one of a type that has no row. */
export function listersOf(type: string): readonly Lister[] {
    const held = holds[type] ?? [];
    return typeof held === "string" ? [] : held;
}

/** What a role may do that looks for what nobody planned under the resources of a plan. */
export const driftGrants = (plan: Plan): Grant[] =>
    plannedTypes(plan).flatMap((type) => listersOf(type).flatMap(({ rights }) => rights));

/** The row of a type under which nothing can stand; what can stand there takes a listing instead of the reason. */
export const rowFor = (type: string): string => `"${type}": "<why nothing stands under it>",`;
