import type { Plan } from "../../plan/plan.ts";
import { matchesResource } from "../iam/wildcards.ts";
import { arnOf, memoizeByPlan } from "../../plan/query.ts";
import { serviceCallsOf, type ServiceCall } from "./calls.ts";
import { findConnection, connectionFromInternet, httpsPort } from "./connections.ts";
import { forwardTargets, publicEntryPoint, type ForwardTarget } from "./targets.ts";
import { internet, networkNodesOf, type NetworkNode } from "./network-nodes.ts";
import { subnetsOf, type Subnet } from "./subnets.ts";
import { routeToService, type RoutingResult } from "./endpoint-routing.ts";

/** A place as a connection arrives at it. */
export interface NodePort {
    readonly networkNode: NetworkNode;
    readonly port?: number;
}

export interface Hop {
    readonly from: NodePort;
    readonly to: NodePort;
    /** Rules, routes and policies that let it pass. */
    readonly allowedBy: string;
}

/** Calls of one AWS service that a workload makes, and how they arrive. */
export interface ServiceUse {
    readonly networkNode: NetworkNode;
    readonly caller: ServiceCall["caller"];
    readonly service: string;
    readonly calls: readonly ServiceCall[];
    readonly routing: RoutingResult;
}

/** What a plan's resources let pass, and nothing that the program or its settings say of it. */
export interface NetworkGraph {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly nodes: readonly NetworkNode[];
    readonly serviceUses: readonly ServiceUse[];
    readonly start: NodePort;
    /** Where one may go on to from a stop. */
    readonly hopsFrom: (stop: NodePort) => readonly Hop[];
}

/** The graph of a plan, built once for all rules that ask. */
export const networkGraphOf = memoizeByPlan(buildGraph);

function buildGraph(plan: Plan): NetworkGraph {
    const subnets = subnetsOf(plan);
    const places = networkNodesOf(plan, subnets);
    const uses = places.flatMap((place) => serviceUsesOf(plan, subnets, places, place));
    const stops = new Map<string, NodePort>();
    const stopAt = (place: NetworkNode, port?: number): NodePort => {
        const key = `${place.node?.urn ?? ""}:${port ?? ""}`;
        const stop = stops.get(key) ?? { networkNode: place, port };
        stops.set(key, stop);
        return stop;
    };
    const known = new Map<NodePort, readonly Hop[]>();
    const hopsFrom = (from: NodePort): readonly Hop[] => {
        const hops =
            known.get(from) ??
            nextTargets({ plan, nodes: places, serviceUses: uses }, from).map(({ networkNode, port, allowedBy }) => ({
                from,
                to: stopAt(networkNode, port),
                allowedBy,
            }));
        known.set(from, hops);
        return hops;
    };
    return { plan, subnets, nodes: places, serviceUses: uses, start: stopAt(internet), hopsFrom };
}

/** Calls of a workload by who makes them and which service takes them. */
function serviceUsesOf(
    plan: Plan,
    subnets: NetworkGraph["subnets"],
    places: readonly NetworkNode[],
    place: NetworkNode,
): ServiceUse[] {
    const calls = serviceCallsOf(plan, place);
    const firsts = new Map(calls.map((call) => [`${call.caller} ${call.service}`, call]));
    return [...firsts.values()].map(({ caller, service }) => {
        const same = calls.filter((call) => call.caller === caller && call.service === service);
        return {
            networkNode: place,
            caller,
            service,
            calls: same,
            routing: routeToService({ plan, subnets, places }, place, service, same),
        };
    });
}

type KnownGraph = Pick<NetworkGraph, "plan" | "nodes" | "serviceUses">;

function nextTargets({ plan, nodes, serviceUses }: KnownGraph, { networkNode, port }: NodePort): ForwardTarget[] {
    const arrivals = (
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
                ...arrivals(nodes, (to, at) => connectionFromInternet(plan, to, at)),
                ...nodes.flatMap((to) => {
                    const allowedBy = publicEntryPoint(plan, to);
                    return allowedBy === undefined ? [] : [{ networkNode: to, port: httpsPort, allowedBy }];
                }),
            ];
        case "service":
        case "function":
            return [
                ...arrivals(
                    nodes.filter((to) => to !== networkNode && to.kind !== "endpoint"),
                    (to, at) => findConnection(plan, networkNode, to, at, "any"),
                ),
                ...calledStores(nodes, serviceUses, networkNode),
            ];
        default:
            return forwardTargets(plan, nodes, networkNode, port);
    }
}

/** Stores that a workload calls under the name of their service. */
const calledStores = (
    places: readonly NetworkNode[],
    uses: readonly ServiceUse[],
    from: NetworkNode,
): ForwardTarget[] =>
    uses
        .filter((use) => use.networkNode === from && use.caller !== "agent")
        .flatMap(({ calls, routing }) =>
            places
                .filter(
                    ({ kind, node }) =>
                        kind === "store" && node !== undefined && calls.some(concernsStore(arnOf(node))),
                )
                .flatMap((place) =>
                    "allowedBy" in routing
                        ? [{ networkNode: place, port: httpsPort, allowedBy: routing.allowedBy }]
                        : [],
                ),
        );

/** A call is about a store, or what lies in it. */
const concernsStore =
    (arn: string) =>
    ({ action, resource }: ServiceCall): boolean =>
        action.split(":")[0] === arn.split(":")[2] &&
        (matchesResource(arn, resource) || resource.startsWith(`${arn}/`));
