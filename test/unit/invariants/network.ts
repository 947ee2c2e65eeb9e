import { flowsOf } from "../../../lib/flows.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { all, look, shown, text, texts, unless, type Invariants } from "../../../policies/look.ts";

const everywhere = "0.0.0.0/0";

/** What stands between `payment-` and the suffix. */
const nounOf = (node: PlanNode, { environmentSuffix }: PlatformSettings) =>
    node.name.slice("payment-".length, -environmentSuffix.length - 1);

const rulesOf = (plan: Plan) => [
    ...all(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    ...all(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
];

/** `ingress database 5432 database-clients` for each rule of a plan. */
function openings(plan: Plan, settings: PlatformSettings): string[] {
    const groups = new Map(
        all(plan, "ec2/securityGroup:SecurityGroup").map((group) => [group.id, nounOf(group, settings)]),
    );
    const nameOf = (id: string) => groups.get(id) ?? `unknown group ${id}`;
    return rulesOf(plan).map((rule) => {
        const { referencedSecurityGroupId: group, cidrIpv4, prefixListId } = rule.inputs;
        const peers = [
            ...(typeof group === "string" ? [nameOf(group)] : []),
            ...(typeof cidrIpv4 === "string" ? [cidrIpv4] : []),
            ...(typeof prefixListId === "string" ? [prefixListId] : []),
        ];
        const direction = rule.type.includes("Ingress") ? "ingress" : "egress";
        const [protocol, from, to, why] = ["ipProtocol", "fromPort", "toPort", "description"].map((input) =>
            shown(rule.inputs[input]),
        );
        return [direction, nameOf(text(rule, "securityGroupId")), protocol, from, to, ...peers, why].join(" ");
    });
}

/** The same, of the table. */
function allowed(plan: Plan, settings: PlatformSettings): string[] {
    const byRoute = new Map(
        all(plan, "ec2/vpcEndpoint:VpcEndpoint")
            .filter((node) => text(node, "vpcEndpointType") === "Gateway")
            .map((node) => [text(node, "serviceName").split(".").at(-1), shown(node.outputs.prefixListId)]),
    );
    return flowsOf(settings).flatMap(([, { from, to, port, why }]) => {
        const isService = to === "s3" || to === "dynamodb";
        const destination = to === "internet" ? everywhere : isService ? (byRoute.get(to) ?? "no list") : to;
        const sources = from === "internet" ? settings.edge.allowedCidrs : [from];
        return [
            ...(from === "internet" ? [] : [`egress ${from} tcp ${port} ${port} ${destination} ${why}`]),
            ...(to === "internet" || isService
                ? []
                : sources.map((source) => `ingress ${to} tcp ${port} ${port} ${source} ${why}`)),
        ];
    });
}

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
                tier: nounOf(subnet, settings).replace(/-\d+$/, ""),
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

export const networkInvariants: Invariants = {
    "the security groups allow what the table of flows says, and no more": (plan, settings) => {
        const [are, should] = [openings(plan, settings), allowed(plan, settings)];
        return [
            ...(should.length > 0 ? [] : ["the table is empty"]),
            ...are.filter((rule) => !should.includes(rule)).map((rule) => `no flow allows: ${rule}`),
            ...should.filter((rule) => !are.includes(rule)).map((rule) => `no rule lets pass: ${rule}`),
            ...(are.length === should.length ? [] : [`${are.length} rules for ${should.length} sides of flows`]),
            ...unless(
                all(plan, "ec2/securityGroup:SecurityGroup"),
                ({ inputs }) => !("ingress" in inputs || "egress" in inputs),
                "have no rules of its own",
            ),
        ];
    },
    "the world reaches the load balancer's HTTPS port and nothing else": (plan, settings) => {
        const toAll = openings(plan, settings).filter((rule) => rule.includes(everywhere));
        const { edge, network } = settings;
        const open = edge.allowedCidrs.includes(everywhere);
        const fine = [
            ...(open ? ["ingress alb tcp 443 443"] : []),
            ...(open && edge.httpRedirect ? ["ingress alb tcp 80 80"] : []),
            ...(network.egress === "nat" ? ["egress tasks tcp 443 443"] : []),
        ];
        return [
            ...toAll
                .filter((rule) => !fine.some((start) => rule.startsWith(`${start} `)))
                .map((rule) => `open to all: ${rule}`),
            ...unless(rulesOf(plan), ({ inputs }) => inputs.ipProtocol === "tcp", "name its protocol"),
            ...unless(rulesOf(plan), ({ inputs }) => !("cidrIpv6" in inputs), "leave IPv6 closed"),
        ];
    },
    "the default security group lets nothing through": (plan) => {
        const groups = all(plan, "ec2/defaultSecurityGroup:DefaultSecurityGroup");
        return [
            ...(groups.length === 1 ? [] : [`${groups.length} default security groups are adopted`]),
            ...unless(groups, ({ inputs }) => !("ingress" in inputs || "egress" in inputs), "be empty"),
        ];
    },
    "only public subnets, and private ones with NAT, have a way to the internet": (plan, settings) => {
        const subnets = [...subnetsOf(plan, settings).values()];
        const tablesOf = (tier: string) => subnets.filter((each) => each.tier === tier).flatMap(({ tables }) => tables);
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
            ...(subnets.length === 3 * zones ? [] : [`${subnets.length} subnets in ${zones} zones`]),
            ...(subnets.every(({ tables }) => tables.length === 1) ? [] : ["a subnet has not one route table"]),
            ...(needRoute.every((table) => withRoute.has(table)) ? [] : ["a route to the internet is missing"]),
            ...unless(routes, isRight, "not lead to the internet from there"),
            ...unless(
                all(plan, "ec2/routeTable:RouteTable"),
                ({ inputs }) => !("routes" in inputs),
                "have no routes of its own",
            ),
        ];
    },
    "nothing gets a public address but the load balancer and NAT gateways": (plan, { network }) => [
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
    "everything stands in the subnets of its tier": (plan, settings) => {
        const subnets = subnetsOf(plan, settings);
        return places.flatMap(([type, path, tier]) => {
            const nodes = all(plan, type);
            return [
                ...(nodes.length > 0 ? [] : [`there is no ${type}`]),
                ...unless(
                    nodes,
                    (node) => {
                        const tiers = texts(node, path).map((id) => subnets.get(id)?.tier);
                        return (
                            tiers.length === settings.network.availabilityZones && tiers.every((each) => each === tier)
                        );
                    },
                    `stand in the ${tier} subnets`,
                ),
            ];
        });
    },
};
