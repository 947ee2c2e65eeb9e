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
import type { DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";
import type { Plan } from "../../plan/plan.ts";
import { withoutAwsPrefix } from "../../plan/query.ts";
import type { ChildListers, ChildLister } from "./listing.ts";

/** What can be in AWS below a resource, by type, such as `sqs/queue:Queue`: each whose row says `children: "listed"`. */
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

/** What can be below a resource of a type; nothing where `children` of its row says why. */
export const listersForType = (type: string): readonly ChildLister[] =>
    childListersByType[withoutAwsPrefix(type)] ?? [];

/** IAM permissions to list the child resources of a plan's resources. */
export const driftPermissions = (plan: Plan): DeployerGrant[] =>
    plannedTypes(plan).flatMap((type) => listersForType(type).flatMap(({ permissions }) => permissions));
