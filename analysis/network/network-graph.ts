import type { Plan } from "../../plan/plan.ts";
import { resourceLike } from "../iam/wildcards.ts";
import { arnOf, once } from "../../plan/query.ts";
import { callsOf, type Call } from "./calls.ts";
import { connection, connectionFromInternet, httpsPort } from "./connections.ts";
import { forwards, openDoor, type Arrival } from "./targets.ts";
import { internet, placesOf, type Place } from "./network-nodes.ts";
import { subnetsOf, type Subnet } from "./subnets.ts";
import { wayTo, type Way } from "./endpoint-routing.ts";

/** A place as a connection arrives at it. */
export interface Stop {
    readonly place: Place;
    readonly port?: number;
}

export interface Hop {
    readonly from: Stop;
    readonly to: Stop;
    /** Rules, routes and policies that let it pass. */
    readonly by: string;
}

/** Calls of one AWS service that a workload makes, and how they arrive. */
export interface Use {
    readonly place: Place;
    readonly by: Call["by"];
    readonly service: string;
    readonly calls: readonly Call[];
    readonly way: Way;
}

/** What a plan's resources let pass, and nothing that the program or its settings say of it. */
export interface Graph {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly places: readonly Place[];
    readonly uses: readonly Use[];
    readonly start: Stop;
    /** Where one may go on to from a stop. */
    readonly hopsFrom: (stop: Stop) => readonly Hop[];
}

/** The graph of a plan, built once for all rules that ask. */
export const graphOf = once(build);

function build(plan: Plan): Graph {
    const subnets = subnetsOf(plan);
    const places = placesOf(plan, subnets);
    const uses = places.flatMap((place) => usesOf(plan, subnets, places, place));
    const stops = new Map<string, Stop>();
    const stopAt = (place: Place, port?: number): Stop => {
        const key = `${place.node?.urn ?? ""}:${port ?? ""}`;
        const stop = stops.get(key) ?? { place, port };
        stops.set(key, stop);
        return stop;
    };
    const known = new Map<Stop, readonly Hop[]>();
    const hopsFrom = (from: Stop): readonly Hop[] => {
        const hops =
            known.get(from) ??
            onward({ plan, places, uses }, from).map(({ place, port, by }) => ({ from, to: stopAt(place, port), by }));
        known.set(from, hops);
        return hops;
    };
    return { plan, subnets, places, uses, start: stopAt(internet), hopsFrom };
}

/** Calls of a workload by who makes them and which service takes them. */
function usesOf(plan: Plan, subnets: Graph["subnets"], places: readonly Place[], place: Place): Use[] {
    const calls = callsOf(plan, place);
    const firsts = new Map(calls.map((call) => [`${call.by} ${call.service}`, call]));
    return [...firsts.values()].map(({ by, service }) => {
        const same = calls.filter((call) => call.by === by && call.service === service);
        return { place, by, service, calls: same, way: wayTo({ plan, subnets, places }, place, service, same) };
    });
}

type Known = Pick<Graph, "plan" | "places" | "uses">;

function onward({ plan, places, uses }: Known, { place, port }: Stop): Arrival[] {
    const arrivals = (of: readonly Place[], by: (to: Place, at: number) => string | undefined): Arrival[] =>
        of.flatMap((to) =>
            to.ports.flatMap((at) => {
                const found = by(to, at);
                return found === undefined ? [] : [{ place: to, port: at, by: found }];
            }),
        );
    switch (place.kind) {
        case "internet":
            return [
                ...arrivals(places, (to, at) => connectionFromInternet(plan, to, at)),
                ...places.flatMap((to) => {
                    const by = openDoor(plan, to);
                    return by === undefined ? [] : [{ place: to, port: httpsPort, by }];
                }),
            ];
        case "service":
        case "function":
            return [
                ...arrivals(
                    places.filter((to) => to !== place && to.kind !== "endpoint"),
                    (to, at) => connection(plan, place, to, at, "any"),
                ),
                ...storesCalled(places, uses, place),
            ];
        default:
            return forwards(plan, places, place, port);
    }
}

/** Stores that a workload calls under the name of their service. */
const storesCalled = (places: readonly Place[], uses: readonly Use[], from: Place): Arrival[] =>
    uses
        .filter((use) => use.place === from && use.by !== "agent")
        .flatMap(({ calls, way }) =>
            places
                .filter(({ kind, node }) => kind === "store" && node !== undefined && calls.some(concerns(arnOf(node))))
                .flatMap((place) => ("by" in way ? [{ place, port: httpsPort, by: way.by }] : [])),
        );

/** A call is about a store, or what lies in it. */
const concerns =
    (arn: string) =>
    ({ action, resource }: Call): boolean =>
        action.split(":")[0] === arn.split(":")[2] && (resourceLike(arn, resource) || resource.startsWith(`${arn}/`));
