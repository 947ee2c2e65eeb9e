import { shortType } from "../../plan/fake-provider/outputs.ts";
import { at } from "../../lib/list.ts";
import { afterUp, detailsOf, show } from "./details.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { Secret, type Value } from "../../plan/value.ts";

export interface View {
    /**
     * Levels of the tree below its top.
     * @default all
     */
    depth?: number;
    /** Name of a component, or last part of its type: only these are shown. */
    only?: string;
    /** Marks up text for a terminal. */
    style: (as: "bold" | "dim", text: string) => string;
}

type Children = Map<string | undefined, PlanNode[]>;

const width = 120;

/** The plan as people read it: the tree of components, then totals and outputs. */
export function render(plan: Plan, view: View): string {
    const children: Children = grouped(plan.nodes, (node) => node.parent);
    const stack = at(plan.nodes, 0);
    const made = plan.nodes.filter(isMade);
    const components = plan.nodes.filter((node) => !node.custom && node !== stack);
    const title = `${plan.project} ${plan.stack}: ${count(made, "resource")} in ${count(components, "component")}`;
    const lines =
        view.only === undefined
            ? [
                  ...branches(children.get(stack.urn) ?? [], undefined, 0, { children, view }),
                  "",
                  ...totals(made),
                  ...outputsOf(plan, view),
              ]
            : branches(componentsNamed(plan, view.only), undefined, 0, { children, view });
    return [view.style("bold", title), "", ...lines, ""].join("\n");
}

/** The components that `--only` means. */
export const componentsNamed = (plan: Plan, name: string): PlanNode[] =>
    plan.nodes.filter((node) => !node.custom && [node.name, shortType(node.type)].includes(name));

/** AWS gets it, as opposed to a component, a provider and what is looked up. */
const isMade = (node: PlanNode): boolean => node.custom && !node.external && !node.type.startsWith("pulumi:providers:");

function grouped<K>(nodes: PlanNode[], keyOf: (node: PlanNode) => K): Map<K, PlanNode[]> {
    const groups = new Map<K, PlanNode[]>();
    for (const node of nodes) {
        const group = groups.get(keyOf(node)) ?? [];
        group.push(node);
        groups.set(keyOf(node), group);
    }
    return groups;
}

const count = (items: readonly unknown[], noun: string): string =>
    `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;

/** Resources first, by type, then the components; without `indent` they are the top of the tree. */
function branches(
    nodes: PlanNode[],
    indent: string | undefined,
    level: number,
    context: { children: Children; view: View },
): string[] {
    const { children, view } = context;
    const resources = nodes.filter((node) => node.custom).sort((a, b) => a.type.localeCompare(b.type));
    const sorted = [...resources, ...nodes.filter((node) => !node.custom)];
    const types = widest(resources.map((node) => shortType(node.type)));
    const names = widest(resources.map((node) => node.name));
    return sorted.flatMap((node, index) => {
        const last = index === sorted.length - 1;
        const start = indent === undefined ? "" : `${indent}${last ? "└─ " : "├─ "}`;
        const type = shortType(node.type);
        const line = node.custom
            ? styled(`${start}${type.padEnd(types)}  ${node.name.padEnd(names)}`, detailsOf(node), view)
            : heading(`${start}${type} ${node.name}`, count(madeBelow(node, children), "resource"), view);
        const below = indent === undefined ? "" : `${indent}${last ? "   " : "│  "}`;
        const deeper = level < (view.depth ?? Infinity) ? (children.get(node.urn) ?? []) : [];
        return [line, ...branches(deeper, below, level + 1, context)];
    });
}

const heading = (head: string, details: string, view: View): string =>
    `${view.style("bold", head)}  ${view.style("dim", details)}`;

function styled(head: string, details: string, view: View): string {
    if (details === "") {
        return head.trimEnd();
    }
    const room = Math.max(1, width - head.length - 2);
    return `${head}  ${view.style("dim", details.length > room ? `${details.slice(0, room - 1)}…` : details)}`;
}

const widest = (texts: string[]): number => Math.max(0, ...texts.map((text) => text.length));

const madeBelow = (node: PlanNode, children: Children): PlanNode[] =>
    (children.get(node.urn) ?? []).flatMap((child) => [
        ...(isMade(child) ? [child] : []),
        ...madeBelow(child, children),
    ]);

/** Resources by service, the most first. */
function totals(made: PlanNode[]): string[] {
    const services = [...grouped(made, (node) => shortType(node.type).replace(/\..*$/, ""))]
        .map(([service, nodes]): [string, number] => [service, nodes.length])
        .sort(([a, more], [b, less]) => less - more || a.localeCompare(b))
        .map(([service, number]) => `${service} ${number}`);
    const lines: string[] = [];
    let line = "By service:";
    for (const [index, service] of services.entries()) {
        const text = index === services.length - 1 ? service : `${service},`;
        if (line.length + 1 + text.length > width) {
            lines.push(line);
            line = " ";
        }
        line += ` ${text}`;
    }
    return [...lines, line];
}

function outputsOf(plan: Plan, view: View): string[] {
    const rows = Object.entries(plan.outputs).flatMap(([name, value]) => rowsOf(value, name, plan.unknownOutputs));
    const names = widest(rows.map(([path]) => path));
    return rows.length === 0
        ? []
        : ["", view.style("bold", "Outputs"), ...rows.map(([path, text]) => `  ${path.padEnd(names)}  ${text}`)];
}

/** Label and text of each line: one for each part of a map, and the label of a list on its first line only. */
function rowsOf(value: Value, path: string, unknown: string[]): [label: string, text: string][] {
    if (Array.isArray(value) && value.length > 0) {
        const texts = value.flatMap((item, index) => rowsOf(item, `${path}.${index}`, unknown).map(([, text]) => text));
        return texts.every((text) => text === afterUp)
            ? [[path, `${texts.length} x ${afterUp}`]]
            : texts.map((text, index) => [index === 0 ? path : "", text]);
    }
    return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret)
        ? Object.entries(value).flatMap(([key, inner]) => rowsOf(inner, `${path}.${key}`, unknown))
        : [[path, show(value, path, unknown)]];
}
