import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, toText, inputText, findingsUnless } from "../../plan/query.ts";
import { isPublicBlock } from "../../analysis/network/addresses.ts";
import { networkGraphOf } from "../../analysis/network/network-graph.ts";
import {
    egressRulesToInternet,
    egressRulesLeavingVpc,
    internetRouteText,
    internetRoutesOf,
    type InternetRoute,
} from "../../analysis/network/internet-routes.ts";
import { unintendedPaths, intendedPaths, hopText, hopPathText } from "../../analysis/network/paths.ts";
import { nodeLabel, type NodeKind, type NetworkNode } from "../../analysis/network/network-nodes.ts";
import { unsupportedNetworkResources } from "../../analysis/network/unsupported-resources.ts";
import { isNatRoute, internetGatewayRoute } from "../../analysis/network/subnets.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

const nodesOfKinds = (plan: Plan, ...kinds: readonly NodeKind[]): NetworkNode[] =>
    networkGraphOf(plan).nodes.filter(({ kind, subnets }) => kinds.includes(kind) && subnets.length > 0);

const findingAt = (place: NetworkNode, reason: string): Finding =>
    place.node === undefined ? reason : { node: place.node, reason };

/** Tasks alone may call outside, and only through NAT. */
function unexpectedInternetRoutes(plan: Plan, { network: { egress }, environmentSuffix }: PlatformSettings): Finding[] {
    const isAllowedRoute = ({ networkNode, route }: InternetRoute) =>
        egress === "nat" &&
        isNatRoute(plan, route) &&
        (networkNode.kind === "service" || egressRulesToInternet(plan, networkNode).length === 0);
    return nodesOfKinds(plan, "service", "function")
        .flatMap(internetRoutesOf)
        .filter((way) => !isAllowedRoute(way))
        .map((way) =>
            findingAt(
                way.networkNode,
                `has a route to the internet: ${internetRouteText(plan, way, environmentSuffix)}`,
            ),
        );
}

/** How a workload calls the internet, or what keeps it from that. */
function describeEgress(plan: Plan, place: NetworkNode, suffix: string): string[] {
    const label = nodeLabel(place, suffix);
    const ways = internetRoutesOf(place).map((way) => internetRouteText(plan, way, suffix));
    if (ways.length === 0) {
        return [`${label}: no route to the internet`];
    }
    const [rule] = egressRulesToInternet(plan, place);
    return rule === undefined
        ? [`${label}: no egress rule to the internet`]
        : ways.map((way) => `${way}, egress ${rule.name}`);
}

/** Rules by which a place would take connections from the internet if a route led there: one of two locks is open. */
const publicIngressRules = (plan: Plan, { securityGroupIds }: NetworkNode): PlanNode[] =>
    resourcesOfType(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule").filter((rule) => {
        const cidr = inputText(rule, "cidrIpv4");
        return cidr !== "" && isPublicBlock(cidr) && securityGroupIds.includes(inputText(rule, "securityGroupId"));
    });

const publicKinds: readonly NodeKind[] = ["load balancer"];

