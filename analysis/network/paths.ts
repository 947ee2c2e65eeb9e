import type { NetworkGraph, Hop, NodePort } from "./network-graph.ts";
import { nodeLabel, type NodeKind } from "./network-nodes.ts";

/** Every step that a path from the internet to a store may take. */
const intendedSteps: Readonly<Record<NodeKind, readonly NodeKind[]>> = {
    internet: ["load balancer", "API"],
    API: ["VPC link", "function"],
    "VPC link": ["load balancer"],
    "load balancer": ["service", "function"],
    service: ["store"],
    "scheduled task": ["store"],
    function: ["store"],
    endpoint: [],
    store: [],
};
const isIntendedStep = ({ from, to }: Hop): boolean =>
    intendedSteps[from.networkNode.kind].includes(to.networkNode.kind);
const isAtStore = ({ networkNode }: NodePort): boolean => networkNode.kind === "store";

export type HopPath = readonly Hop[];

/** Every path from the internet to a store that takes only intended steps; these steps have no cycle. */
export function intendedPaths(graph: NetworkGraph, from: NodePort = graph.start): HopPath[] {
    return graph
        .hopsFrom(from)
        .filter(isIntendedStep)
        .flatMap((hop) =>
            isAtStore(hop.to) ? [[hop]] : intendedPaths(graph, hop.to).map((rest): HopPath => [hop, ...rest]),
        );
}

/** The shortest path from a node to each node that it reaches. */
function shortestPaths(graph: NetworkGraph, start: NodePort): Map<NodePort, HopPath> {
    const found = new Map<NodePort, HopPath>([[start, []]]);
    for (const [node, path] of found) {
        for (const hop of graph.hopsFrom(node)) {
            if (!found.has(hop.to)) {
                found.set(hop.to, [...path, hop]);
            }
        }
    }
    return found;
}

/**
 * Hops that are not intended but lead to a data store, each with the shortest path that contains it. A hop back to a public
 * entry point does not count: the caller then has the same rights as any caller from the internet.
 */
export function unintendedPaths(graph: NetworkGraph): { wrong: Hop; path: HopPath }[] {
    const entryPoints = graph
        .hopsFrom(graph.start)
        .filter(isIntendedStep)
        .map(({ to }) => to);
    return [...shortestPaths(graph, graph.start)].flatMap(([node, before]) =>
        graph
            .hopsFrom(node)
            .filter((hop) => !isIntendedStep(hop) && !entryPoints.includes(hop.to))
            .flatMap((wrong) => {
                const [after] = [...shortestPaths(graph, wrong.to)].filter(([end]) => isAtStore(end));
                return after === undefined ? [] : [{ wrong, path: [...before, wrong, ...after[1]] }];
            }),
    );
}

const nodePortText = ({ networkNode, port }: NodePort, suffix: string): string =>
    nodeLabel(networkNode, suffix) + (port === undefined ? "" : `:${port}`);

/** `internet -> alb:443 -> payment:8080 -> database:5432`. */
export const hopPathText = (path: HopPath, suffix: string): string =>
    ["internet", ...path.map(({ to }) => nodePortText(to, suffix))].join(" -> ");

/** `payment:8080 -> database:5432 by egress ..., ingress ...`. */
export const hopText = ({ from, to, allowedBy }: Hop, suffix: string): string =>
    `${nodePortText(from, suffix)} -> ${nodePortText(to, suffix)} by ${allowedBy}`;
