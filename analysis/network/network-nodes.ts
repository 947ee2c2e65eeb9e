import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, itemsOf, getPath, memoizeByPlan, inputText, inputTexts } from "../../plan/query.ts";
import {
    numberAt,
    ecsServicesOf,
    scheduledNetwork,
    scheduledTasksOf,
    type PlannedService,
    type ScheduledTask,
} from "../../plan/ecs-services.ts";
import type { Subnet } from "./subnets.ts";

export type NodeKind =
    | "internet"
    | "load balancer"
    | "API"
    | "VPC link"
    | "service"
    /** Runs for a while, when a schedule starts it. */
    | "scheduled task"
    | "function"
    | "endpoint"
    /** Stores data and opens no connection. */
    | "store";

/** A resource that accepts or opens connections. */
export interface NetworkNode {
    readonly kind: NodeKind;
    /** Absent only for the internet. */
    readonly node?: PlanNode;
    readonly subnets: readonly Subnet[];
    readonly securityGroupIds: readonly string[];
    /** Ports on which it listens inside the VPC. */
    readonly ports: readonly number[];
    /** It has a public address, if its subnet has a route to an internet gateway. */
    readonly isPublic: boolean;
}

export const internet: NetworkNode = { kind: "internet", subnets: [], securityGroupIds: [], ports: [], isPublic: true };

const services = memoizeByPlan(ecsServicesOf);

/** An ECS service with its task definition and containers; empty for another resource. */
export const plannedServicesOf = (plan: Plan, node: PlanNode): PlannedService[] =>
    services(plan).filter(({ service }) => service === node);

/** The task that a schedule starts; empty for another resource. */
export const scheduledTasksAt = (plan: Plan, node: PlanNode): ScheduledTask[] =>
    scheduledTasksOf(plan).filter(({ schedule }) => schedule === node);

/** Items of a list at a path of a resource's inputs. */
export const inputItems = (node: PlanNode, path: string): unknown[] => itemsOf(getPath(node.inputs, path));

const inputPort = (node: PlanNode): number[] => (typeof node.inputs.port === "number" ? [node.inputs.port] : []);

/** IDs of the subnets in the subnet group with this name. */
const groupSubnets = (plan: Plan, type: string, name: string): string[] =>
    resourcesOfType(plan, type)
        .filter((group) => group.outputs.name === name || group.id === name)
        .flatMap((group) => inputTexts(group, "subnetIds"));

interface NodeInputs {
    readonly kind: NodeKind;
    /**
     * Whether a resource of the type is in the network.
     * @default always
     */
    readonly when?: (node: PlanNode) => boolean;
    /** IDs */
    readonly subnets: (node: PlanNode, plan: Plan) => string[];
    readonly groups: string;
    readonly ports?: (node: PlanNode, plan: Plan) => number[];
    readonly isPublic?: (node: PlanNode, plan: Plan) => boolean;
}

/** Types inside the VPC, and the inputs that place their resources there. */
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
    "scheduler/schedule:Schedule": {
        kind: "scheduled task",
        when: ({ inputs }) => getPath(inputs, scheduledNetwork) !== undefined,
        subnets: (node) => inputTexts(node, `${scheduledNetwork}.subnets`),
        groups: `${scheduledNetwork}.securityGroups`,
        isPublic: ({ inputs }) => getPath(inputs, `${scheduledNetwork}.assignPublicIp`) === true,
    },
    // Its network interfaces only open connections: callers invoke it through the Lambda service.
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
    // ElastiCache has no public addresses: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/accessing-elasticache.html
    "elasticache/replicationGroup:ReplicationGroup": {
        kind: "store",
        subnets: (node, plan) =>
            groupSubnets(plan, "elasticache/subnetGroup:SubnetGroup", inputText(node, "subnetGroupName")),
        groups: "securityGroupIds",
        ports: inputPort,
    },
};

export const vpcNodeTypes: readonly string[] = Object.keys(nodeInputsByType);

/** Types outside the VPC, which clients call at the endpoint of an AWS service. */
const nodeKindsOutsideVpc: Readonly<Record<string, NodeKind>> = {
    "apigateway/restApi:RestApi": "API",
    "dynamodb/table:Table": "store",
    "s3/bucket:Bucket": "store",
    "sqs/queue:Queue": "store",
};

export function networkNodesOf(plan: Plan, subnets: ReadonlyMap<string, Subnet>): NetworkNode[] {
    const inside = Object.entries(nodeInputsByType).flatMap(([type, inputs]) =>
        resourcesOfType(plan, type)
            .filter((node) => inputs.when?.(node) ?? true)
            .map((node) => ({
                kind: inputs.kind,
                node,
                subnets: inputs.subnets(node, plan).flatMap((id) => subnets.get(id) ?? []),
                securityGroupIds: inputTexts(node, inputs.groups),
                ports: inputs.ports?.(node, plan) ?? [],
                isPublic: inputs.isPublic?.(node, plan) ?? false,
            })),
    );
    const called = Object.entries(nodeKindsOutsideVpc).flatMap(([type, kind]) =>
        resourcesOfType(plan, type).map((node) => ({ ...internet, kind, node, isPublic: false })),
    );
    return [...inside, ...called];
}

/** Labels of nodes that a stack has only once. */
const labelsByKind: Partial<Record<NodeKind, string>> = {
    "load balancer": "alb",
    API: "rest-api",
    "VPC link": "vpc-link",
};

/** A node as paths show it: `alb`, `payment`, `database`, `sqs/processing`. */
export function nodeLabel({ kind, node, subnets }: NetworkNode, suffix: string): string {
    const noun = (node?.name ?? kind).replace(/^payment-/, "").replace(new RegExp(`-${suffix}$`), "");
    const service = node?.type.split(/[:/]/)[1];
    return labelsByKind[kind] ?? (kind === "store" && subnets.length === 0 ? `${service}/${noun}` : noun);
}