export const reachabilityRules: readonly Rule[] = [
    {
        name: "stores-behind-front-doors",
        description:
            "The internet can reach a data store only through the load balancer or the API, and then a service or function",
        fix: "Close the security group rule, route or policy that the path names.",
        check: (plan, { environmentSuffix }) =>
            unintendedPaths(networkGraphOf(plan)).map(({ wrong, path }) =>
                findingAt(
                    wrong.to.networkNode,
                    `can be reached by ${hopPathText(path, environmentSuffix)}: ${hopText(wrong, environmentSuffix)}`,
                ),
            ),
        evidence: (plan, { environmentSuffix }) => {
            const paths = intendedPaths(networkGraphOf(plan));
            const hops = new Set(paths.flat().map((hop) => `    ${hopText(hop, environmentSuffix)}`));
            return [...paths.map((path) => hopPathText(path, environmentSuffix)), ...hops];
        },
    },
    {
        name: "database-tier-closed",
        description: "Databases and caches have no route, endpoint or egress rule that leaves the VPC",
        fix: "Remove the route, endpoint or egress rule: a store accepts connections and opens none.",
        check: (plan, { environmentSuffix }) =>
            nodesOfKinds(plan, "store").flatMap((place) => {
                const label = nodeLabel(place, environmentSuffix);
                const ways = place.subnets.flatMap((subnet) => [
                    ...subnet.routes.map((route) =>
                        internetRouteText(plan, { networkNode: place, subnet, route }, environmentSuffix),
                    ),
                    ...subnet.endpoints.map((each) => `${label} -> ${subnet.node.name} -> ${each.name} (VpcEndpoint)`),
                ]);
                return [
                    ...ways.map((way) => findingAt(place, `has a route out of the VPC: ${way}`)),
                    ...egressRulesLeavingVpc(plan, place).map(({ name }) =>
                        findingAt(place, `may open connections to outside the VPC: egress ${name}`),
                    ),
                ];
            }),
        evidence: (plan, { environmentSuffix }) =>
            nodesOfKinds(plan, "store").map(
                (place) =>
                    `${nodeLabel(place, environmentSuffix)} is in ${place.subnets.map(({ node }) => node.name).join(", ")}: local route only`,
            ),
    },
    {
        name: "egress-as-set",
        description: "Tasks reach the internet only through a NAT gateway that the stack sets, and functions never do",
        fix: "Remove the route, or set network.egress to nat.",
        check: unexpectedInternetRoutes,
        evidence: (plan, { environmentSuffix }) =>
            nodesOfKinds(plan, "service", "function").flatMap((place) =>
                describeEgress(plan, place, environmentSuffix),
            ),
    },
    {
        name: "public-edge-only",
        description:
            "Only load balancers and NAT gateways have public addresses, are in public subnets or accept traffic from the internet",
        fix: "Move the resource to the subnets of its tier, without a public address, and allow only the security groups of its callers.",
        check: (plan, { environmentSuffix }) => {
            const hidden = networkGraphOf(plan).nodes.filter(({ kind }) => !publicKinds.includes(kind));
            const addresses = resourcesOfType(plan, "ec2/natGateway:NatGateway").map((nat) =>
                inputText(nat, "allocationId"),
            );
            return [
                ...hidden
                    .filter((place) => place.isPublic)
                    .map((place) => findingAt(place, "must have no public address")),
                ...hidden.flatMap((place) =>
                    place.subnets.flatMap((subnet) => {
                        const route = internetGatewayRoute(plan, subnet);
                        const way =
                            route && internetRouteText(plan, { networkNode: place, subnet, route }, environmentSuffix);
                        return way === undefined ? [] : [findingAt(place, `is in a public subnet: ${way}`)];
                    }),
                ),
                ...hidden.flatMap((place) =>
                    publicIngressRules(plan, place).map((rule) =>
                        findingAt(
                            place,
                            `allows traffic from the internet: ${inputText(rule, "cidrIpv4")} in ingress ${rule.name}`,
                        ),
                    ),
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "ec2/subnet:Subnet"),
                    ({ inputs }) => inputs.mapPublicIpOnLaunch !== true,
                    "assign no public IP addresses",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "ec2/eip:Eip"),
                    ({ outputs }) => addresses.includes(toText(outputs.allocationId)),
                    "belong to a NAT gateway",
                ),
            ];
        },
        evidence: (plan) => [
            ...nodesOfKinds(plan, ...publicKinds).flatMap(({ node, subnets }) =>
                node === undefined ? [] : [`${node.name}: ${subnets.map((each) => each.node.name).join(", ")}`],
            ),
            ...resourcesOfType(plan, "ec2/natGateway:NatGateway").map(({ name }) => `${name} (NatGateway)`),
        ],
    },
    {
        name: "network-resources-supported",
        description: "The network analysis supports every network resource of the plan",
        fix: "Add support for the resource in `analysis/network/`, or build the network without it.",
        check: unsupportedNetworkResources,
    },
];
