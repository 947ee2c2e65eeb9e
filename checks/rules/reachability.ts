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

const workloadKinds: readonly NodeKind[] = ["service", "scheduled task", "function"];

const findingAt = (networkNode: NetworkNode, reason: string): Finding =>
    networkNode.node === undefined ? reason : { node: networkNode.node, reason };

/** Routes to the internet, other than those of tasks through a NAT gateway. */
function unexpectedInternetRoutes(plan: Plan, { network: { egress }, environmentSuffix }: PlatformSettings): Finding[] {
    const isAllowedRoute = ({ networkNode, route }: InternetRoute) =>
        egress === "nat" &&
        isNatRoute(plan, route) &&
        (networkNode.kind !== "function" || egressRulesToInternet(plan, networkNode).length === 0);
    return nodesOfKinds(plan, ...workloadKinds)
        .flatMap(internetRoutesOf)
        .filter((route) => !isAllowedRoute(route))
        .map((route) =>
            findingAt(
                route.networkNode,
                `has a route to the internet: ${internetRouteText(plan, route, environmentSuffix)}`,
            ),
        );
}

/** How a workload can reach the internet, or what prevents it. */
function describeEgress(plan: Plan, networkNode: NetworkNode, suffix: string): string[] {
    const label = nodeLabel(networkNode, suffix);
    const routes = internetRoutesOf(networkNode).map((route) => internetRouteText(plan, route, suffix));
    if (routes.length === 0) {
        return [`${label}: no route to the internet`];
    }
    const [rule] = egressRulesToInternet(plan, networkNode);
    return rule === undefined
        ? [`${label}: no egress rule to the internet`]
        : routes.map((route) => `${route}, egress ${rule.name}`);
}

/**
 * Ingress rules that allow the internet. Without a route nothing reaches the resource, but one of two protections is
 * missing.
 */
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
            nodesOfKinds(plan, "store").flatMap((networkNode) => {
                const label = nodeLabel(networkNode, environmentSuffix);
                const routes = networkNode.subnets.flatMap((subnet) => [
                    ...subnet.routes.map((route) =>
                        internetRouteText(plan, { networkNode, subnet, route }, environmentSuffix),
                    ),
                    ...subnet.endpoints.map((each) => `${label} -> ${subnet.node.name} -> ${each.name} (VpcEndpoint)`),
                ]);
                return [
                    ...routes.map((route) => findingAt(networkNode, `has a route out of the VPC: ${route}`)),
                    ...egressRulesLeavingVpc(plan, networkNode).map(({ name }) =>
                        findingAt(networkNode, `may open connections to outside the VPC: egress ${name}`),
                    ),
                ];
            }),
        evidence: (plan, { environmentSuffix }) =>
            nodesOfKinds(plan, "store").map(
                (networkNode) =>
                    `${nodeLabel(networkNode, environmentSuffix)} is in ${networkNode.subnets.map(({ node }) => node.name).join(", ")}: local route only`,
            ),
    },
    {
        name: "egress-as-set",
        description: "Tasks reach the internet only through a NAT gateway that the stack sets, and functions never do",
        fix: "Remove the route, or set network.egress to nat.",
        check: unexpectedInternetRoutes,
        evidence: (plan, { environmentSuffix }) =>
            nodesOfKinds(plan, ...workloadKinds).flatMap((networkNode) =>
                describeEgress(plan, networkNode, environmentSuffix),
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
                    .filter((networkNode) => networkNode.isPublic)
                    .map((networkNode) => findingAt(networkNode, "must have no public address")),
                ...hidden.flatMap((networkNode) =>
                    networkNode.subnets.flatMap((subnet) => {
                        const route = internetGatewayRoute(plan, subnet);
                        const routeText =
                            route && internetRouteText(plan, { networkNode, subnet, route }, environmentSuffix);
                        return routeText === undefined
                            ? []
                            : [findingAt(networkNode, `is in a public subnet: ${routeText}`)];
                    }),
                ),
                ...hidden.flatMap((networkNode) =>
                    publicIngressRules(plan, networkNode).map((rule) =>
                        findingAt(
                            networkNode,
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
        fix: "Add support for what the finding names in `analysis/network/`, or build the network without it.",
        check: unsupportedNetworkResources,
    },
];
