import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, items, look, once, text, texts } from "../../plan/query.ts";
import { numberAt, servicesOf, type PlannedService } from "../../plan/ecs-services.ts";
import type { Subnet } from "./subnets.ts";

export type Kind =
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
export interface Place {
    readonly kind: Kind;
    /** The internet alone has none. */
    readonly node?: PlanNode;
    readonly subnets: readonly Subnet[];
    readonly groups: readonly string[];
    /** What it listens at inside the VPC. */
    readonly ports: readonly number[];
    /** It has an address of the internet, if its subnet leads there. */
    readonly isPublic: boolean;
}

export const internet: Place = { kind: "internet", subnets: [], groups: [], ports: [], isPublic: true };

const services = once(servicesOf);

/** A service, which alone is in the list, with its task definition and containers. */
export const partsOf = (plan: Plan, node: PlanNode): PlannedService[] =>
    services(plan).filter(({ service }) => service === node);

/** What is listed at a path of a resource's inputs. */
export const listed = (node: PlanNode, path: string): unknown[] => items(look(node.inputs, path));

const portOf = (node: PlanNode): number[] => (typeof node.inputs.port === "number" ? [node.inputs.port] : []);

/** Subnets that a subnet group of this name holds. */
const groupSubnets = (plan: Plan, type: string, name: string): string[] =>
    all(plan, type)
        .filter((group) => group.outputs.name === name || group.id === name)
        .flatMap((group) => texts(group, "subnetIds"));

interface Placing {
    readonly kind: Kind;
    /** IDs */
    readonly subnets: (node: PlanNode, plan: Plan) => string[];
    readonly groups: string;
    readonly ports?: (node: PlanNode, plan: Plan) => number[];
    readonly isPublic?: (node: PlanNode, plan: Plan) => boolean;
}

/** What stands in the VPC, and where a resource says so. */
const placings: Readonly<Record<string, Placing>> = {
    "lb/loadBalancer:LoadBalancer": {
        kind: "load balancer",
        subnets: (node) => texts(node, "subnets"),
        groups: "securityGroups",
        ports: (node, plan) =>
            all(plan, "lb/listener:Listener")
                .filter((listener) => text(listener, "loadBalancerArn") === arnOf(node))
                .flatMap(portOf),
        isPublic: ({ inputs }) => inputs.internal !== true,
    },
    "apigatewayv2/vpcLink:VpcLink": {
        kind: "VPC link",
        subnets: (node) => texts(node, "subnetIds"),
        groups: "securityGroupIds",
    },
    "ecs/service:Service": {
        kind: "service",
        subnets: (node) => texts(node, "networkConfiguration.subnets"),
        groups: "networkConfiguration.securityGroups",
        ports: (node, plan) =>
            partsOf(plan, node)
                .flatMap(({ containers }) => containers)
                .flatMap(({ portMappings }) => items(portMappings))
                .map((mapping) => numberAt(mapping, "containerPort")),
        isPublic: ({ inputs }) => look(inputs, "networkConfiguration.assignPublicIp") === true,
    },
    // Its interfaces open connections and take none: calls come by way of Lambda.
    "lambda/function:Function": {
        kind: "function",
        subnets: (node) => texts(node, "vpcConfig.subnetIds"),
        groups: "vpcConfig.securityGroupIds",
    },
    "ec2/vpcEndpoint:VpcEndpoint": {
        kind: "endpoint",
        subnets: (node) => texts(node, "subnetIds"),
        groups: "securityGroupIds",
        ports: () => [443],
    },
    "rds/cluster:Cluster": {
        kind: "store",
        subnets: (node, plan) => groupSubnets(plan, "rds/subnetGroup:SubnetGroup", text(node, "dbSubnetGroupName")),
        groups: "vpcSecurityGroupIds",
        ports: portOf,
        isPublic: (node, plan) =>
            all(plan, "rds/clusterInstance:ClusterInstance").some(
                (each) => text(each, "clusterIdentifier") === node.id && each.inputs.publiclyAccessible === true,
            ),
    },
    // Has no public address at all: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/accessing-elasticache.html
    "elasticache/replicationGroup:ReplicationGroup": {
        kind: "store",
        subnets: (node, plan) =>
            groupSubnets(plan, "elasticache/subnetGroup:SubnetGroup", text(node, "subnetGroupName")),
        groups: "securityGroupIds",
        ports: portOf,
    },
};

export const placedTypes: readonly string[] = Object.keys(placings);

/** What stands outside the VPC, and is called under the name of an AWS service. */
const outside: Readonly<Record<string, Kind>> = {
    "apigateway/restApi:RestApi": "API",
    "dynamodb/table:Table": "store",
    "s3/bucket:Bucket": "store",
    "sqs/queue:Queue": "store",
};

/** Every place of a plan. */
export function placesOf(plan: Plan, subnets: ReadonlyMap<string, Subnet>): Place[] {
    const inside = Object.entries(placings).flatMap(([type, placing]) =>
        all(plan, type).map((node) => ({
            kind: placing.kind,
            node,
            subnets: placing.subnets(node, plan).flatMap((id) => subnets.get(id) ?? []),
            groups: texts(node, placing.groups),
            ports: placing.ports?.(node, plan) ?? [],
            isPublic: placing.isPublic?.(node, plan) ?? false,
        })),
    );
    const called = Object.entries(outside).flatMap(([type, kind]) =>
        all(plan, type).map((node) => ({ ...internet, kind, node, isPublic: false })),
    );
    return [...inside, ...called];
}

/** Words for what a stack has once. */
const words: Partial<Record<Kind, string>> = { "load balancer": "alb", API: "rest-api", "VPC link": "vpc-link" };

/** A place as a path shows it: `alb`, `payment`, `database`, `sqs/processing`. */
export function labelOf({ kind, node, subnets }: Place, suffix: string): string {
    const noun = (node?.name ?? kind).replace(/^payment-/, "").replace(new RegExp(`-${suffix}$`), "");
    const service = node?.type.split(/[:/]/)[1];
    return words[kind] ?? (kind === "store" && subnets.length === 0 ? `${service}/${noun}` : noun);
}
