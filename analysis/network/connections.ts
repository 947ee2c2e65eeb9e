import type { Plan } from "../../plan/plan.ts";
import { all, text } from "../../plan/query.ts";
import { everywhere, isPublic } from "./addresses.ts";
import { aclAccepts, aclOpens, groupRules, type Extent, type Peer } from "./traffic-filters.ts";
import type { Place } from "./network-nodes.ts";
import { isInternetGateway, isNat, publicRoute, routesOut, showRoute, type Route, type Subnet } from "./subnets.ts";

const peerOf = ({ groups }: Place, { cidr }: Subnet): Peer => ({ cidr, groups });

/** By what a connection passes between subnets of the VPC, whose local route leads to each; nothing where it stops. */
function passage(
    plan: Plan,
    [from, here]: readonly [Place, Subnet],
    [to, there]: readonly [Place, Subnet],
    port: number,
    extent: Extent,
): string | undefined {
    const [egress] = groupRules(plan, "Egress", from.groups, peerOf(to, there), port, extent);
    const [ingress] = groupRules(plan, "Ingress", to.groups, peerOf(from, here), port, extent);
    const isOneNetwork = text(here.node, "vpcId") === text(there.node, "vpcId");
    if (egress === undefined || ingress === undefined || !isOneNetwork) {
        return undefined;
    }
    const rules = `egress ${egress.name}, ingress ${ingress.name}`;
    if (here.node === there.node) {
        // Traffic within a subnet crosses no NACL.
        return rules;
    }
    const acls = [here.acl, there.acl].flatMap((acl) => (acl === undefined ? [] : [`, acl ${acl.name}`]));
    return aclOpens(here.acl, there.cidr, port, extent) && aclAccepts(there.acl, here.cidr, port, extent)
        ? [rules, ...acls].join("")
        : undefined;
}

/**
 * By what one place opens connections to another's port inside the VPC.
 *
 * @param extent from some of its addresses to some of the other's, or from all to all
 */
export function connection(plan: Plan, from: Place, to: Place, port: number, extent: Extent): string | undefined {
    if (!to.ports.includes(port)) {
        return undefined;
    }
    const found = from.subnets.flatMap((here) =>
        to.subnets.map((there) => passage(plan, [from, here], [to, there], port, extent)),
    );
    const open = found.filter((each) => each !== undefined);
    return extent === "any" || open.length === found.length ? open[0] : undefined;
}

const world: Peer = { cidr: everywhere, groups: [] };

/** Addresses of the internet that may open connections to a place's port, and what lets them. */
export function ingressFromInternet(plan: Plan, to: Place, port: number): { cidr: string; by: string }[] {
    const rules = to.isPublic ? groupRules(plan, "Ingress", to.groups, world, port, "any") : [];
    return rules
        .filter((rule) => isPublic(text(rule, "cidrIpv4")))
        .flatMap((rule) => {
            const cidr = text(rule, "cidrIpv4");
            return to.subnets.flatMap((subnet) => {
                const route = publicRoute(plan, subnet);
                return route !== undefined && aclAccepts(subnet.acl, cidr, port, "any")
                    ? [{ cidr, by: `route ${showRoute(plan, route)}, ingress ${rule.name} (${cidr})` }]
                    : [];
            });
        });
}

/** By what the internet opens connections to a place's port. */
export const connectionFromInternet = (plan: Plan, to: Place, port: number): string | undefined =>
    ingressFromInternet(plan, to, port)[0]?.by;

export const httpsPort = 443;

/** By what a place calls any address of the internet over HTTPS from a subnet. */
export function connectionToInternet(
    plan: Plan,
    from: Place,
    subnet: Subnet,
    subnets: ReadonlyMap<string, Subnet>,
): string | undefined {
    const leads = (route: Route): boolean => {
        if (isNat(plan, route)) {
            // A NAT gateway needs a way out of its own.
            const nat = all(plan, "ec2/natGateway:NatGateway").find(({ id }) => id === route.target);
            const home = nat && subnets.get(text(nat, "subnetId"));
            return home !== undefined && publicRoute(plan, home) !== undefined;
        }
        return from.isPublic && isInternetGateway(plan, route);
    };
    const [rule] = groupRules(plan, "Egress", from.groups, world, httpsPort, "every");
    const route = routesOut(subnet).find((each) => each.destination === everywhere && leads(each));
    return rule && route && aclOpens(subnet.acl, everywhere, httpsPort, "every")
        ? `egress ${rule.name}, route ${showRoute(plan, route)}`
        : undefined;
}
