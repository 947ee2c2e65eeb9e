import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";
import { isWithinBlock } from "./addresses.ts";
import { nodeLabel, type NetworkNode } from "./network-nodes.ts";
import { routesOutOfVpc, routeText, type Route, type Subnet } from "./subnets.ts";

/** A route out of the VPC from a subnet in which something may stand. */
export interface InternetRoute {
    readonly networkNode: NetworkNode;
    readonly subnet: Subnet;
    readonly route: Route;
}

export const internetRoutesOf = (place: NetworkNode): InternetRoute[] =>
    place.subnets.flatMap((subnet) => routesOutOfVpc(subnet).map((route) => ({ networkNode: place, subnet, route })));

/** `payment -> payment-private-1-prod -> 0.0.0.0/0 to payment-nat-1-prod (NatGateway)`. */
export const internetRouteText = (plan: Plan, { networkNode, subnet, route }: InternetRoute, suffix: string): string =>
    `${nodeLabel(networkNode, suffix)} -> ${subnet.node.name} -> ${routeText(plan, route)}`;

/** Egress rules of a place's groups that lead out of the VPC. */
export function egressRulesLeavingVpc(plan: Plan, { securityGroupIds }: NetworkNode): PlanNode[] {
    const blocks = resourcesOfType(plan, "ec2/vpc:Vpc").map((vpc) => inputText(vpc, "cidrBlock"));
    return resourcesOfType(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule").filter((rule) => {
        const cidr = inputText(rule, "cidrIpv4");
        const leaves =
            inputText(rule, "prefixListId") !== "" ||
            (cidr !== "" && !blocks.some((block) => isWithinBlock(cidr, block)));
        return leaves && securityGroupIds.includes(inputText(rule, "securityGroupId"));
    });
}

/** As `egressRulesLeavingVpc`, without those that lead to a gateway endpoint alone. */
export function egressRulesToInternet(plan: Plan, place: NetworkNode): PlanNode[] {
    const lists = resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").map(({ outputs }) => outputs.prefixListId);
    return egressRulesLeavingVpc(plan, place).filter(({ inputs }) => !lists.includes(inputs.prefixListId ?? ""));
}
