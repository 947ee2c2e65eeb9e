import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    getPath,
    nameWithoutPrefixAndSuffix,
    inputText,
    inputTexts,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import { scheduledNetwork, scheduledTasksOf } from "../../plan/ecs-services.ts";
import type { Rule } from "../rule.ts";

interface TieredSubnet {
    readonly tier: string;
    readonly routeTableIds: string[];
}

/** Tier and route tables of each subnet, by ID. */
function subnetsById(plan: Plan, settings: PlatformSettings): Map<string, TieredSubnet> {
    const associations = resourcesOfType(plan, "ec2/routeTableAssociation:RouteTableAssociation");
    return new Map(
        resourcesOfType(plan, "ec2/subnet:Subnet").map((subnet) => [
            subnet.id,
            {
                tier: nameWithoutPrefixAndSuffix(subnet, settings.environmentSuffix).replace(/-\d+$/, ""),
                routeTableIds: associations
                    .filter((association) => inputText(association, "subnetId") === subnet.id)
                    .map((association) => inputText(association, "routeTableId")),
            },
        ]),
    );
}

/** Type, path of its subnets, and the tier that they must be in; `optional` where a stack may have none. */
const tierPlacements: readonly (readonly [type: string, path: string, tier: string, optional?: "optional"])[] = [
    ["lb/loadBalancer:LoadBalancer", "subnets", "public"],
    ["ecs/service:Service", "networkConfiguration.subnets", "private"],
    ["scheduler/schedule:Schedule", `${scheduledNetwork}.subnets`, "private", "optional"],
    ["lambda/function:Function", "vpcConfig.subnetIds", "private"],
    ["apigatewayv2/vpcLink:VpcLink", "subnetIds", "private"],
    ["rds/subnetGroup:SubnetGroup", "subnetIds", "database"],
    ["elasticache/subnetGroup:SubnetGroup", "subnetIds", "database"],
    ["ec2/networkAcl:NetworkAcl", "subnetIds", "database"],
];

export const networkRules: readonly Rule[] = [
    {
        name: "internet-routes-by-tier",
        description: "Only public subnets, and private subnets with a NAT gateway, have a route to the internet",
        fix: "Associate the subnet with the route table of its own tier, and remove the internet route from other route tables.",
        check: (plan, settings) => {
            const subnets = [...subnetsById(plan, settings).values()];
            const tablesOf = (tier: string) =>
                subnets.filter((each) => each.tier === tier).flatMap(({ routeTableIds }) => routeTableIds);
            const servesOnlyTier = (table: string, tier: string) => {
                const tiers = subnets
                    .filter(({ routeTableIds }) => routeTableIds.includes(table))
                    .map((each) => each.tier);
                return tiers.length > 0 && tiers.every((each) => each === tier);
            };
            const routes = resourcesOfType(plan, "ec2/route:Route");
            const hasNat = settings.network.egress === "nat";
            const isAllowedRoute = (route: PlanNode) => {
                const table = inputText(route, "routeTableId");
                return (
                    (servesOnlyTier(table, "public") && inputText(route, "gatewayId").startsWith("igw-")) ||
                    (hasNat && servesOnlyTier(table, "private") && inputText(route, "natGatewayId").startsWith("nat-"))
                );
            };
            const withRoute = new Set(routes.map((route) => inputText(route, "routeTableId")));
            const needRoute = [...tablesOf("public"), ...(hasNat ? tablesOf("private") : [])];
            const zones = settings.network.availabilityZones;
            return [
                ...stackFindingUnless(
                    subnets.length === 3 * zones,
                    `there are ${subnets.length} subnets in ${zones} zones, not 3 in each`,
                ),
                ...stackFindingUnless(
                    subnets.every(({ routeTableIds }) => routeTableIds.length === 1),
                    "a subnet does not have exactly one route table",
                ),
                ...stackFindingUnless(
                    needRoute.every((table) => withRoute.has(table)),
                    "a route table has no route to the internet",
                ),
                ...findingsUnless(routes, isAllowedRoute, "not route to the internet: its subnets are not public"),
                ...findingsUnless(
                    resourcesOfType(plan, "ec2/routeTable:RouteTable"),
                    ({ inputs }) => !("routes" in inputs),
                    "have no inline routes",
                ),
            ];
        },
    },
    {
        name: "no-public-addresses",
        description: "Only the load balancer and NAT gateways have public IP addresses",
        fix: "Disable the input that assigns a public IP address.",
        check: (plan, { network }) => [
            ...findingsUnless(
                resourcesOfType(plan, "ec2/subnet:Subnet"),
                ({ inputs }) => inputs.mapPublicIpOnLaunch === false,
                "assign no public IP addresses",
            ),
            ...findingsUnless(
                resourcesOfType(plan, "ecs/service:Service"),
                ({ inputs }) => getPath(inputs, "networkConfiguration.assignPublicIp") === false,
                "run without public IP addresses",
            ),
            ...findingsUnless(
                scheduledTasksOf(plan).map(({ schedule }) => schedule),
                ({ inputs }) => getPath(inputs, `${scheduledNetwork}.assignPublicIp`) === false,
                "start tasks without public IP addresses",
            ),
            ...findingsUnless(
                resourcesOfType(plan, "rds/clusterInstance:ClusterInstance"),
                ({ inputs }) => inputs.publiclyAccessible === false,
                "not be publicly accessible",
            ),
            ...findingsUnless(
                resourcesOfType(plan, "ec2/eip:Eip"),
                () => network.egress === "nat",
                "not exist without NAT",
            ),
        ],
    },
    {
        name: "tiers-in-own-subnets",
        description: "Every resource is in the subnets of its tier, one in each Availability Zone",
        fix: "Pass the network's subnets of that tier, one in each zone.",
        check: (plan, settings) => {
            const subnets = subnetsById(plan, settings);
            return tierPlacements.flatMap(([type, path, tier, optional]) => {
                const nodes = resourcesOfType(plan, type).filter(
                    ({ inputs }) => optional === undefined || getPath(inputs, path) !== undefined,
                );
                return [
                    ...stackFindingUnless(optional !== undefined || nodes.length > 0, `there is no ${type}`),
                    ...findingsUnless(
                        nodes,
                        (node) => {
                            const tiers = inputTexts(node, path).map((id) => subnets.get(id)?.tier);
                            return (
                                tiers.length === settings.network.availabilityZones &&
                                tiers.every((each) => each === tier)
                            );
                        },
                        `be in the ${tier} subnets, one in each zone`,
                    ),
                ];
            });
        },
    },
];
