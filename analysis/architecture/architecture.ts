import { platformType } from "../../lib/scope.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    compareText,
    inputText,
    memoizeByPlan,
    nameWithoutPrefixAndSuffix,
    resourcesOfType,
} from "../../plan/query.ts";
import { networkGraphOf, type NetworkGraph } from "../network/network-graph.ts";
import { nodeLabel, type NetworkNode, type NodeKind } from "../network/network-nodes.ts";
import { internetGatewayRoute, type Subnet } from "../network/subnets.ts";
import { linksOf, type Link } from "./links.ts";
import { partIdOf } from "./part-id.ts";

export type PartKind = NodeKind | "queue" | "topic" | "table" | "bucket";

/** Parts that a drawing shows together as one, or each alone. */
export const partGroups = ["services", "messages", "endpoints"] as const;
export type PartGroup = (typeof partGroups)[number];

/** A box of the architecture: something that accepts, opens or stores. */
export interface Part {
    /** Type and logical name; `internet` for the internet. */
    readonly id: string;
    readonly kind: PartKind;
    readonly label: string;
    /** Absent for the internet only. */
    readonly node?: PlanNode;
    /** Name of the tier whose subnets it is in; absent outside the VPC. */
    readonly tier?: string;
    readonly group?: PartGroup;
    /** Of its subnets, sorted. */
    readonly zones: readonly string[];
}

/** The subnets of one kind, one in each Availability Zone. */
export interface Tier {
    /** Such as `private`. */
    readonly name: string;
    /** Its route table has a route to an internet gateway. */
    readonly isPublic: boolean;
    readonly subnets: readonly PlanNode[];
}

/** The architecture of a stack, as its resources show it. Lists are sorted: the order of a plan varies. */
export interface Architecture {
    readonly tiers: readonly Tier[];
    readonly parts: readonly Part[];
    readonly links: readonly Link[];
}

const kindsByType: Readonly<Record<string, PartKind>> = {
    "aws:sqs/queue:Queue": "queue",
    "aws:dynamodb/table:Table": "table",
    "aws:s3/bucket:Bucket": "bucket",
};

const groupsByKind: Partial<Record<PartKind, PartGroup>> = {
    service: "services",
    "scheduled task": "services",
    queue: "messages",
    topic: "messages",
    endpoint: "endpoints",
};

export const architectureOf = memoizeByPlan((plan): Architecture => {
    const graph = networkGraphOf(plan);
    const suffix = suffixOf(plan);
    const tiers = tiersOf(plan, graph, suffix);
    const parts = [...networkParts(graph, tiers, suffix), ...topicParts(plan, suffix)];
    const links = linksOf(plan, graph);
    const linked = new Set(links.flatMap(({ from, to }) => [from, to]));
    return {
        tiers,
        // Queues and topics of alerts serve no request.
        parts: parts
            .filter(({ id, group }) => group !== "messages" || linked.has(id))
            .toSorted((a, b) => compareText(a.id, b.id)),
        links,
    };
});

/** The suffix of all names of a stack, from the name of the platform. */
const suffixOf = ({ nodes }: Plan): string =>
    nodes.find(({ type }) => type === platformType)?.name.replace(/^payment-platform-/, "") ?? "";

const tierNameOf = (subnet: PlanNode, suffix: string): string =>
    nameWithoutPrefixAndSuffix(subnet, suffix).replace(/-\d+$/, "");

/** Tiers with a route from the internet first. */
function tiersOf(plan: Plan, { subnets }: NetworkGraph, suffix: string): Tier[] {
    const byName = Map.groupBy([...subnets.values()], ({ node }) => tierNameOf(node, suffix));
    return [...byName]
        .map(([name, own]) => ({
            name,
            isPublic: own.some((subnet) => internetGatewayRoute(plan, subnet) !== undefined),
            subnets: own.map(({ node }) => node).toSorted((a, b) => compareText(a.name, b.name)),
        }))
        .toSorted((a, b) => Number(b.isPublic) - Number(a.isPublic) || compareText(b.name, a.name));
}

/** Its subnets; of a gateway endpoint those in whose route tables it is. */
const placesOf = ({ subnets, node }: NetworkNode, all: readonly Subnet[]): readonly Subnet[] =>
    subnets.length > 0 ? subnets : all.filter(({ endpoints }) => endpoints.some((each) => each === node));

function networkParts({ nodes, start, subnets }: NetworkGraph, tiers: readonly Tier[], suffix: string): Part[] {
    const all = [...subnets.values()];
    return [start.networkNode, ...nodes].map((networkNode): Part => {
        const kind = kindsByType[networkNode.node?.type ?? ""] ?? networkNode.kind;
        return {
            id: partIdOf(networkNode.node),
            kind,
            label: nounOf(networkNode, suffix),
            node: networkNode.node,
            tier: tiers.find(({ subnets }) => placesOf(networkNode, all).some(({ node }) => subnets.includes(node)))
                ?.name,
            group: groupsByKind[kind],
            zones: zonesOf(networkNode.subnets),
        };
    });
}

/** Of `sqs/processing` the noun alone: the kind of the part is said apart. */
const nounOf = (networkNode: NetworkNode, suffix: string): string =>
    nodeLabel(networkNode, suffix).replace(/^\w+\//, "");

const zonesOf = (subnets: readonly Subnet[]): string[] =>
    [...new Set(subnets.map(({ node }) => inputText(node, "availabilityZone")))].toSorted(compareText);

const topicParts = (plan: Plan, suffix: string): Part[] =>
    resourcesOfType(plan, "sns/topic:Topic").map((node) => ({
        id: partIdOf(node),
        kind: "topic",
        label: nameWithoutPrefixAndSuffix(node, suffix),
        node,
        group: "messages",
        zones: [],
    }));
