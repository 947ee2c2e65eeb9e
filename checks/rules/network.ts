import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, look, nounOf, text, texts, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

interface SubnetOf {
    readonly tier: string;
    readonly tables: string[];
}

/** Tier and route tables of each subnet, by ID. */
function subnetsOf(plan: Plan, settings: PlatformSettings): Map<string, SubnetOf> {
    const associations = all(plan, "ec2/routeTableAssociation:RouteTableAssociation");
    return new Map(
        all(plan, "ec2/subnet:Subnet").map((subnet) => [
            subnet.id,
            {
                tier: nounOf(subnet, settings.environmentSuffix).replace(/-\d+$/, ""),
                tables: associations
                    .filter((association) => text(association, "subnetId") === subnet.id)
                    .map((association) => text(association, "routeTableId")),
            },
        ]),
    );
}

/** Where things stand: type, path of their subnets, tier. */
const places: readonly (readonly [type: string, path: string, tier: string])[] = [
    ["lb/loadBalancer:LoadBalancer", "subnets", "public"],
    ["ecs/service:Service", "networkConfiguration.subnets", "private"],
    ["lambda/function:Function", "vpcConfig.subnetIds", "private"],
    ["apigatewayv2/vpcLink:VpcLink", "subnetIds", "private"],
    ["rds/subnetGroup:SubnetGroup", "subnetIds", "database"],
    ["elasticache/subnetGroup:SubnetGroup", "subnetIds", "database"],
    ["ec2/networkAcl:NetworkAcl", "subnetIds", "database"],
];

export const networkRules: readonly Rule[] = [
    {
        name: "internet-routes-by-tier",
        promise: "only public subnets, and private ones with NAT, have a way to the internet",
        fix: "Associate the subnet with its own tier's route table, and take the route to the internet out of any other.",
        controls: ["PCI-1.4.1", "PCI-1.4.4", "CKV2_AWS_35", "RDS.46"],
        about: [
            "ec2/subnet:Subnet",
            "ec2/routeTable:RouteTable",
            "ec2/routeTableAssociation:RouteTableAssociation",
            "ec2/route:Route",
        ],
        check: (plan, settings) => {
            const subnets = [...subnetsOf(plan, settings).values()];
            const tablesOf = (tier: string) =>
                subnets.filter((each) => each.tier === tier).flatMap(({ tables }) => tables);
            const serves = (table: string, tier: string) => {
                const tiers = subnets.filter(({ tables }) => tables.includes(table)).map((each) => each.tier);
                return tiers.length > 0 && tiers.every((each) => each === tier);
            };
            const routes = all(plan, "ec2/route:Route");
            const nat = settings.network.egress === "nat";
            const isRight = (route: PlanNode) => {
                const table = text(route, "routeTableId");
                return (
                    (serves(table, "public") && text(route, "gatewayId").startsWith("igw-")) ||
                    (nat && serves(table, "private") && text(route, "natGatewayId").startsWith("nat-"))
                );
            };
            const withRoute = new Set(routes.map((route) => text(route, "routeTableId")));
            const needRoute = [...tablesOf("public"), ...(nat ? tablesOf("private") : [])];
            const zones = settings.network.availabilityZones;
            return [
                ...unlessStack(subnets.length === 3 * zones, `${subnets.length} subnets in ${zones} zones`),
                ...unlessStack(
                    subnets.every(({ tables }) => tables.length === 1),
                    "a subnet has not one route table",
                ),
                ...unlessStack(
                    needRoute.every((table) => withRoute.has(table)),
                    "a route to the internet is missing",
                ),
                ...unless(routes, isRight, "not lead to the internet from there"),
                ...unless(
                    all(plan, "ec2/routeTable:RouteTable"),
                    ({ inputs }) => !("routes" in inputs),
                    "have no routes of its own",
                ),
            ];
        },
    },
    {
        name: "no-public-addresses",
        promise: "nothing gets a public address but the load balancer and NAT gateways",
        fix: "Turn off the input that asks for a public address.",
        controls: [
            "PCI-1.4.4",
            "EC2.15",
            "CKV_AWS_130",
            "ECS.2",
            "ECS.16",
            "CKV_AWS_333",
            "RDS.2",
            "CKV_AWS_17",
            "aws-rds-clusterinstance-disallow-public-access",
        ],
        about: ["ec2/subnet:Subnet", "ecs/service:Service", "rds/clusterInstance:ClusterInstance", "ec2/eip:Eip"],
        check: (plan, { network }) => [
            ...unless(
                all(plan, "ec2/subnet:Subnet"),
                ({ inputs }) => inputs.mapPublicIpOnLaunch === false,
                "give no public addresses",
            ),
            ...unless(
                all(plan, "ecs/service:Service"),
                ({ inputs }) => look(inputs, "networkConfiguration.assignPublicIp") === false,
                "run without public addresses",
            ),
            ...unless(
                all(plan, "rds/clusterInstance:ClusterInstance"),
                ({ inputs }) => inputs.publiclyAccessible === false,
                "not be public",
            ),
            ...unless(all(plan, "ec2/eip:Eip"), () => network.egress === "nat", "not exist without NAT"),
        ],
    },
    {
        name: "tiers-in-own-subnets",
        promise: "everything stands in the subnets of its tier",
        fix: "Pass the network's subnets of that tier, one in each zone.",
        controls: [
            "PCI-1.4.4",
            "EC2.16",
            "CKV2_AWS_1",
            "ELB.13",
            "Lambda.3",
            "Lambda.5",
            "CKV_AWS_117",
            "RDS.46",
            "ElastiCache.7",
            "CKV_AWS_323",
        ],
        about: [
            "lb/loadBalancer:LoadBalancer",
            "ecs/service:Service",
            "lambda/function:Function",
            "apigatewayv2/vpcLink:VpcLink",
            "rds/subnetGroup:SubnetGroup",
            "elasticache/subnetGroup:SubnetGroup",
            "ec2/networkAcl:NetworkAcl",
        ],
        check: (plan, settings) => {
            const subnets = subnetsOf(plan, settings);
            return places.flatMap(([type, path, tier]) => {
                const nodes = all(plan, type);
                return [
                    ...unlessStack(nodes.length > 0, `there is no ${type}`),
                    ...unless(
                        nodes,
                        (node) => {
                            const tiers = texts(node, path).map((id) => subnets.get(id)?.tier);
                            return (
                                tiers.length === settings.network.availabilityZones &&
                                tiers.every((each) => each === tier)
                            );
                        },
                        `stand in the ${tier} subnets`,
                    ),
                ];
            });
        },
    },
];
