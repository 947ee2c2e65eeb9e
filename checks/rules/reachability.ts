import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, shown, text, unless } from "../../plan/query.ts";
import { isPublic } from "../../analysis/network/addresses.ts";
import { graphOf } from "../../analysis/network/network-graph.ts";
import {
    internetRules,
    outwardRules,
    showWayOut,
    waysOut,
    type WayOut,
} from "../../analysis/network/internet-routes.ts";
import { otherPaths, properPaths, showHop, showPath } from "../../analysis/network/paths.ts";
import { labelOf, type Kind, type Place } from "../../analysis/network/network-nodes.ts";
import { strangersIn } from "../../analysis/network/unsupported-resources.ts";
import { isNat, publicRoute } from "../../analysis/network/subnets.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

const network = ["ec2/route:Route", "ec2/routeTableAssociation:RouteTableAssociation", "ec2/subnet:Subnet"];
const groupRules = [
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];
const stores = ["rds/cluster:Cluster", "elasticache/replicationGroup:ReplicationGroup"];
const workloads = ["ecs/service:Service", "lambda/function:Function"];

const placesOf = (plan: Plan, ...kinds: readonly Kind[]): Place[] =>
    graphOf(plan).places.filter(({ kind, subnets }) => kinds.includes(kind) && subnets.length > 0);

const against = (place: Place, reason: string): Finding =>
    place.node === undefined ? reason : { node: place.node, reason };

/** Tasks alone may call outside, and only through NAT. */
function strayWays(plan: Plan, { network: { egress }, environmentSuffix }: PlatformSettings): Finding[] {
    const mayLeave = ({ place, route }: WayOut) =>
        egress === "nat" && isNat(plan, route) && (place.kind === "service" || internetRules(plan, place).length === 0);
    return placesOf(plan, "service", "function")
        .flatMap(waysOut)
        .filter((way) => !mayLeave(way))
        .map((way) => against(way.place, `has a way to the internet: ${showWayOut(plan, way, environmentSuffix)}`));
}

/** How a workload calls the internet, or what keeps it from that. */
function egressOf(plan: Plan, place: Place, suffix: string): string[] {
    const label = labelOf(place, suffix);
    const ways = waysOut(place).map((way) => showWayOut(plan, way, suffix));
    if (ways.length === 0) {
        return [`${label}: no route to the internet`];
    }
    const [rule] = internetRules(plan, place);
    return rule === undefined
        ? [`${label}: no rule lets it call the internet`]
        : ways.map((way) => `${way}, egress ${rule.name}`);
}

/** Rules by which a place would take connections from the internet if a route led there: one of two locks is open. */
const publicIngress = (plan: Plan, { groups }: Place): PlanNode[] =>
    all(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule").filter((rule) => {
        const cidr = text(rule, "cidrIpv4");
        return cidr !== "" && isPublic(cidr) && groups.includes(text(rule, "securityGroupId"));
    });

const edge: readonly Kind[] = ["load balancer"];

