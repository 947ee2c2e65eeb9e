import type { Plan, PlanNode } from "../../plan/plan.ts";
import { openStrings } from "../../plan/value.ts";
import { all, shown, text } from "../../plan/query.ts";
import { graphOf } from "./network-graph.ts";
import { placedTypes } from "./network-nodes.ts";

/** Parts of the network whose IDs show that a resource has to do with it. */
const parts = [
    "ec2/vpc:Vpc",
    "ec2/subnet:Subnet",
    "ec2/routeTable:RouteTable",
    "ec2/networkAcl:NetworkAcl",
    "ec2/securityGroup:SecurityGroup",
    "ec2/internetGateway:InternetGateway",
    "ec2/natGateway:NatGateway",
];

/** What else the graph reads, and what names a part of the network but lets nothing pass. */
const understood: readonly string[] = [
    ...parts,
    ...placedTypes,
    "ec2/route:Route",
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "ec2/flowLog:FlowLog",
    "elasticache/subnetGroup:SubnetGroup",
    "lb/targetGroup:TargetGroup",
    "rds/subnetGroup:SubnetGroup",
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];

/** Inputs by which a resource lets something pass that the graph does not follow. */
const unfollowed: Readonly<Record<string, readonly string[]>> = {
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": ["ingress", "egress"],
    "ec2/routeTable:RouteTable": ["routes", "propagatingVgws"],
    "ec2/securityGroup:SecurityGroup": ["ingress", "egress"],
    "ec2/subnet:Subnet": ["ipv6CidrBlock", "assignIpv6AddressOnCreation", "ipv6Native"],
    // Before 1.4.0 images, secrets and logs took a network of Fargate's own.
    "ecs/service:Service": ["platformVersion"],
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["cidrIpv6"],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["cidrIpv6"],
};

/** IDs of what a plan's network is made of, the VPC's defaults included. */
function idsOf(plan: Plan): Set<string> {
    const defaults = ["mainRouteTableId", "defaultRouteTableId", "defaultNetworkAclId", "defaultSecurityGroupId"];
    return new Set([
        ...parts.flatMap((type) => all(plan, type).map(({ id }) => id)),
        ...all(plan, "ec2/vpc:Vpc").flatMap(({ outputs }) => defaults.map((output) => shown(outputs[output]))),
    ]);
}

/** Resources that the graph does not understand, and why: what they let pass would stay unseen. */
export function strangersIn(plan: Plan): { node: PlanNode; reason: string }[] {
    const ids = idsOf(plan);
    const types = new Set(understood.map((type) => `aws:${type}`));
    const foreign = plan.nodes.filter((node) => {
        const named: string[] = [];
        openStrings(node.inputs, (value) => {
            named.push(...(ids.has(value) ? [value] : []));
        });
        return named.length > 0 && !types.has(node.type);
    });
    const parted = Object.entries(unfollowed).flatMap(([type, inputs]) =>
        all(plan, type).flatMap((node) =>
            inputs
                .filter((input) => node.inputs[input] !== undefined)
                .map((input) => ({ node, reason: `has ${input}, which the paths do not follow` })),
        ),
    );
    return [
        ...foreign.map((node) => ({ node, reason: "has to do with the network, and the paths do not follow it" })),
        ...parted,
        ...managed(plan),
        ...adrift(plan),
    ];
}

/** Rights of a task or a function that its own policies do not show. */
function managed(plan: Plan): { node: PlanNode; reason: string }[] {
    const arns = [
        ...all(plan, "ecs/taskDefinition:TaskDefinition").map((task) => text(task, "taskRoleArn")),
        ...all(plan, "lambda/function:Function").map((node) => text(node, "role")),
    ];
    const roles = all(plan, "iam/role:Role")
        .filter(({ outputs }) => arns.includes(shown(outputs.arn)))
        .map(({ id }) => id);
    return all(plan, "iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter((each) => roles.includes(text(each, "role")))
        .map((node) => ({ node, reason: "gives a task or function rights that the paths do not follow" }));
}

/** Places for which AWS would take the VPC's default group or subnets, or none. */
const adrift = (plan: Plan): { node: PlanNode; reason: string }[] =>
    graphOf(plan).places.flatMap(({ node, subnets, groups }) =>
        node !== undefined &&
        placedTypes.some((type) => node.type === `aws:${type}`) &&
        text(node, "vpcEndpointType") !== "Gateway" &&
        (subnets.length === 0 || groups.length === 0)
            ? [{ node, reason: "stands in no subnet, or in no security group, of the plan" }]
            : [],
    );
