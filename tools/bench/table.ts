import type { Measurement } from "./measure.ts";

export interface Row extends Measurement {
    what: string;
    /** Resources that were planned. */
    resources?: number;
}

/** What the plan of prod may take: the whole process, on two cores. */
export const budget = { seconds: 1.2, megabytes: 300 };

export const withinBudget = (measured: Pick<Measurement, "seconds" | "megabytes">): boolean =>
    measured.seconds <= budget.seconds && measured.megabytes <= budget.megabytes;

export function table(rows: Row[]): string {
    const width = Math.max(...rows.map((row) => row.what.length));
    return [
        `${"".padEnd(width)}  resources  seconds  CPU seconds  peak MB`,
        ...rows.map(({ what, resources, seconds, cpuSeconds, megabytes }) =>
            [
                what.padEnd(width),
                String(resources ?? "").padStart(9),
                seconds.toFixed(2).padStart(7),
                cpuSeconds.toFixed(2).padStart(11),
                String(megabytes).padStart(7),
            ].join("  "),
        ),
        "",
    ].join("\n");
}
