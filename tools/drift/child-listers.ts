import { accountServiceListersByType } from "./child-listers/account-services.ts";
import { computeListersByType } from "./child-listers/compute.ts";
import { domainListersByType } from "./child-listers/domain.ts";
import { gatewayListersByType } from "./child-listers/gateway.ts";
import { identityListersByType } from "./child-listers/identity.ts";
import { lambda } from "./child-listers/lambda.ts";
import { loadBalancerListersByType } from "./child-listers/load-balancer.ts";
import { messagingListersByType } from "./child-listers/messaging.ts";
import { networkListersByType } from "./child-listers/network.ts";
import { observabilityListersByType } from "./child-listers/observability.ts";
import { s3 } from "./child-listers/s3.ts";
import { scalingListersByType } from "./child-listers/scaling.ts";
import { secretsManagerListersByType } from "./child-listers/secrets.ts";
import { storeListersByType } from "./child-listers/stores.ts";
import { plannedTypes } from "../../analysis/deployer/policies.ts";
import type { DeployerGrant } from "../../analysis/deployer/grant.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ChildListers, ChildLister } from "./listing.ts";

/** What may stand in AWS under a resource of each type that the program makes, such as `sqs/queue:Queue`. */
export const childListersByType: Readonly<Record<string, ChildListers>> = {
    ...networkListersByType,
    ...loadBalancerListersByType,
    ...gatewayListersByType,
    ...domainListersByType,
    ...computeListersByType,
    ...lambda,
    ...scalingListersByType,
    ...storeListersByType,
    ...s3,
    ...secretsManagerListersByType,
    ...identityListersByType,
    ...messagingListersByType,
    ...observabilityListersByType,
    ...accountServiceListersByType,
};

/** What may stand under a resource of a type; nothing under one of a type that has no row. */
export function listersForType(type: string): readonly ChildLister[] {
    const held = childListersByType[type] ?? [];
    return typeof held === "string" ? [] : held;
}

/** What a role may do that looks for what nobody planned under the resources of a plan. */
export const driftPermissions = (plan: Plan): DeployerGrant[] =>
    plannedTypes(plan).flatMap((type) => listersForType(type).flatMap(({ permissions }) => permissions));

/** The row of a type under which nothing can stand; what can stand there takes a listing instead of the reason. */
export const missingEntryText = (type: string): string => `"${type}": "<why nothing stands under it>",`;
