import { inOrder, once, shown, text } from "../../plan/query.ts";
import { everywhere } from "../network/addresses.ts";
import { connection, httpsPort, ingressFromInternet } from "../network/connections.ts";
import { aclOpens, groupRules, portsOf } from "../network/traffic-filters.ts";
import { graphOf, type Graph } from "../network/network-graph.ts";
import { internetRules, waysOut } from "../network/internet-routes.ts";
import { internet, type Kind, type Place } from "../network/network-nodes.ts";
import { isInternetGateway } from "../network/subnets.ts";
import type { Plan } from "../../plan/plan.ts";

/** What may open a connection to what: security groups, NACLs, routes and targets let it pass. */
export interface NetworkPath {
    /** Logical name of a resource; empty for the internet. */
    readonly from: string;
    readonly fromKind: Kind;
    /** Logical name of a resource; empty for the internet. */
    readonly to: string;
    readonly toKind: Kind;
    /** Such as `tcp 443`, `tcp 1024-65535`, or `call by AWS` where no connection is opened in the network. */
    readonly port: string;
    /** CIDR block at the internet's end; empty between resources. */
    readonly addresses: string;
}

const tcp = (port: number | undefined): string => (port === undefined ? "call by AWS" : `tcp ${port}`);

const pathBetween = (from: Place, to: Place, port: string, addresses = ""): NetworkPath => ({
    from: from.node?.name ?? "",
    fromKind: from.kind,
    to: to.node?.name ?? "",
    toKind: to.kind,
    port,
    addresses,
});

/** From the internet to what takes its connections, and to what AWS offers to everybody. */
function pathsFromInternet({ plan, places, start, hopsFrom }: Graph): NetworkPath[] {
    const byAddress = places.flatMap((to) =>
        to.ports.flatMap((port) =>
            ingressFromInternet(plan, to, port).map(({ cidr }) => pathBetween(internet, to, tcp(port), cidr)),
        ),
    );
    const reached = new Set(byAddress.map((path) => endsOf(path)));
    const offered = hopsFrom(start)
        .map(({ to }) => pathBetween(internet, to.place, tcp(to.port), everywhere))
        .filter((path) => !reached.has(endsOf(path)));
    return [...byAddress, ...offered];
}

const endsOf = ({ toKind, to, port }: NetworkPath): string => JSON.stringify([toKind, to, port]);

const isWorkload = ({ kind }: Place): boolean => kind === "service" || kind === "function";

/**
 * Between resources. What a workload asks of a queue, table or bucket goes to an endpoint, which is the path; which of them
 * it may use is a right.
 */
const pathsInside = ({ places, hopsFrom }: Graph): NetworkPath[] =>
    places.flatMap((from) =>
        (from.kind === "load balancer" ? from.ports : [undefined])
            .flatMap((port) => hopsFrom({ place: from, port }))
            .filter(({ to: { place } }) => !isWorkload(from) || place.subnets.length > 0)
            .map(({ to }) => pathBetween(from, to.place, tcp(to.port))),
    );

/** From workloads to interface endpoints in the VPC, and to gateway endpoints in their route tables. */
function pathsToEndpoints({ plan, places }: Graph): NetworkPath[] {
    const endpoints = places.filter(({ kind }) => kind === "endpoint");
    return places
        .filter(isWorkload)
        .flatMap((from) =>
            endpoints
                .filter(
                    (to) =>
                        connection(plan, from, to, httpsPort, "any") !== undefined || reachesGateway(plan, from, to),
                )
                .map((to) => pathBetween(from, to, tcp(httpsPort))),
        );
}

const reachesGateway = (plan: Plan, from: Place, { node }: Place): boolean =>
    node !== undefined &&
    from.subnets.some(({ endpoints, acl }) => {
        const peer = { cidr: everywhere, groups: [], prefixListId: shown(node.outputs.prefixListId) };
        return (
            endpoints.includes(node) &&
            groupRules(plan, "Egress", from.groups, peer, httpsPort, "any").length > 0 &&
            aclOpens(acl, everywhere, httpsPort, "any")
        );
    });

/** Out of the VPC: an egress rule and a route lead there, by NAT or from a public address. */
const pathsToInternet = ({ plan, places }: Graph): NetworkPath[] =>
    places.flatMap((from) =>
        waysOut(from)
            .filter(({ route }) => from.isPublic || !isInternetGateway(plan, route))
            .flatMap(({ subnet }) =>
                internetRules(plan, from).flatMap((rule) => {
                    const { ipProtocol } = rule.inputs;
                    const ports = portsOf(ipProtocol, rule.inputs);
                    const cidr = text(rule, "cidrIpv4");
                    const addresses = cidr === "" ? `prefix list ${text(rule, "prefixListId")}` : cidr;
                    const port = `${protocolName(ipProtocol)} ${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}`;
                    return aclOpens(subnet.acl, cidr === "" ? everywhere : cidr, ports, "any")
                        ? [pathBetween(from, internet, port, addresses)]
                        : [];
                }),
            ),
    );

/** `-1` stands for every protocol in a rule of a security group. */
const protocolName = (protocol: unknown): string => (protocol === "-1" ? "all protocols" : shown(protocol));

const endText = (name: string, kind: Kind, addresses: string): string =>
    kind === "internet" ? `internet (${addresses})` : `${name} (${kind})`;

/** `internet (0.0.0.0/0) -> payment-prod (load balancer), tcp 443` */
export const pathText = ({ from, fromKind, to, toKind, port, addresses }: NetworkPath): string =>
    `${endText(from, fromKind, addresses)} -> ${endText(to, toKind, addresses)}, ${port}`;

/** Text by which two paths are the same. */
export const pathKey = ({ from, fromKind, to, toKind, port, addresses }: NetworkPath): string =>
    JSON.stringify([from, fromKind, to, toKind, port, addresses]);

/**
 * Everything that can reach something over the network, each path once, in a stable order. Only resources of the plan are
 * read; what the network model does not follow, the rule `network-understood` refuses.
 */
export const pathsOf = once((plan): readonly NetworkPath[] => {
    const graph = graphOf(plan);
    const found = [
        ...pathsFromInternet(graph),
        ...pathsInside(graph),
        ...pathsToEndpoints(graph),
        ...pathsToInternet(graph),
    ];
    return [...new Map(found.map((path) => [pathKey(path), path])).values()].toSorted((a, b) =>
        inOrder(pathKey(a), pathKey(b)),
    );
});
