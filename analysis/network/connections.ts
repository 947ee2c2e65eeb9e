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
    routesToPublicAddresses,
    routeText,
    type Route,
    type Subnet,
} from "./subnets.ts";

const peerInSubnet = ({ securityGroupIds }: NetworkNode, { cidr }: Subnet): Peer => ({ cidr, securityGroupIds });

/** Rules that allow a connection between two subnets over the local route of the VPC; undefined where it is blocked. */
function connectionBetweenSubnets(
    plan: Plan,
    [from, here]: readonly [NetworkNode, Subnet],
    [to, there]: readonly [NetworkNode, Subnet],
    port: number,
    mode: MatchMode,
): string | undefined {
    const [egress] = matchingSecurityGroupRules(
        plan,
        "Egress",
        from.securityGroupIds,
        peerInSubnet(to, there),
        port,
        mode,
    );
    const [ingress] = matchingSecurityGroupRules(
        plan,
        "Ingress",
        to.securityGroupIds,
        peerInSubnet(from, here),
        port,
        mode,
    );
    const isSameVpc = inputText(here.node, "vpcId") === inputText(there.node, "vpcId");
    if (egress === undefined || ingress === undefined || !isSameVpc) {
        return undefined;
    }
    const rules = `egress ${egress.name}, ingress ${ingress.name}`;
    if (here.node === there.node) {
        // NACLs do not filter traffic within a subnet.
        return rules;
    }
    const acls = [here.acl, there.acl].flatMap((acl) => (acl === undefined ? [] : [`, acl ${acl.name}`]));
    return aclAllowsOutbound(here.acl, there.cidr, port, mode) && aclAllowsInbound(there.acl, here.cidr, port, mode)
        ? [rules, ...acls].join("")
        : undefined;
}

/**
 * Rules that allow connections from one node to a port of another inside the VPC; undefined where they are blocked.
 *
 * @param mode `any`: between at least two of their addresses; `every`: between all of them
 */
export function findConnection(
    plan: Plan,
    from: NetworkNode,
    to: NetworkNode,
    port: number,
    mode: MatchMode,
): string | undefined {
    if (!to.ports.includes(port)) {
        return undefined;
    }
    const found = from.subnets.flatMap((here) =>
        to.subnets.map((there) => connectionBetweenSubnets(plan, [from, here], [to, there], port, mode)),
    );
    const open = found.filter((each) => each !== undefined);
    return mode === "any" || open.length === found.length ? open[0] : undefined;
}

const internetPeer: Peer = { cidr: anyIpv4Address, securityGroupIds: [] };

/** Addresses of the internet that may connect to a port of a node, and what allows them. */
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

/** What allows connections from the internet to a port of a node; undefined where none is possible. */
export const connectionFromInternet = (plan: Plan, to: NetworkNode, port: number): string | undefined =>
    ingressFromInternet(plan, to, port)[0]?.by;

export const httpsPort = 443;

/** What allows a node to call any address of the internet over HTTPS from a subnet; undefined where it cannot. */
export function connectionToInternet(
    plan: Plan,
    from: NetworkNode,
    subnet: Subnet,
    subnets: ReadonlyMap<string, Subnet>,
): string | undefined {
    const reachesInternet = (route: Route): boolean => {
        if (isNatRoute(plan, route)) {
            // The subnet of a NAT gateway needs a route to an internet gateway.
            const nat = resourcesOfType(plan, "ec2/natGateway:NatGateway").find(({ id }) => id === route.target);
            const natSubnet = nat && subnets.get(inputText(nat, "subnetId"));
            return natSubnet !== undefined && internetGatewayRoute(plan, natSubnet) !== undefined;
        }
        return from.isPublic && isInternetGatewayRoute(plan, route);
    };
    const [rule] = matchingSecurityGroupRules(plan, "Egress", from.securityGroupIds, internetPeer, httpsPort, "every");
    const route = routesToPublicAddresses(subnet).find(
        (each) => each.destination === anyIpv4Address && reachesInternet(each),
    );
    return rule && route && aclAllowsOutbound(subnet.acl, anyIpv4Address, httpsPort, "every")
        ? `egress ${rule.name}, route ${routeText(plan, route)}`
        : undefined;
}
