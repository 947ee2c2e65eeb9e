import { everywhere } from "../../policies/reach/addresses.ts";
import { inOrder, once, text } from "../../policies/look.ts";
import { connection, httpsPort, publicEntries } from "../../policies/reach/connections.ts";
import { graphOf, type Graph, type Hop, type Stop } from "../../policies/reach/graph.ts";
import { internetRules, waysOut } from "../../policies/reach/outward.ts";
import type { Kind, Place } from "../../policies/reach/places.ts";
import type { Plan } from "../../tools/plan/plan.ts";
import { tableLine } from "./markdown.ts";

/** One side of a path. */
export interface End {
    /** Logical name; for the internet a CIDR, or the ID of a prefix list. */
    readonly name: string;
    readonly kind: Kind;
}

/** TCP connections that the network and the front doors let pass, in one step. */
export interface NetworkPath {
    /** What opens the connection. */
    readonly from: End;
    /** What accepts it. */
    readonly to: End;
    /** Such as `443`, or a range; nothing where an AWS service hands the call on and no port is open. */
    readonly ports?: string;
    /** Rules, routes, listeners and policies that let it pass. */
    readonly by: string;
}

/** `payment-prod (load balancer)` */
const endText = ({ name, kind }: End): string => `${name} (${kind})`;

/** `0.0.0.0/0 (internet) -> payment-prod (load balancer), port 443` */
export const pathText = ({ from, to, ports }: NetworkPath): string =>
    `${endText(from)} -> ${endText(to)}${ports === undefined ? "" : `, port ${ports}`}`;

/** Every path of a plan: from the internet, between tiers, to endpoints, and out to the internet. Each once, in order. */
export const pathsOf = once((plan): readonly NetworkPath[] => {
    const graph = graphOf(plan);
    const found = [
        ...graph.places.flatMap((place) => publicPaths(plan, place)),
        ...hopsOf(graph).map(pathOfHop),
        ...graph.places.flatMap((place) => [...endpointPaths(graph, place), ...internetPaths(plan, place)]),
    ];
    const byText = new Map(found.toReversed().map((path) => [pathText(path), path]));
    return [...byText.values()].toSorted((a, b) => inOrder(pathText(a), pathText(b)));
});

const isWorkload = ({ kind }: Place): boolean => kind === "service" || kind === "function";

const internet = (name: string): End => ({ name, kind: "internet" });

const endOf = ({ node, kind }: Place): End => (node === undefined ? internet(everywhere) : { name: node.name, kind });

/** What the internet opens connections to inside the VPC, by the block of addresses that may. */
const publicPaths = (plan: Plan, to: Place): NetworkPath[] =>
    to.ports.flatMap((port) =>
        publicEntries(plan, to, port).map(({ cidr, by }) => ({
            from: internet(cidr),
            to: endOf(to),
            ports: String(port),
            by,
        })),
    );

/** Every hop from the internet's entries onward, and from workloads that the internet does not reach. */
function hopsOf(graph: Graph): Hop[] {
    const starts = [graph.start, ...graph.places.filter(isWorkload).map((place): Stop => ({ place }))];
    const stops = new Set(starts);
    const hops: Hop[] = [];
    for (const stop of stops) {
        for (const hop of graph.hopsFrom(stop)) {
            hops.push(hop);
            stops.add(hop.to);
        }
    }
    // Entries inside the VPC are told with their blocks of addresses.
    return hops.filter(({ from, to }) => from !== graph.start || to.place.subnets.length === 0);
}

const pathOfHop = ({ from, to, by }: Hop): NetworkPath => ({
    from: endOf(from.place),
    to: endOf(to.place),
    ...(to.port !== undefined && { ports: String(to.port) }),
    by,
});

/** Interface endpoints that a workload reaches, whether it calls their service or not. */
const endpointPaths = ({ plan, places }: Graph, from: Place): NetworkPath[] =>
    (isWorkload(from) ? places.filter(({ kind }) => kind === "endpoint") : []).flatMap((to) => {
        const by = connection(plan, from, to, httpsPort, "any");
        return by === undefined ? [] : [{ from: endOf(from), to: endOf(to), ports: String(httpsPort), by }];
    });

/** What calls the internet: a route out and a rule that lets it. */
function internetPaths(plan: Plan, from: Place): NetworkPath[] {
    const [way] = waysOut(from);
    return way === undefined
        ? []
        : internetRules(plan, from).map((rule) => {
              const [first, last] = [rule.inputs.fromPort, rule.inputs.toPort].map(String);
              return {
                  from: endOf(from),
                  to: internet(text(rule, "cidrIpv4") || text(rule, "prefixListId")),
                  ports: first === last ? first : `${first}-${last}`,
                  by: `egress ${rule.name}, route ${way.route.node.name}`,
              };
          });
}

/** File, below `golden/`, that records the network paths of a stack. */
export const pathsFile = (stack: string): string => `${stack}.paths.md`;

/** The paths as a Markdown table, a line each. */
export const pathsRecord = once((plan): string =>
    [
        `# Network paths of ${plan.stack}`,
        "",
        "Read from the plan (docs/reachability.md). TCP; what stands in no line is closed.",
        "",
        tableLine(["from", "to", "ports", "by"]),
        tableLine(["---", "---", "---", "---"]),
        ...pathsOf(plan).map(({ from, to, ports = "", by }) => tableLine([endText(from), endText(to), ports, by])),
        "",
    ].join("\n"),
);
