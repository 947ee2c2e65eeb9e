import type { Plan, PlanNode } from "../../plan/plan.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import { getPath, resourcesOfType, toText, inputText } from "../../plan/query.ts";
import { networkGraphOf } from "./network-graph.ts";
import { vpcNodeTypes } from "./network-nodes.ts";

/** Network types; a resource that has an ID of one of them in its inputs is part of the network. */
const networkTypes = [
    "ec2/vpc:Vpc",
    "ec2/subnet:Subnet",
    "ec2/routeTable:RouteTable",
    "ec2/networkAcl:NetworkAcl",
    "ec2/securityGroup:SecurityGroup",
    "ec2/internetGateway:InternetGateway",
    "ec2/natGateway:NatGateway",
];

/** Further types that the graph reads, or that have such an ID but forward no traffic. */
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

/** Inputs that allow traffic which the graph does not follow. */
const unsupportedInputs: Readonly<Record<string, readonly string[]>> = {
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": ["ingress", "egress"],
    "ec2/routeTable:RouteTable": ["routes", "propagatingVgws"],
    "ec2/securityGroup:SecurityGroup": ["ingress", "egress"],
    "ec2/subnet:Subnet": ["ipv6CidrBlock", "assignIpv6AddressOnCreation", "ipv6Native"],
    // Before 1.4.0 images, secrets and logs used a network interface of Fargate.
    "ecs/service:Service": ["platformVersion"],
    "scheduler/schedule:Schedule": ["target.ecsParameters.platformVersion"],
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["cidrIpv6"],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["cidrIpv6"],
};

/** IDs of a plan's network resources, including the defaults of the VPC. */
function networkIdsOf(plan: Plan): Set<string> {
    const defaults = ["mainRouteTableId", "defaultRouteTableId", "defaultNetworkAclId", "defaultSecurityGroupId"];
    return new Set([
        ...networkTypes.flatMap((type) => resourcesOfType(plan, type).map(({ id }) => id)),
        ...resourcesOfType(plan, "ec2/vpc:Vpc").flatMap(({ outputs }) =>
            defaults.map((output) => toText(outputs[output])),
        ),
    ]);
}

/** Resources that the graph does not support, and why: it would miss the traffic that they allow. */
export function unsupportedNetworkResources(plan: Plan): { node: PlanNode; reason: string }[] {
    const ids = networkIdsOf(plan);
    const types = new Set(supportedTypes.map((type) => `aws:${type}`));
    const ofUnsupportedType = plan.nodes.filter((node) => {
        const networkIds: string[] = [];
        visitNonSecretStrings(node.inputs, (value) => {
            networkIds.push(...(ids.has(value) ? [value] : []));
        });
        return networkIds.length > 0 && !types.has(node.type);
    });
    const withUnsupportedInput = Object.entries(unsupportedInputs).flatMap(([type, inputs]) =>
        resourcesOfType(plan, type).flatMap((node) =>
            inputs
                .filter((input) => getPath(node.inputs, input) !== undefined)
                .map((input) => ({ node, reason: `has ${input}, which the network model does not support` })),
        ),
    );
    return [
        ...ofUnsupportedType.map((node) => ({
            node,
            reason: "is part of the network, and the network model does not support its type",
        })),
        ...withUnsupportedInput,
        ...workloadsWithManagedPolicies(plan),
        ...resourcesWithoutSubnet(plan),
    ];
}

/** Managed policies of tasks and functions, whose calls the network model does not read. */
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
        .map((node) => ({ node, reason: "gives a task or function permissions that the network model does not read" }));
}

/** Nodes for which AWS would choose the default security group or subnets, or none. */
const resourcesWithoutSubnet = (plan: Plan): { node: PlanNode; reason: string }[] =>
    networkGraphOf(plan).nodes.flatMap(({ node, subnets, securityGroupIds }) =>
        node !== undefined &&
        vpcNodeTypes.some((type) => node.type === `aws:${type}`) &&
        inputText(node, "vpcEndpointType") !== "Gateway" &&
        (subnets.length === 0 || securityGroupIds.length === 0)
            ? [{ node, reason: "is in no subnet, or in no security group, of the plan" }]
            : [],
    );
