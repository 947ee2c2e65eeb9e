import type { Plan } from "../../plan/plan.ts";
import { matchesResource } from "../iam/wildcards.ts";
import { arnOf, memoizeByPlan } from "../../plan/query.ts";
import { outboundCallsOf, type ServiceCall } from "./calls.ts";
import { findConnection, connectionFromInternet, httpsPort } from "./connections.ts";
import { forwardTargets, publicEntryPoint, type ForwardTarget } from "./targets.ts";
import { internet, networkNodesOf, type NetworkNode } from "./network-nodes.ts";
import { subnetsOf, type Subnet } from "./subnets.ts";
import { routeToService, type RoutingResult } from "./endpoint-routing.ts";

/** A node and the port to which a connection is made. */
export interface NodePort {
    readonly networkNode: NetworkNode;
    readonly port?: number;
}

export interface Hop {
    readonly from: NodePort;
    readonly to: NodePort;
    /** Rules, routes and policies that allow it. */
    readonly allowedBy: string;
}

/** Calls of a workload to one AWS service, and how they are routed. */
export interface ServiceUse {
    readonly networkNode: NetworkNode;
    readonly caller: ServiceCall["caller"];
    readonly service: string;
    readonly calls: readonly ServiceCall[];
    readonly routing: RoutingResult;
}

/** Connections that the resources of a plan allow. Nothing here comes from `lib/flows.ts` or the settings. */
export interface NetworkGraph {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly nodes: readonly NetworkNode[];
    readonly serviceUses: readonly ServiceUse[];
    readonly start: NodePort;
    /** Nodes that can be reached from a node in one step. */
    readonly hopsFrom: (from: NodePort) => readonly Hop[];
}

/** The graph of a plan, built once for all rules. */
export const networkGraphOf = memoizeByPlan(buildGraph);

function buildGraph(plan: Plan): NetworkGraph {
    const subnets = subnetsOf(plan);
    const nodes = networkNodesOf(plan, subnets);
    const serviceUses = nodes.flatMap((node) => serviceUsesOf(plan, subnets, nodes, node));
    const nodePorts = new Map<string, NodePort>();
    const nodePortOf = (networkNode: NetworkNode, port?: number): NodePort => {
        const key = `${networkNode.node?.urn ?? ""}:${port ?? ""}`;
        const nodePort = nodePorts.get(key) ?? { networkNode, port };
        nodePorts.set(key, nodePort);
        return nodePort;
    };
    const known = new Map<NodePort, readonly Hop[]>();
    const hopsFrom = (from: NodePort): readonly Hop[] => {
        const hops =
            known.get(from) ??
            nextTargets({ plan, nodes, serviceUses }, from).map(({ networkNode, port, allowedBy }) => ({
                from,
                to: nodePortOf(networkNode, port),
                allowedBy,
            }));
        known.set(from, hops);
        return hops;
    };
    return { plan, subnets, nodes, serviceUses, start: nodePortOf(internet), hopsFrom };
}

/** Calls of a workload, grouped by caller and service. */
function serviceUsesOf(
    plan: Plan,
    subnets: NetworkGraph["subnets"],
    nodes: readonly NetworkNode[],
    networkNode: NetworkNode,
): ServiceUse[] {
    const calls = outboundCallsOf(plan, networkNode);
    const firsts = new Map(calls.map((call) => [`${call.caller} ${call.service}`, call]));
    return [...firsts.values()].map(({ caller, service }) => {
        const same = calls.filter((call) => call.caller === caller && call.service === service);
        return {
            networkNode,
            caller,
            service,
            calls: same,
            routing: routeToService({ plan, subnets, nodes }, networkNode, service, same),
        };
    });
}

type KnownGraph = Pick<NetworkGraph, "plan" | "nodes" | "serviceUses">;

function nextTargets({ plan, nodes, serviceUses }: KnownGraph, { networkNode, port }: NodePort): ForwardTarget[] {
    const targetsAmong = (
        of: readonly NetworkNode[],
        by: (to: NetworkNode, at: number) => string | undefined,
    ): ForwardTarget[] =>
        of.flatMap((to) =>
            to.ports.flatMap((at) => {
                const found = by(to, at);
                return found === undefined ? [] : [{ networkNode: to, port: at, allowedBy: found }];
            }),
        );
    switch (networkNode.kind) {
        case "internet":
            return [
                ...targetsAmong(nodes, (to, at) => connectionFromInternet(plan, to, at)),
                ...nodes.flatMap((to) => {
                    const allowedBy = publicEntryPoint(plan, to);
                    return allowedBy === undefined ? [] : [{ networkNode: to, port: httpsPort, allowedBy }];
                }),
            ];
        case "service":
        case "scheduled task":
        case "function":
            return [
                ...targetsAmong(
                    nodes.filter((to) => to !== networkNode && to.kind !== "endpoint"),
                    (to, at) => findConnection(plan, networkNode, to, at, "any"),
                ),
                ...calledStores(nodes, serviceUses, networkNode),
            ];
        default:
            return forwardTargets(plan, nodes, networkNode, port);
    }
}

/** Stores that a workload calls at the endpoint of their service. */
const calledStores = (nodes: readonly NetworkNode[], uses: readonly ServiceUse[], from: NetworkNode): ForwardTarget[] =>
    uses
        .filter((use) => use.networkNode === from && use.caller !== "agent")
        .flatMap(({ calls, routing }) =>
            nodes
                .filter(
                    ({ kind, node }) =>
                        kind === "store" && node !== undefined && calls.some(concernsStore(arnOf(node))),
                )
                .flatMap((networkNode) =>
                    "allowedBy" in routing ? [{ networkNode, port: httpsPort, allowedBy: routing.allowedBy }] : [],
                ),
        );

/** Whether a call is about a store, or an object in it. */
const concernsStore =
    (arn: string) =>
    ({ action, resource }: ServiceCall): boolean =>
        action.split(":")[0] === arn.split(":")[2] &&
        (matchesResource(arn, resource) || resource.startsWith(`${arn}/`));
