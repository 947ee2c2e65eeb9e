import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, itemsOf, getPath, memoizeByPlan, inputText, inputTexts } from "../../plan/query.ts";
import { numberAt, ecsServicesOf, type PlannedService } from "../../plan/ecs-services.ts";
import type { Subnet } from "./subnets.ts";

export type NodeKind =
    | "internet"
    | "load balancer"
    | "API"
    | "VPC link"
    | "service"
    | "function"
    | "endpoint"
    /** Holds data and opens no connection. */
    | "store";

/** Something that takes or opens connections. */
export interface NetworkNode {
    readonly kind: NodeKind;
    /** The internet alone has none. */
    readonly node?: PlanNode;
    readonly subnets: readonly Subnet[];
    readonly securityGroupIds: readonly string[];
    /** What it listens at inside the VPC. */
    readonly ports: readonly number[];
    /** It has an address of the internet, if its subnet leads there. */
    readonly isPublic: boolean;
}

export const internet: NetworkNode = { kind: "internet", subnets: [], securityGroupIds: [], ports: [], isPublic: true };

const services = memoizeByPlan(ecsServicesOf);

/** A service, which alone is in the list, with its task definition and containers. */
export const plannedServicesOf = (plan: Plan, node: PlanNode): PlannedService[] =>
    services(plan).filter(({ service }) => service === node);

/** What is listed at a path of a resource's inputs. */
export const inputItems = (node: PlanNode, path: string): unknown[] => itemsOf(getPath(node.inputs, path));

const inputPort = (node: PlanNode): number[] => (typeof node.inputs.port === "number" ? [node.inputs.port] : []);

/** Subnets that a subnet group of this name holds. */
const groupSubnets = (plan: Plan, type: string, name: string): string[] =>
    resourcesOfType(plan, type)
        .filter((group) => group.outputs.name === name || group.id === name)
        .flatMap((group) => inputTexts(group, "subnetIds"));

interface NodeInputs {
    readonly kind: NodeKind;
    /** IDs */
    readonly subnets: (node: PlanNode, plan: Plan) => string[];
    readonly groups: string;
    readonly ports?: (node: PlanNode, plan: Plan) => number[];
    readonly isPublic?: (node: PlanNode, plan: Plan) => boolean;
}

/** What stands in the VPC, and where a resource says so. */
const nodeInputsByType: Readonly<Record<string, NodeInputs>> = {
    "lb/loadBalancer:LoadBalancer": {
        kind: "load balancer",
        subnets: (node) => inputTexts(node, "subnets"),
        groups: "securityGroups",
        ports: (node, plan) =>
            resourcesOfType(plan, "lb/listener:Listener")
                .filter((listener) => inputText(listener, "loadBalancerArn") === arnOf(node))
                .flatMap(inputPort),
        isPublic: ({ inputs }) => inputs.internal !== true,
    },
    "apigatewayv2/vpcLink:VpcLink": {
        kind: "VPC link",
        subnets: (node) => inputTexts(node, "subnetIds"),
        groups: "securityGroupIds",
    },
    "ecs/service:Service": {
        kind: "service",
        subnets: (node) => inputTexts(node, "networkConfiguration.subnets"),
        groups: "networkConfiguration.securityGroups",
        ports: (node, plan) =>
            plannedServicesOf(plan, node)
                .flatMap(({ containers }) => containers)
                .flatMap(({ portMappings }) => itemsOf(portMappings))
                .map((mapping) => numberAt(mapping, "containerPort")),
        isPublic: ({ inputs }) => getPath(inputs, "networkConfiguration.assignPublicIp") === true,
    },
    // Its interfaces open connections and take none: calls come by way of Lambda.
    "lambda/function:Function": {
        kind: "function",
        subnets: (node) => inputTexts(node, "vpcConfig.subnetIds"),
        groups: "vpcConfig.securityGroupIds",
    },
    "ec2/vpcEndpoint:VpcEndpoint": {
        kind: "endpoint",
        subnets: (node) => inputTexts(node, "subnetIds"),
        groups: "securityGroupIds",
        ports: () => [443],
    },
    "rds/cluster:Cluster": {
        kind: "store",
        subnets: (node, plan) =>
            groupSubnets(plan, "rds/subnetGroup:SubnetGroup", inputText(node, "dbSubnetGroupName")),
        groups: "vpcSecurityGroupIds",
        ports: inputPort,
        isPublic: (node, plan) =>
            resourcesOfType(plan, "rds/clusterInstance:ClusterInstance").some(
                (each) => inputText(each, "clusterIdentifier") === node.id && each.inputs.publiclyAccessible === true,
            ),
    },
    // Has no public address at all: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/accessing-elasticache.html
    "elasticache/replicationGroup:ReplicationGroup": {
        kind: "store",
        subnets: (node, plan) =>
            groupSubnets(plan, "elasticache/subnetGroup:SubnetGroup", inputText(node, "subnetGroupName")),
        groups: "securityGroupIds",
        ports: inputPort,
    },
};

export const vpcNodeTypes: readonly string[] = Object.keys(nodeInputsByType);

/** What stands outside the VPC, and is called under the name of an AWS service. */
const nodeKindsOutsideVpc: Readonly<Record<string, NodeKind>> = {
    "apigateway/restApi:RestApi": "API",
    "dynamodb/table:Table": "store",
    "s3/bucket:Bucket": "store",
    "sqs/queue:Queue": "store",
};

/** Every place of a plan. */
export function networkNodesOf(plan: Plan, subnets: ReadonlyMap<string, Subnet>): NetworkNode[] {
    const inside = Object.entries(nodeInputsByType).flatMap(([type, placing]) =>
        resourcesOfType(plan, type).map((node) => ({
            kind: placing.kind,
            node,
            subnets: placing.subnets(node, plan).flatMap((id) => subnets.get(id) ?? []),
            securityGroupIds: inputTexts(node, placing.groups),
            ports: placing.ports?.(node, plan) ?? [],
            isPublic: placing.isPublic?.(node, plan) ?? false,
        })),
    );
    const called = Object.entries(nodeKindsOutsideVpc).flatMap(([type, kind]) =>
        resourcesOfType(plan, type).map((node) => ({ ...internet, kind, node, isPublic: false })),
    );
    return [...inside, ...called];
}

/** Words for what a stack has once. */
const labelsByKind: Partial<Record<NodeKind, string>> = {
    "load balancer": "alb",
    API: "rest-api",
    "VPC link": "vpc-link",
};

/** A place as a path shows it: `alb`, `payment`, `database`, `sqs/processing`. */
export function nodeLabel({ kind, node, subnets }: NetworkNode, suffix: string): string {
    const noun = (node?.name ?? kind).replace(/^payment-/, "").replace(new RegExp(`-${suffix}$`), "");
    const service = node?.type.split(/[:/]/)[1];
    return labelsByKind[kind] ?? (kind === "store" && subnets.length === 0 ? `${service}/${noun}` : noun);
}
