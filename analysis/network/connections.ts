import type { Plan } from "../../plan/plan.ts";
import { resourcesOfType, inputText } from "../../plan/query.ts";
import { anyIpv4Address, isPublicBlock } from "./addresses.ts";
import {
    aclAllowsInbound,
    aclAllowsOutbound,
    matchingSecurityGroupRules,
    type MatchMode,
    type Peer,
} from "./traffic-filters.ts";
import type { NetworkNode } from "./network-nodes.ts";
import {
    isInternetGatewayRoute,
    isNatRoute,
    internetGatewayRoute,
    routesOutOfVpc,
    routeText,
    type Route,
    type Subnet,
} from "./subnets.ts";

const peerInSubnet = ({ securityGroupIds }: NetworkNode, { cidr }: Subnet): Peer => ({ cidr, securityGroupIds });

/** By what a connection passes between subnets of the VPC, whose local route leads to each; nothing where it stops. */
function connectionBetweenSubnets(
    plan: Plan,
    [from, here]: readonly [NetworkNode, Subnet],
    [to, there]: readonly [NetworkNode, Subnet],
    port: number,
    extent: MatchMode,
): string | undefined {
    const [egress] = matchingSecurityGroupRules(
        plan,
        "Egress",
        from.securityGroupIds,
        peerInSubnet(to, there),
        port,
        extent,
    );
    const [ingress] = matchingSecurityGroupRules(
        plan,
        "Ingress",
        to.securityGroupIds,
        peerInSubnet(from, here),
        port,
        extent,
    );
    const isOneNetwork = inputText(here.node, "vpcId") === inputText(there.node, "vpcId");
    if (egress === undefined || ingress === undefined || !isOneNetwork) {
        return undefined;
    }
    const rules = `egress ${egress.name}, ingress ${ingress.name}`;
    if (here.node === there.node) {
        // Traffic within a subnet crosses no NACL.
        return rules;
    }
    const acls = [here.acl, there.acl].flatMap((acl) => (acl === undefined ? [] : [`, acl ${acl.name}`]));
    return aclAllowsOutbound(here.acl, there.cidr, port, extent) && aclAllowsInbound(there.acl, here.cidr, port, extent)
        ? [rules, ...acls].join("")
        : undefined;
}

/**
 * By what one place opens connections to another's port inside the VPC.
 *
 * @param extent from some of its addresses to some of the other's, or from all to all
 */
export function findConnection(
    plan: Plan,
    from: NetworkNode,
    to: NetworkNode,
    port: number,
    extent: MatchMode,
): string | undefined {
    if (!to.ports.includes(port)) {
        return undefined;
    }
    const found = from.subnets.flatMap((here) =>
        to.subnets.map((there) => connectionBetweenSubnets(plan, [from, here], [to, there], port, extent)),
    );
    const open = found.filter((each) => each !== undefined);
    return extent === "any" || open.length === found.length ? open[0] : undefined;
}

const internetPeer: Peer = { cidr: anyIpv4Address, securityGroupIds: [] };

/** Addresses of the internet that may open connections to a place's port, and what lets them. */
export function ingressFromInternet(plan: Plan, to: NetworkNode, port: number): { cidr: string; by: string }[] {
    const rules = to.isPublic
        ? matchingSecurityGroupRules(plan, "Ingress", to.securityGroupIds, internetPeer, port, "any")
        : [];
    return rules
        .filter((rule) => isPublicBlock(inputText(rule, "cidrIpv4")))
        .flatMap((rule) => {
            const cidr = inputText(rule, "cidrIpv4");
            return to.subnets.flatMap((subnet) => {
                const route = internetGatewayRoute(plan, subnet);
                return route !== undefined && aclAllowsInbound(subnet.acl, cidr, port, "any")
                    ? [{ cidr, by: `route ${routeText(plan, route)}, ingress ${rule.name} (${cidr})` }]
                    : [];
            });
        });
}

/** By what the internet opens connections to a place's port. */
export const connectionFromInternet = (plan: Plan, to: NetworkNode, port: number): string | undefined =>
    ingressFromInternet(plan, to, port)[0]?.by;

export const httpsPort = 443;

/** By what a place calls any address of the internet over HTTPS from a subnet. */
export function connectionToInternet(
    plan: Plan,
    from: NetworkNode,
    subnet: Subnet,
    subnets: ReadonlyMap<string, Subnet>,
): string | undefined {
    const leads = (route: Route): boolean => {
        if (isNatRoute(plan, route)) {
            // A NAT gateway needs a way out of its own.
            const nat = resourcesOfType(plan, "ec2/natGateway:NatGateway").find(({ id }) => id === route.target);
            const home = nat && subnets.get(inputText(nat, "subnetId"));
            return home !== undefined && internetGatewayRoute(plan, home) !== undefined;
        }
        return from.isPublic && isInternetGatewayRoute(plan, route);
    };
    const [rule] = matchingSecurityGroupRules(plan, "Egress", from.securityGroupIds, internetPeer, httpsPort, "every");
    const route = routesOutOfVpc(subnet).find((each) => each.destination === anyIpv4Address && leads(each));
    return rule && route && aclAllowsOutbound(subnet.acl, anyIpv4Address, httpsPort, "every")
        ? `egress ${rule.name}, route ${routeText(plan, route)}`
        : undefined;
}
