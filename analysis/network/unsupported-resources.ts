import type { Plan, PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { resourcesOfType, toText, inputText } from "../../plan/query.ts";
import { networkGraphOf } from "./network-graph.ts";
import { vpcNodeTypes } from "./network-nodes.ts";

/** Parts of the network whose IDs show that a resource has to do with it. */
const networkTypes = [
    "ec2/vpc:Vpc",
    "ec2/subnet:Subnet",
    "ec2/routeTable:RouteTable",
    "ec2/networkAcl:NetworkAcl",
    "ec2/securityGroup:SecurityGroup",
    "ec2/internetGateway:InternetGateway",
    "ec2/natGateway:NatGateway",
];

/** What else the graph reads, and what names a part of the network but lets nothing pass. */
const supportedTypes: readonly string[] = [
    ...networkTypes,
    ...vpcNodeTypes,
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
const unsupportedInputs: Readonly<Record<string, readonly string[]>> = {
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
function networkIdsOf(plan: Plan): Set<string> {
    const defaults = ["mainRouteTableId", "defaultRouteTableId", "defaultNetworkAclId", "defaultSecurityGroupId"];
    return new Set([
        ...networkTypes.flatMap((type) => resourcesOfType(plan, type).map(({ id }) => id)),
        ...resourcesOfType(plan, "ec2/vpc:Vpc").flatMap(({ outputs }) =>
            defaults.map((output) => toText(outputs[output])),
        ),
    ]);
}

/** Resources that the graph does not understand, and why: what they let pass would stay unseen. */
export function unsupportedNetworkResources(plan: Plan): { node: PlanNode; reason: string }[] {
    const ids = networkIdsOf(plan);
    const types = new Set(supportedTypes.map((type) => `aws:${type}`));
    const ofUnsupportedType = plan.nodes.filter((node) => {
        const named: string[] = [];
        visitNonSecretStrings(node.inputs, (value) => {
            named.push(...(ids.has(value) ? [value] : []));
        });
        return named.length > 0 && !types.has(node.type);
    });
    const parted = Object.entries(unsupportedInputs).flatMap(([type, inputs]) =>
        resourcesOfType(plan, type).flatMap((node) =>
            inputs
                .filter((input) => node.inputs[input] !== undefined)
                .map((input) => ({ node, reason: `has ${input}, which the paths do not follow` })),
        ),
    );
    return [
        ...ofUnsupportedType.map((node) => ({
            node,
            reason: "has to do with the network, and the paths do not follow it",
        })),
        ...parted,
        ...workloadsWithManagedPolicies(plan),
        ...resourcesWithoutSubnet(plan),
    ];
}

/** Rights of a task or a function that its own policies do not show. */
function workloadsWithManagedPolicies(plan: Plan): { node: PlanNode; reason: string }[] {
    const arns = [
        ...resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").map((task) => inputText(task, "taskRoleArn")),
        ...resourcesOfType(plan, "lambda/function:Function").map((node) => inputText(node, "role")),
    ];
    const roles = resourcesOfType(plan, "iam/role:Role")
        .filter(({ outputs }) => arns.includes(toText(outputs.arn)))
        .map(({ id }) => id);
    return resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter((each) => roles.includes(inputText(each, "role")))
        .map((node) => ({ node, reason: "gives a task or function rights that the paths do not follow" }));
}

/** Places for which AWS would take the VPC's default group or subnets, or none. */
const resourcesWithoutSubnet = (plan: Plan): { node: PlanNode; reason: string }[] =>
    networkGraphOf(plan).nodes.flatMap(({ node, subnets, securityGroupIds }) =>
        node !== undefined &&
        vpcNodeTypes.some((type) => node.type === `aws:${type}`) &&
        inputText(node, "vpcEndpointType") !== "Gateway" &&
        (subnets.length === 0 || securityGroupIds.length === 0)
            ? [{ node, reason: "stands in no subnet, or in no security group, of the plan" }]
            : [],
    );
