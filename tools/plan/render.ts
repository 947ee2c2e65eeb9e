import { isCreatedInAws } from "../../analysis/resources/facts.ts";
import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import { requireItem } from "../../lib/list.ts";
import { knownAfterUpText, nodeDetails, formatValue } from "./details.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { compareText } from "../../plan/query.ts";
import { isValueRecord, type Value } from "../../plan/value.ts";
import type { StyleText } from "../frame/context.ts";

export interface RenderOptions {
    /**
     * Levels of the tree below its top.
     * @default all
     */
    depth?: number;
    /** Name of a component, or last part of its type: only these are shown. */
    only?: string;
    style: StyleText;
    /** Characters of a line. */
    width: number;
}

type ChildrenByParent = Map<string | undefined, PlanNode[]>;

/** The plan as people read it: the tree of components, then totals and outputs. */
export function renderPlan(plan: Plan, view: RenderOptions): string {
    const children: ChildrenByParent = Map.groupBy(plan.nodes, (node) => node.parent);
    const stack = requireItem(plan.nodes, 0);
    const made = plan.nodes.filter(isCreatedInAws);
    const components = plan.nodes.filter((node) => !node.custom && node !== stack);
    const title = `${plan.project} ${plan.stack}: ${formatCount(made, "resource")} in ${formatCount(components, "component")}`;
    const lines =
        view.only === undefined
            ? [
                  ...renderBranches(children.get(stack.urn) ?? [], undefined, 0, { children, view }),
                  "",
                  ...totalsByService(made, view.width),
                  ...outputLines(plan, view),
              ]
            : renderBranches(findComponents(plan, view.only), undefined, 0, { children, view });
    return [view.style("bold", title), "", ...lines, ""].join("\n");
}

/** The components that `--only` means. */
export const findComponents = (plan: Plan, name: string): PlanNode[] =>
    plan.nodes.filter((node) => !node.custom && [node.name, shortTypeName(node.type)].includes(name));

/** Names that `--only` takes. */
export const componentNames = ({ nodes: [, ...nodes] }: Plan): string[] => [
    ...new Set(nodes.filter((node) => !node.custom).flatMap((node) => [node.name, shortTypeName(node.type)])),
];

const formatCount = (items: readonly unknown[], noun: string): string =>
    `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;

/** Resources first, by type, then the components; without `indent` they are the top of the tree. */
function renderBranches(
    nodes: PlanNode[],
    indent: string | undefined,
    level: number,
    context: { children: ChildrenByParent; view: RenderOptions },
): string[] {
    const { children, view } = context;
    const resources = nodes.filter((node) => node.custom).sort((a, b) => compareText(a.type, b.type));
    const sorted = [...resources, ...nodes.filter((node) => !node.custom)];
    const widths = [resources.map((node) => shortTypeName(node.type)), resources.map((node) => node.name)].map(
        maxLength,
    );
    const treeWidth = indent === undefined ? 0 : indent.length + "├─ ".length;
    // On a narrow terminal, columns would leave no room for the details.
    const hasRoom = treeWidth + widths.reduce((sum, each) => sum + each + 2, 0) < view.width;
    const [types = 0, names = 0] = hasRoom ? widths : [];
    return sorted.flatMap((node, index) => {
        const last = index === sorted.length - 1;
        const start = indent === undefined ? "" : `${indent}${last ? "└─ " : "├─ "}`;
        const type = shortTypeName(node.type);
        const line = node.custom
            ? resourceLine(`${start}${type.padEnd(types)}  ${node.name.padEnd(names)}`, nodeDetails(node), view)
            : componentLine(
                  `${start}${type} ${node.name}`,
                  formatCount(resourcesBelow(node, children), "resource"),
                  view,
              );
        const below = indent === undefined ? "" : `${indent}${last ? "   " : "│  "}`;
        const deeper = level < (view.depth ?? Infinity) ? (children.get(node.urn) ?? []) : [];
        return [line, ...renderBranches(deeper, below, level + 1, context)];
    });
}

const componentLine = (head: string, details: string, view: RenderOptions): string =>
    `${view.style("bold", head)}  ${view.style("dim", details)}`;

function resourceLine(head: string, details: string, view: RenderOptions): string {
    const detailsLength = view.width - head.length - 2;
    if (details === "" || detailsLength < 1) {
        return head.trimEnd();
    }
    return `${head}  ${view.style("dim", details.length > detailsLength ? `${details.slice(0, detailsLength - 1)}…` : details)}`;
}

const maxLength = (texts: string[]): number => Math.max(0, ...texts.map((text) => text.length));

const resourcesBelow = (node: PlanNode, children: ChildrenByParent): PlanNode[] =>
    (children.get(node.urn) ?? []).flatMap((child) => [
        ...(isCreatedInAws(child) ? [child] : []),
        ...resourcesBelow(child, children),
    ]);

/** Resources by service, the most first. */
function totalsByService(made: PlanNode[], width: number): string[] {
    const services = [...Map.groupBy(made, (node) => shortTypeName(node.type).replace(/\..*$/, ""))]
        .map(([service, nodes]): [string, number] => [service, nodes.length])
        .sort(([a, more], [b, less]) => less - more || compareText(a, b))
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

function outputLines(plan: Plan, view: RenderOptions): string[] {
    const rows = Object.entries(plan.outputs).flatMap(([name, value]) => outputRows(value, name, plan.unknownOutputs));
    const names = maxLength(rows.map(([path]) => path));
    return rows.length === 0
        ? []
        : ["", view.style("bold", "Outputs"), ...rows.map(([path, text]) => `  ${path.padEnd(names)}  ${text}`)];
}

/** Label and text of each line: one for each part of a map, and the label of a list on its first line only. */
function outputRows(value: Value, path: string, unknown: string[]): [label: string, text: string][] {
    if (Array.isArray(value) && value.length > 0) {
        const texts = value.flatMap((item, index) =>
            outputRows(item, `${path}.${index}`, unknown).map(([, text]) => text),
        );
        return texts.every((text) => text === knownAfterUpText)
            ? [[path, `${texts.length} x ${knownAfterUpText}`]]
            : texts.map((text, index) => [index === 0 ? path : "", text]);
    }
    return isValueRecord(value)
        ? Object.entries(value).flatMap(([key, inner]) => outputRows(inner, `${path}.${key}`, unknown))
        : [[path, formatValue(value, path, unknown)]];
}
