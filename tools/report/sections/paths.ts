import { barriersOf } from "../../../analysis/network/barriers.ts";
import { networkGraphOf, type Hop } from "../../../analysis/network/network-graph.ts";
import { nodeLabel, type NetworkNode } from "../../../analysis/network/network-nodes.ts";
import { hopPathText, intendedPaths, unintendedPaths, type HopPath } from "../../../analysis/network/paths.ts";
import { compareText } from "../../../plan/query.ts";
import { markup, type Html } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { badge, resourceAnchor, searchRow, table, type Section } from "./section.ts";

/** From the internet to each store, and why each path ends there. */
export function pathsSection({ plan, settings, docs }: ReportModel): Section {
    const { environmentSuffix: suffix } = settings;
    const graph = networkGraphOf(plan);
    const paths = intendedPaths(graph);
    const wrong = unintendedPaths(graph);
    const stores = graph.nodes
        .filter(({ kind }) => kind === "store")
        .toSorted((a, b) => compareText(nodeLabel(a, suffix), nodeLabel(b, suffix)));
    const storePart = (store: NetworkNode): Html => {
        const own = paths.filter((path) => path.at(-1)?.to.networkNode === store);
        const unintended = wrong.filter(({ path }) => path.at(-1)?.to.networkNode === store).map(({ path }) => path);
        return markup`<details class="entry" data-row><summary><span class="name">${nodeLabel(store, suffix)}</span> ${countBadge(own, unintended)}</summary>
${pathList([...unintended, ...own], suffix)}
<h3>Why the internet cannot connect to it</h3>
<ul>${barriersOf(plan, store).map((barrier) => markup`<li>${barrier}</li>`)}</ul>
${store.node === undefined ? undefined : markup`<p><a href="#${resourceAnchor(store.node)}">Its properties</a></p>`}</details>\n`;
    };
    const hops = [...new Set(paths.flat())];
    return {
        id: "paths",
        title: "Network paths",
        body: markup`<p>From the internet to each store, read from routes, security groups, network ACLs, listeners and policies
(<a href="${docs}/reachability.md">how</a>). A store opens no connection, so every path ends at it.</p>
<div class="list">${stores.map(storePart)}</div>
<h3>What allows each step</h3>
${table(
    "Steps of the paths",
    ["Step", "Allowed by"],
    hops.map((hop) => hopRow(hop, suffix)),
)}`,
    };
}

const countBadge = (own: readonly HopPath[], unintended: readonly HopPath[]): Html =>
    unintended.length > 0
        ? badge("failed", `${unintended.length} unintended`)
        : own.length > 0
          ? badge("count", `${own.length} ${own.length === 1 ? "path" : "paths"}`)
          : badge("passed", "no path");

const pathList = (paths: readonly HopPath[], suffix: string): Html =>
    paths.length === 0
        ? markup`<p>No path from the internet leads to it.</p>`
        : markup`<ol class="paths">${paths.map(
              (path) =>
                  markup`<li>${hopPathText(path, suffix)
                      .split(" -> ")
                      .map((step, i) =>
                          i === 0
                              ? markup`<span>${step}</span>`
                              : markup` <span aria-hidden="true">→</span> <span>${step}</span>`,
                      )}</li>`,
          )}</ol>`;

const hopRow = ({ from, to, allowedBy }: Hop, suffix: string): Html =>
    searchRow([
        `${nodeLabel(from.networkNode, suffix)} → ${nodeLabel(to.networkNode, suffix)}${to.port === undefined ? "" : `:${to.port}`}`,
        allowedBy,
    ]);
