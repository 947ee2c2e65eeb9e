import type { Measurement } from "./measure.ts";

export interface BenchRow extends Measurement {
    label: string;
    /** Resources that were planned. */
    resources?: number;
}

/** What the plan of prod may take: the whole process, on two cores. */
export const planBudget = { seconds: 1.2, megabytes: 300 };

export const isWithinBudget = (measured: Pick<Measurement, "seconds" | "megabytes">): boolean =>
    measured.seconds <= planBudget.seconds && measured.megabytes <= planBudget.megabytes;

export function formatBenchTable(rows: BenchRow[]): string {
    const width = Math.max(...rows.map((row) => row.label.length));
    return [
        `${"".padEnd(width)}  resources  seconds  CPU seconds  peak MB`,
        ...rows.map(({ label, resources, seconds, cpuSeconds, megabytes }) =>
            [
                label.padEnd(width),
                String(resources ?? "").padStart(9),
                seconds.toFixed(2).padStart(7),
                cpuSeconds.toFixed(2).padStart(11),
                String(megabytes).padStart(7),
            ].join("  "),
        ),
        "",
    ].join("\n");
}
