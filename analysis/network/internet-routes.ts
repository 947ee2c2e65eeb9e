import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";
import { isWithinBlock } from "./addresses.ts";
import { nodeLabel, type NetworkNode } from "./network-nodes.ts";
import { routesToPublicAddresses, routeText, type Route, type Subnet } from "./subnets.ts";

/** A route to the internet (`routesToPublicAddresses`), from a subnet in which a workload can run. */
export interface InternetRoute {
    readonly networkNode: NetworkNode;
    readonly subnet: Subnet;
    readonly route: Route;
}

export const internetRoutesOf = (networkNode: NetworkNode): InternetRoute[] =>
    networkNode.subnets.flatMap((subnet) =>
        routesToPublicAddresses(subnet).map((route) => ({ networkNode, subnet, route })),
    );

/** `payment -> payment-private-1-prod -> 0.0.0.0/0 to payment-nat-1-prod (NatGateway)`. */
export const internetRouteText = (plan: Plan, { networkNode, subnet, route }: InternetRoute, suffix: string): string =>
    `${nodeLabel(networkNode, suffix)} -> ${subnet.node.name} -> ${routeText(plan, route)}`;

/** Egress rules of a node's security groups to addresses outside the VPC. */
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

/** As `egressRulesLeavingVpc`, without the rules for the prefix list of a gateway endpoint. */
export function egressRulesToInternet(plan: Plan, networkNode: NetworkNode): PlanNode[] {
    const lists = resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").map(({ outputs }) => outputs.prefixListId);
    return egressRulesLeavingVpc(plan, networkNode).filter(({ inputs }) => !lists.includes(inputs.prefixListId ?? ""));
}