export const reachabilityRules: readonly Rule[] = [
    {
        name: "stores-behind-front-doors",
        promise:
            "the internet reaches a store only through the load balancer or the API, and then a service or function",
        fix: "Close the rule, route or policy that the path names.",
        controls: ["PCI-1.3.1", "PCI-1.4.1", "PCI-1.4.2", "PCI-1.4.4"],
        about: [...stores, ...workloads, ...network, ...groupRules, "lb/loadBalancer:LoadBalancer"],
        check: (plan, { environmentSuffix }) =>
            otherPaths(graphOf(plan)).map(({ wrong, path }) =>
                against(
                    wrong.to.place,
                    `is reached by ${showPath(path, environmentSuffix)}, where ${showHop(wrong, environmentSuffix)}`,
                ),
            ),
        evidence: (plan, { environmentSuffix }) => {
            const paths = properPaths(graphOf(plan));
            const hops = new Set(paths.flat().map((hop) => `    ${showHop(hop, environmentSuffix)}`));
            return [...paths.map((path) => showPath(path, environmentSuffix)), ...hops];
        },
    },
    {
        name: "database-tier-closed",
        promise: "nothing that stands where a database or cache does has a way out of the VPC",
        fix: "Take the route, the endpoint or the egress rule away: a store answers and never calls.",
        controls: ["PCI-1.3.2", "PCI-1.4.4", "RDS.46"],
        about: [...stores, ...network, groupRules[0] ?? "", "ec2/vpcEndpoint:VpcEndpoint"],
        check: (plan, { environmentSuffix }) =>
            placesOf(plan, "store").flatMap((place) => {
                const label = labelOf(place, environmentSuffix);
                const ways = place.subnets.flatMap((subnet) => [
                    ...subnet.routes.map((route) => showWayOut(plan, { place, subnet, route }, environmentSuffix)),
                    ...subnet.endpoints.map((each) => `${label} -> ${subnet.node.name} -> ${each.name} (VpcEndpoint)`),
                ]);
                return [
                    ...ways.map((way) => against(place, `has a way out: ${way}`)),
                    ...outwardRules(plan, place).map(({ name }) => against(place, `may call out by ${name}`)),
                ];
            }),
        evidence: (plan, { environmentSuffix }) =>
            placesOf(plan, "store").map(
                (place) =>
                    `${labelOf(place, environmentSuffix)} stands in ${place.subnets.map(({ node }) => node.name).join(", ")}: local route only`,
            ),
    },
    {
        name: "egress-as-set",
        promise: "no task and no function has a way to the internet, but tasks by NAT where the stack sets it",
        fix: "Take the route away, or set network.egress to nat.",
        controls: ["PCI-1.3.2", "PCI-1.4.2"],
        about: [...workloads, ...network, "ec2/natGateway:NatGateway"],
        check: strayWays,
        evidence: (plan, { environmentSuffix }) =>
            placesOf(plan, "service", "function").flatMap((place) => egressOf(plan, place, environmentSuffix)),
    },
    {
        name: "public-edge-only",
        promise:
            "only load balancers and NAT gateways have public addresses, stand in public subnets or let the internet in",
        fix: "Move the resource to the subnets of its tier, give it no public address, and let in its callers' groups only.",
        controls: ["PCI-1.4.4", "EC2.15", "ECS.2", "ECS.16", "RDS.2", "RDS.46"],
        about: [
            ...stores,
            ...workloads,
            ...network,
            "apigatewayv2/vpcLink:VpcLink",
            "ec2/vpcEndpoint:VpcEndpoint",
            "ec2/eip:Eip",
        ],
        check: (plan, { environmentSuffix }) => {
            const hidden = graphOf(plan).places.filter(({ kind }) => !edge.includes(kind));
            const addresses = all(plan, "ec2/natGateway:NatGateway").map((nat) => text(nat, "allocationId"));
            return [
                ...hidden
                    .filter((place) => place.isPublic)
                    .map((place) => against(place, "must have no public address")),
                ...hidden.flatMap((place) =>
                    place.subnets.flatMap((subnet) => {
                        const route = publicRoute(plan, subnet);
                        const way = route && showWayOut(plan, { place, subnet, route }, environmentSuffix);
                        return way === undefined ? [] : [against(place, `stands in a public subnet: ${way}`)];
                    }),
                ),
                ...hidden.flatMap((place) =>
                    publicIngress(plan, place).map((rule) =>
                        against(place, `lets the internet in: ${text(rule, "cidrIpv4")} by ingress ${rule.name}`),
                    ),
                ),
                ...unless(
                    all(plan, "ec2/subnet:Subnet"),
                    ({ inputs }) => inputs.mapPublicIpOnLaunch !== true,
                    "give no public addresses",
                ),
                ...unless(
                    all(plan, "ec2/eip:Eip"),
                    ({ outputs }) => addresses.includes(shown(outputs.allocationId)),
                    "belong to a NAT gateway",
                ),
            ];
        },
        evidence: (plan) => [
            ...placesOf(plan, ...edge).flatMap(({ node, subnets }) =>
                node === undefined ? [] : [`${node.name}: ${subnets.map((each) => each.node.name).join(", ")}`],
            ),
            ...all(plan, "ec2/natGateway:NatGateway").map(({ name }) => `${name} (NatGateway)`),
        ],
    },
    {
        name: "network-understood",
        promise: "the paths follow everything that has to do with the network",
        fix: "Teach checks/reach what the resource lets pass, or build the network without it.",
        controls: ["PCI-1.2.4"],
        about: ["*"],
        check: strangersIn,
    },
];
