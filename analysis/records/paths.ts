import { compareText, memoizeByPlan, toText, inputText } from "../../plan/query.ts";
import { anyIpv4Address } from "../network/addresses.ts";
import { findConnection, httpsPort, ingressFromInternet } from "../network/connections.ts";
import { aclAllowsOutbound, matchingSecurityGroupRules, portRangeOf } from "../network/traffic-filters.ts";
import { networkGraphOf, type NetworkGraph } from "../network/network-graph.ts";
import { egressRulesToInternet, internetRoutesOf } from "../network/internet-routes.ts";
import { internet, type NodeKind, type NetworkNode } from "../network/network-nodes.ts";
import { isInternetGatewayRoute } from "../network/subnets.ts";
import type { Plan } from "../../plan/plan.ts";

/** A connection that security groups, NACLs, routes and targets allow. */
export interface NetworkPath {
    /** Logical name of a resource; empty for the internet. */
    readonly from: string;
    readonly fromKind: NodeKind;
    /** Logical name of a resource; empty for the internet. */
    readonly to: string;
    readonly toKind: NodeKind;
    /** Such as `tcp 443`, `tcp 1024-65535`, or `call by AWS` where no connection is opened in the network. */
    readonly port: string;
    /** CIDR block on the internet; empty between resources. */
    readonly addresses: string;
}

const portText = (port: number | undefined): string => (port === undefined ? "call by AWS" : `tcp ${port}`);

const pathBetween = (from: NetworkNode, to: NetworkNode, port: string, addresses = ""): NetworkPath => ({
    from: from.node?.name ?? "",
    fromKind: from.kind,
    to: to.node?.name ?? "",
    toKind: to.kind,
    port,
    addresses,
});

/** From the internet to resources with public addresses, and to public endpoints of AWS services. */
function pathsFromInternet({ plan, nodes, start, hopsFrom }: NetworkGraph): NetworkPath[] {
    const byAddress = nodes.flatMap((to) =>
        to.ports.flatMap((port) =>
            ingressFromInternet(plan, to, port).map(({ cidr }) => pathBetween(internet, to, portText(port), cidr)),
        ),
    );
    const reached = new Set(byAddress.map((path) => pathEndKey(path)));
    const offered = hopsFrom(start)
        .map(({ to }) => pathBetween(internet, to.networkNode, portText(to.port), anyIpv4Address))
        .filter((path) => !reached.has(pathEndKey(path)));
    return [...byAddress, ...offered];
}

const pathEndKey = ({ toKind, to, port }: NetworkPath): string => JSON.stringify([toKind, to, port]);

const isWorkload = ({ kind }: NetworkNode): boolean => ["service", "scheduled task", "function"].includes(kind);

/**
 * Between resources. For a queue, table or bucket the path ends at the VPC endpoint; which of them a workload may use is a
 * permission.
 */
const pathsInside = ({ nodes, hopsFrom }: NetworkGraph): NetworkPath[] =>
    nodes.flatMap((from) =>
        (from.kind === "load balancer" ? from.ports : [undefined])
            .flatMap((port) => hopsFrom({ networkNode: from, port }))
            .filter(({ to: { networkNode } }) => !isWorkload(from) || networkNode.subnets.length > 0)
            .map(({ to }) => pathBetween(from, to.networkNode, portText(to.port))),
    );

/** From workloads to interface endpoints in the VPC, and to gateway endpoints in their route tables. */
function pathsToEndpoints({ plan, nodes }: NetworkGraph): NetworkPath[] {
    const endpoints = nodes.filter(({ kind }) => kind === "endpoint");
    return nodes
        .filter(isWorkload)
        .flatMap((from) =>
            endpoints
                .filter(
                    (to) =>
                        findConnection(plan, from, to, httpsPort, "any") !== undefined ||
                        reachesGatewayEndpoint(plan, from, to),
                )
                .map((to) => pathBetween(from, to, portText(httpsPort))),
        );
}

const reachesGatewayEndpoint = (plan: Plan, from: NetworkNode, { node }: NetworkNode): boolean =>
    node !== undefined &&
    from.subnets.some(({ endpoints, acl }) => {
        const peer = { cidr: anyIpv4Address, securityGroupIds: [], prefixListId: toText(node.outputs.prefixListId) };
        return (
            endpoints.includes(node) &&
            matchingSecurityGroupRules(plan, "Egress", from.securityGroupIds, peer, httpsPort, "any").length > 0 &&
            aclAllowsOutbound(acl, anyIpv4Address, httpsPort, "any")
        );
    });

/** Out of the VPC, with an egress rule and a route through NAT or from a public address. */
const pathsToInternet = ({ plan, nodes }: NetworkGraph): NetworkPath[] =>
    nodes.flatMap((from) =>
        internetRoutesOf(from)
            .filter(({ route }) => from.isPublic || !isInternetGatewayRoute(plan, route))
            .flatMap(({ subnet }) =>
                egressRulesToInternet(plan, from).flatMap((rule) => {
                    const { ipProtocol } = rule.inputs;
                    const ports = portRangeOf(ipProtocol, rule.inputs);
                    const cidr = inputText(rule, "cidrIpv4");
                    const addresses = cidr === "" ? `prefix list ${inputText(rule, "prefixListId")}` : cidr;
                    const port = `${protocolName(ipProtocol)} ${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}`;
                    return aclAllowsOutbound(subnet.acl, cidr === "" ? anyIpv4Address : cidr, ports, "any")
                        ? [pathBetween(from, internet, port, addresses)]
                        : [];
                }),
            ),
    );

/** `-1` means every protocol in a security group rule. */
const protocolName = (protocol: unknown): string => (protocol === "-1" ? "all protocols" : toText(protocol));

const endText = (name: string, kind: NodeKind, addresses: string): string =>
    kind === "internet" ? `internet (${addresses})` : `${name} (${kind})`;

/** `internet (0.0.0.0/0) -> payment-prod (load balancer), tcp 443` */
export const pathText = ({ from, fromKind, to, toKind, port, addresses }: NetworkPath): string =>
    `${endText(from, fromKind, addresses)} -> ${endText(to, toKind, addresses)}, ${port}`;

/** Text that is equal for equal paths. */
export const pathKey = ({ from, fromKind, to, toKind, port, addresses }: NetworkPath): string =>
    JSON.stringify([from, fromKind, to, toKind, port, addresses]);

/**
 * Every network path of a plan, once, in a stable order. It is derived from resources only; the rule
 * `network-resources-supported` reports resources that the network model does not support.
 */
export const pathsOf = memoizeByPlan((plan): readonly NetworkPath[] => {
    const graph = networkGraphOf(plan);
    const found = [
        ...pathsFromInternet(graph),
        ...pathsInside(graph),
        ...pathsToEndpoints(graph),
        ...pathsToInternet(graph),
    ];
    return [...new Map(found.map((path) => [pathKey(path), path])).values()].toSorted((a, b) =>
        compareText(pathKey(a), pathKey(b)),
    );
});
