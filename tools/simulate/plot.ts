import { scaleLinear, type ScaleLinear } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import type { SimulatedService } from "../../analysis/capacity/service.ts";
import type { ServiceTimeline, SimulatedSecond } from "../../analysis/capacity/simulation.ts";

interface Graph {
    readonly title: string;
    readonly lines: readonly {
        readonly name: string;
        readonly color: string;
        readonly value: (moment: SimulatedSecond) => number;
    }[];
}

// In points: a panel with its axes, beside and below each other.
const panel = { width: 420, height: 200 };
const margin = { top: 34, right: 16, bottom: 30, left: 60 };
const panelWithMargin = {
    width: panel.width + margin.left + margin.right,
    height: panel.height + margin.top + margin.bottom,
};

/** Distinct for colour-blind eyes, too (Okabe and Ito). */
const [blue, orange, green, red] = ["#0072b2", "#e69f00", "#009e73", "#d55e00"] as const;

const serviceGraphs = ({ of }: SimulatedService): Graph[] => [
    {
        title: `${of} a second`,
        lines: [
            { name: "load", color: blue, value: ({ arrived }) => arrived },
            { name: "capacity", color: green, value: ({ capacity }) => capacity },
            { name: "refused", color: red, value: ({ refused }) => refused },
        ],
    },
    {
        title: "tasks",
        lines: [
            { name: "asked for", color: orange, value: ({ desired }) => desired },
            { name: "serving", color: green, value: ({ running }) => running },
        ],
    },
    { title: `${of} that wait`, lines: [{ name: "backlog", color: red, value: ({ waiting }) => waiting }] },
];

const escapeXml = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const formatCompact = (value: number): string =>
    new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value);

/** Load, capacity, tasks and backlog of each service over time, a row for each service. */
export function renderPlot(title: string, courses: readonly ServiceTimeline[]): string {
    const columns = 3;
    const width = columns * panelWithMargin.width;
    const height = 40 + courses.length * panelWithMargin.height;
    const rows = courses.map((course, row) =>
        serviceGraphs(course.service)
            .map((graph, column) => {
                const x = column * panelWithMargin.width + margin.left;
                const y = 40 + row * panelWithMargin.height + margin.top;
                return `<g transform="translate(${x},${y})">${renderGraph(course, graph)}</g>`;
            })
            .join("\n"),
    );
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
<text x="${margin.left}" y="26" font-size="16" font-weight="bold">${escapeXml(title)}</text>
${rows.join("\n")}
</svg>
`;
}

function renderGraph({ service, seconds }: ServiceTimeline, { title, lines }: Graph): string {
    const x = scaleLinear()
        .domain([0, seconds.length / 60])
        .range([0, panel.width]);
    const most = Math.max(1, ...lines.map(({ value }) => Math.max(...seconds.map(value))));
    const y = scaleLinear().domain([0, most]).nice(5).range([panel.height, 0]);
    const legend = lines
        .map(({ name, color }, i) => `<tspan x="${8 + i * 80}" fill="${color}">${escapeXml(name)}</tspan>`)
        .join("");
    return [
        `<text y="-20" font-weight="bold">${escapeXml(`${service.name}: ${title}`)}</text>`,
        renderAxes(x, y),
        ...lines.map(({ color, value }) => {
            const path = line<SimulatedSecond>()
                .x(({ second }) => x(second / 60))
                .y((moment) => y(value(moment)))
                .curve(curveStepAfter)
                .digits(1)(momentsOfChange(seconds, value));
            return `<path fill="none" stroke="${color}" stroke-width="1.5" d="${path}"/>`;
        }),
        `<text y="-6">${legend}</text>`,
    ].join("\n");
}

/** The moments at which a line turns: most seconds are like the one before. */
const momentsOfChange = (
    moments: readonly SimulatedSecond[],
    value: (moment: SimulatedSecond) => number,
): SimulatedSecond[] =>
    moments.filter((moment, i) => {
        const [before, after] = [moments[i - 1], moments[i + 1]];
        return before === undefined || after === undefined || value(before) !== value(moment);
    });

function renderAxes(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): string {
    const minutes = x
        .ticks(8)
        .map(
            (tick) =>
                `<text x="${x(tick)}" y="${panel.height + 16}" text-anchor="middle" fill="#555">${tick} min</text>`,
        );
    const heights = y
        .ticks(5)
        .map(
            (tick) =>
                `<path stroke="#ddd" d="M0,${y(tick)}H${panel.width}"/><text x="-6" y="${y(tick) + 4}" text-anchor="end" fill="#555">${formatCompact(tick)}</text>`,
        );
    return [...heights, ...minutes].join("");
}
