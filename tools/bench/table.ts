import { formatColumns } from "../frame/table.ts";
import type { Measurement } from "./measure.ts";

export interface BenchRow extends Measurement {
    label: string;
    /** Resources that were planned. */
    resources?: number;
}

/** The most that the plan of prod may take: the whole process, on two cores. */
export const planBudget = { seconds: 1.2, megabytes: 300 };

export const isWithinBudget = (measured: Pick<Measurement, "seconds" | "megabytes">): boolean =>
    measured.seconds <= planBudget.seconds && measured.megabytes <= planBudget.megabytes;

export const formatBenchTable = (rows: readonly BenchRow[]): string =>
    [
        ...formatColumns(
            [
                ["", "resources", "seconds", "CPU seconds", "peak MB"],
                ...rows.map(({ label, resources, seconds, cpuSeconds, megabytes }) => [
                    label,
                    String(resources ?? ""),
                    seconds.toFixed(2),
                    cpuSeconds.toFixed(2),
                    String(megabytes),
                ]),
            ],
            ["left", "right", "right", "right", "right"],
        ),
        "",
    ].join("\n");
