import type { Graph, Subgraph, Viz } from "@viz-js/viz";
import { partGroups, type PartGroup } from "../../analysis/architecture/architecture.ts";
import type { Arrow, Box, Drawing, Frame } from "./drawing.ts";

/** Positions in pixels. Boxes by their centre, frames as `[left, top, width, height]`, arrows as the path and its text's place. */
export interface Layout {
    readonly size: readonly [width: number, height: number];
    readonly boxes: Readonly<Record<string, readonly [x: number, y: number]>>;
    readonly frames: Readonly<Record<string, readonly [x: number, y: number, width: number, height: number]>>;
    readonly arrows: Readonly<Record<string, readonly [path: string, x?: number, y?: number]>>;
}

/** Every combination of what is open, as bits in the order of `partGroups`. */
export const openSets: readonly ReadonlySet<PartGroup>[] = Array.from(
    { length: 2 ** partGroups.length },
    (_, bits) => new Set(partGroups.filter((_group, i) => (bits >> i) % 2 === 1)),
);

const pointsPerInch = 72;
export const boxHeight = 46;

/** Wide enough for any sans-serif font of a system. */
export const boxWidth = ({ title, caption, opens }: Box): number =>
    Math.round(Math.max(90, title.length * 8.2 + (opens === undefined ? 0 : 24), caption.length * 6.5) + 28);

/** Graphviz finds a place for all. */
export function layoutOf(viz: Viz, drawing: Drawing): Layout {
    const found = viz.renderJSON(graphOf(drawing), { yInvert: true }) as unknown as GraphvizResult;
    const [left, top, right, bottom] = numbersIn(found.bb);
    const objects = new Map(found.objects.map((each) => [each.name, each]));
    return {
        size: [Math.ceil(Math.abs(right - left)), Math.ceil(Math.abs(bottom - top))],
        boxes: Object.fromEntries(
            drawing.boxes.map(({ id }) => {
                const [x, y] = numbersIn(objects.get(id)?.pos);
                return [id, [Math.round(x), Math.round(y)]];
            }),
        ),
        frames: Object.fromEntries(
            drawing.frames.map(({ id }) => [id, rectangleOf(numbersIn(objects.get(`cluster_${id}`)?.bb))]),
        ),
        arrows: Object.fromEntries(
            (found.edges ?? []).map((edge) => {
                const [x, y] = numbersIn(edge.lp).map(Math.round);
                return [edge.id, edge.lp === undefined ? [curveOf(edge.pos)] : [curveOf(edge.pos), x, y]];
            }),
        ),
    };
}

/** What Graphviz writes as JSON, as far as it is read here. */
interface GraphvizResult {
    readonly bb: string;
    readonly objects: readonly { readonly name: string; readonly pos?: string; readonly bb?: string }[];
    readonly edges?: readonly { readonly id: string; readonly pos: string; readonly lp?: string }[];
}

type Numbers = [number, number, number, number];
const numbersIn = (text = ""): Numbers => text.split(",").map(Number) as Numbers;

const rectangleOf = ([x1, y1, x2, y2]: Numbers): [number, number, number, number] => [
    Math.round(Math.min(x1, x2)),
    Math.round(Math.min(y1, y2)),
    Math.round(Math.abs(x2 - x1)),
    Math.round(Math.abs(y2 - y1)),
];

/** `e,10,20 1,2 3,4 5,6 7,8`, the end of the arrow and then the points of cubic Bézier curves -> the `d` of an SVG path. */
function curveOf(pos: string): string {
    const points = pos.split(" ");
    const [end] = points.filter((point) => point.startsWith("e,"));
    const [start = "", ...others] = points.filter((point) => /^[-\d]/.test(point)).map(roundPoint);
    return `M${start}C${others.join(" ")}${end === undefined ? "" : `L${roundPoint(end.slice(2))}`}`;
}

const roundPoint = (point: string): string =>
    point
        .split(",")
        .map((number) => Math.round(Number(number)))
        .join(",");

function graphOf({ boxes, frames, arrows }: Drawing): Graph {
    return {
        directed: true,
        graphAttributes: {
            rankdir: "LR",
            compound: true,
            nodesep: 0.22,
            ranksep: 0.55,
            fontname: "Helvetica",
            pad: 0.1,
        },
        nodeAttributes: { shape: "box", fixedsize: true, label: "" },
        edgeAttributes: { fontname: "Helvetica", fontsize: 11, arrowsize: 0.7 },
        nodes: nodesIn(boxes, undefined),
        subgraphs: subgraphsIn(boxes, frames, undefined),
        edges: arrows.map(edgeOf),
    };
}

const nodesIn = (boxes: readonly Box[], frame: string | undefined) =>
    boxes
        .filter((box) => box.frame === frame)
        .map((box) => ({
            name: box.id,
            attributes: { width: boxWidth(box) / pointsPerInch, height: boxHeight / pointsPerInch },
        }));

const subgraphsIn = (boxes: readonly Box[], frames: readonly Frame[], within: string | undefined): Subgraph[] =>
    frames
        .filter((frame) => frame.within === within)
        .map(({ id, lines }) => ({
            name: `cluster_${id}`,
            graphAttributes: { label: lines.join("\n"), labeljust: "l", fontsize: 13, margin: 14 },
            nodes: nodesIn(boxes, id),
            subgraphs: subgraphsIn(boxes, frames, id),
        }));

const edgeOf = ({ id, from, to, kind, text, toFrame, isFree }: Arrow) => ({
    tail: from,
    head: to,
    attributes: {
        id,
        ...(text === "" ? {} : { label: ` ${text} ` }),
        ...(toFrame === undefined ? {} : { lhead: `cluster_${toFrame}` }),
        ...(isFree ? { constraint: false } : {}),
        weight: kind === "request" ? 2 : 1,
    },
});
