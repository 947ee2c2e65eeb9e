import type { SimulationOutcome } from "../../analysis/capacity/outcome.ts";
import type { Settings } from "../../lib/settings/schema.ts";
import { formatTable, wrapLine } from "../frame/table.ts";

const header = [
    "service",
    "load",
    "tasks",
    "covered after",
    "overloaded for",
    "refused in 15 min",
    "most waiting",
    "drained after",
    "absorbed",
];

const formatMinutes = (seconds: number | undefined): string =>
    seconds === undefined ? "never" : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;

const formatRounded = (value: number): string => Math.round(value).toLocaleString("en");

const outcomeCells = ({ service, of, load, tasks, ...outcome }: SimulationOutcome): string[] => [
    service,
    `${formatRounded(load[0])} to ${formatRounded(load[1])} ${of}/s`,
    `${tasks.atRest} to ${tasks.peak} of ${tasks.maximum}`,
    formatMinutes(outcome.covered),
    formatMinutes(outcome.recovery),
    of === "messages" ? "none" : `${formatRounded(outcome.refused)} (${outcome.refusedPercent.toFixed(1)} %)`,
    formatRounded(outcome.worstBacklog),
    formatMinutes(outcome.drained),
    outcome.absorbed ? "yes" : "NO",
];

interface ReportArgs {
    readonly outcomes: readonly SimulationOutcome[];
    readonly levels: Settings["serviceLevels"];
    /** Characters of a line. @default lines are not wrapped */
    readonly width?: number;
}

/** The result of the spike, a line for each service, the levels that decide on it, and what it takes of the account. */
export function reportText(title: string, { outcomes, levels, width = Infinity }: ReportArgs): string {
    const lines = formatTable(header, outcomes.map(outcomeCells), width);
    const sum = (value: (outcome: SimulationOutcome) => number) => outcomes.reduce((all, each) => all + value(each), 0);
    const tasks = sum((each) => each.tasks.peak);
    const vcpu = sum((each) => each.vcpu);
    const quota = `Together at their peaks: ${tasks} tasks with ${vcpu} vCPU, which the account's quota of Fargate vCPUs must allow.`;
    const absorbed =
        `Absorbed: at most ${levels.refusedPercent} % refused in the first 15 minutes, overloaded for at most ` +
        `${levels.recoverySeconds} s, messages processed after at most ${levels.backlogMinutes} min (serviceLevels).`;
    const notes = [absorbed, quota].flatMap((line) => wrapLine(line, width, 2));
    return [...wrapLine(title, width, 2), "", ...lines, "", ...notes, ""].join("\n");
}
