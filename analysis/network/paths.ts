import type { Graph, Hop, Stop } from "./network-graph.ts";
import { labelOf, type Kind } from "./network-nodes.ts";

/** Every step that a way from the internet to a store may take. */
const steps: Readonly<Record<Kind, readonly Kind[]>> = {
    internet: ["load balancer", "API"],
    API: ["VPC link", "function"],
    "VPC link": ["load balancer"],
    "load balancer": ["service", "function"],
    service: ["store"],
    function: ["store"],
    endpoint: [],
    store: [],
};
const isStep = ({ from, to }: Hop): boolean => steps[from.place.kind].includes(to.place.kind);
const isAtStore = ({ place }: Stop): boolean => place.kind === "store";

export type Path = readonly Hop[];

/** Every path from the internet to a store that takes the steps above; they lead in no circle. */
export function properPaths(graph: Graph, from: Stop = graph.start): Path[] {
    return graph
        .hopsFrom(from)
        .filter(isStep)
        .flatMap((hop) =>
            isAtStore(hop.to) ? [[hop]] : properPaths(graph, hop.to).map((rest): Path => [hop, ...rest]),
        );
}

/** The shortest path from a stop to each that is reached from it. */
function shortest(graph: Graph, start: Stop): Map<Stop, Path> {
    const found = new Map<Stop, Path>([[start, []]]);
    for (const [stop, path] of found) {
        for (const hop of graph.hopsFrom(stop)) {
            if (!found.has(hop.to)) {
                found.set(hop.to, [...path, hop]);
            }
        }
    }
    return found;
}

/**
 * Every other step after which a store can be reached, with the shortest path that takes it. Back to a front door is no
 * such step: whoever calls there is a caller from the internet like any other.
 */
export function otherPaths(graph: Graph): { wrong: Hop; path: Path }[] {
    const doors = graph
        .hopsFrom(graph.start)
        .filter(isStep)
        .map(({ to }) => to);
    return [...shortest(graph, graph.start)].flatMap(([stop, before]) =>
        graph
            .hopsFrom(stop)
            .filter((hop) => !isStep(hop) && !doors.includes(hop.to))
            .flatMap((wrong) => {
                const [after] = [...shortest(graph, wrong.to)].filter(([end]) => isAtStore(end));
                return after === undefined ? [] : [{ wrong, path: [...before, wrong, ...after[1]] }];
            }),
    );
}

const showStop = ({ place, port }: Stop, suffix: string): string =>
    labelOf(place, suffix) + (port === undefined ? "" : `:${port}`);

/** `internet -> alb:443 -> payment:8080 -> database:5432`. */
export const showPath = (path: Path, suffix: string): string =>
    ["internet", ...path.map(({ to }) => showStop(to, suffix))].join(" -> ");

/** `payment:8080 -> database:5432 by egress ..., ingress ...`. */
export const showHop = ({ from, to, by }: Hop, suffix: string): string =>
    `${showStop(from, suffix)} -> ${showStop(to, suffix)} by ${by}`;
