import { Secret, type Plan, type PlanNode, type Value } from "../../plan/plan.ts";
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
    // Before 1.4.0 images, secrets and logs used a network interface of Fargate.
    "ecs/service:Service": ["platformVersion"],
    "scheduler/schedule:Schedule": ["target.ecsParameters.platformVersion"],
};

/** Inputs of all types that can give a resource IPv6, at any depth: `vpcConfig.ipv6AllowedForDualStack`. */
const ipv6Input = /(ipv6[^.]*|(^|\.)(ipAddressType|networkType|ipDiscovery))$/i;

/** Values of these inputs without IPv6. */
const withoutIpv6 = /^(false|ipv4)$/i;

/** IDs of resources in a network, which AWS makes. */
const networkId = /^(acl|eigw|eni|igw|nat|pcx|rtb|sg|subnet|tgw|vgw|vpc|vpce)-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** IDs of the defaults that AWS creates with a VPC. */
function defaultIdsOf(plan: Plan): string[] {
    const defaults = ["mainRouteTableId", "defaultRouteTableId", "defaultNetworkAclId", "defaultSecurityGroupId"];
    return resourcesOfType(plan, "ec2/vpc:Vpc").flatMap(({ outputs }) =>
        defaults.map((output) => toText(outputs[output])),
    );
}

/** Texts, numbers and switches in the inputs of a resource, each with its path. */
const inputsAtPaths = (value: Value | undefined, path = ""): (readonly [path: string, value: string])[] =>
    value instanceof Secret || value === null || value === undefined
        ? []
        : typeof value === "object"
          ? Object.entries(value).flatMap(([key, inner]) => inputsAtPaths(inner, path === "" ? key : `${path}.${key}`))
          : [[path, String(value)]];

const withUnsupported = (node: PlanNode, input: string): { node: PlanNode; reason: string } => ({
    node,
    reason: `has ${input}, which the network model does not support`,
});

/** Resources that the graph does not support, and why: it would miss the traffic that they allow. */
export function unsupportedNetworkResources(plan: Plan): { node: PlanNode; reason: string }[] {
    const defaults = defaultIdsOf(plan);
    const networkIds = new Set([
        ...defaults,
        ...networkTypes.flatMap((type) => resourcesOfType(plan, type).map(({ id }) => id)),
    ]);
    const known = new Set([...defaults, ...plan.nodes.map(({ id }) => id)]);
    const types = new Set(supportedTypes.map((type) => `aws:${type}`));
    const all = plan.nodes.map((node) => ({ node, inputs: inputsAtPaths(node.inputs) }));
    const ofUnsupportedType = all.filter(
        ({ node, inputs }) => !types.has(node.type) && inputs.some(([, value]) => networkIds.has(value)),
    );
    const ofOtherNetwork = all.flatMap(({ node, inputs }) =>
        inputs
            .filter(([, value]) => networkId.test(value) && !known.has(value))
            .map(([, value]) => ({ node, reason: `refers to ${value}, which the plan does not have` })),
    );
    const withIpv6 = all
        .filter(({ node }) => types.has(node.type))
        .flatMap(({ node, inputs }) =>
            inputs
                .filter(([path, value]) => ipv6Input.test(path) && !withoutIpv6.test(value))
                .map(([path]) => withUnsupported(node, path)),
        );
    const withUnsupportedInput = Object.entries(unsupportedInputs).flatMap(([type, inputs]) =>
        resourcesOfType(plan, type).flatMap((node) =>
            inputs
                .filter((input) => getPath(node.inputs, input) !== undefined)
                .map((input) => withUnsupported(node, input)),
        ),
    );
    return [
        ...ofUnsupportedType.map(({ node }) => ({
            node,
            reason: "is part of the network, and the network model does not support its type",
        })),
        ...ofOtherNetwork,
        ...withIpv6,
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
