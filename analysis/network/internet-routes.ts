import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, text } from "../../plan/query.ts";
import { within } from "./addresses.ts";
import { labelOf, type Place } from "./network-nodes.ts";
import { routesOut, showRoute, type Route, type Subnet } from "./subnets.ts";

/** A route out of the VPC from a subnet in which something may stand. */
export interface WayOut {
    readonly place: Place;
    readonly subnet: Subnet;
    readonly route: Route;
}

export const waysOut = (place: Place): WayOut[] =>
    place.subnets.flatMap((subnet) => routesOut(subnet).map((route) => ({ place, subnet, route })));

/** `payment -> payment-private-1-prod -> 0.0.0.0/0 to payment-nat-1-prod (NatGateway)`. */
export const showWayOut = (plan: Plan, { place, subnet, route }: WayOut, suffix: string): string =>
    `${labelOf(place, suffix)} -> ${subnet.node.name} -> ${showRoute(plan, route)}`;

/** Egress rules of a place's groups that lead out of the VPC. */
export function outwardRules(plan: Plan, { groups }: Place): PlanNode[] {
    const blocks = all(plan, "ec2/vpc:Vpc").map((vpc) => text(vpc, "cidrBlock"));
    return all(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule").filter((rule) => {
        const cidr = text(rule, "cidrIpv4");
        const leaves =
            text(rule, "prefixListId") !== "" || (cidr !== "" && !blocks.some((block) => within(cidr, block)));
        return leaves && groups.includes(text(rule, "securityGroupId"));
    });
}

/** As `outwardRules`, without those that lead to a gateway endpoint alone. */
export function internetRules(plan: Plan, place: Place): PlanNode[] {
    const lists = all(plan, "ec2/vpcEndpoint:VpcEndpoint").map(({ outputs }) => outputs.prefixListId);
    return outwardRules(plan, place).filter(({ inputs }) => !lists.includes(inputs.prefixListId ?? ""));
}
