import { scaleLinear, type ScaleLinear } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import type { SimulatedService } from "../../analysis/capacity/service.ts";
import type { Course, Moment } from "../../analysis/capacity/simulation.ts";

interface Graph {
    readonly title: string;
    readonly lines: readonly {
        readonly name: string;
        readonly color: string;
        readonly value: (moment: Moment) => number;
    }[];
}

// In points: a panel with its axes, beside and below each other.
const panel = { width: 420, height: 200 };
const margin = { top: 34, right: 16, bottom: 30, left: 60 };
const outer = {
    width: panel.width + margin.left + margin.right,
    height: panel.height + margin.top + margin.bottom,
};

/** Distinct for colour-blind eyes, too (Okabe and Ito). */
const [blue, orange, green, red] = ["#0072b2", "#e69f00", "#009e73", "#d55e00"] as const;

const graphsOf = ({ of }: SimulatedService): Graph[] => [
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

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const short = (value: number): string =>
    new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value);

/** Load, capacity, tasks and backlog of each service over time, a row for each service. */
export function plot(title: string, courses: readonly Course[]): string {
    const columns = 3;
    const width = columns * outer.width;
    const height = 40 + courses.length * outer.height;
    const rows = courses.map((course, row) =>
        graphsOf(course.service)
            .map((graph, column) => {
                const x = column * outer.width + margin.left;
                const y = 40 + row * outer.height + margin.top;
                return `<g transform="translate(${x},${y})">${drawn(course, graph)}</g>`;
            })
            .join("\n"),
    );
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
<text x="${margin.left}" y="26" font-size="16" font-weight="bold">${escaped(title)}</text>
${rows.join("\n")}
</svg>
`;
}

function drawn({ service, moments }: Course, { title, lines }: Graph): string {
    const x = scaleLinear()
        .domain([0, moments.length / 60])
        .range([0, panel.width]);
    const most = Math.max(1, ...lines.map(({ value }) => Math.max(...moments.map(value))));
    const y = scaleLinear().domain([0, most]).nice(5).range([panel.height, 0]);
    const legend = lines
        .map(({ name, color }, i) => `<tspan x="${8 + i * 80}" fill="${color}">${escaped(name)}</tspan>`)
        .join("");
    return [
        `<text y="-20" font-weight="bold">${escaped(`${service.name}: ${title}`)}</text>`,
        axes(x, y),
        ...lines.map(({ color, value }) => {
            const path = line<Moment>()
                .x(({ second }) => x(second / 60))
                .y((moment) => y(value(moment)))
                .curve(curveStepAfter)
                .digits(1)(corners(moments, value));
            return `<path fill="none" stroke="${color}" stroke-width="1.5" d="${path}"/>`;
        }),
        `<text y="-6">${legend}</text>`,
    ].join("\n");
}

/** The moments at which a line turns: most seconds are like the one before. */
const corners = (moments: readonly Moment[], value: (moment: Moment) => number): Moment[] =>
    moments.filter((moment, i) => {
        const [before, after] = [moments[i - 1], moments[i + 1]];
        return before === undefined || after === undefined || value(before) !== value(moment);
    });

function axes(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): string {
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
                `<path stroke="#ddd" d="M0,${y(tick)}H${panel.width}"/><text x="-6" y="${y(tick) + 4}" text-anchor="end" fill="#555">${short(tick)}</text>`,
        );
    return [...heights, ...minutes].join("");
}
