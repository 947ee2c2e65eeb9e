import type { SimulationOutcome } from "../../analysis/capacity/outcome.ts";
import { formatColumns } from "../frame/table.ts";

const header = ["service", "load", "tasks", "covered after", "refused", "most waiting", "drained after", "absorbed"];

const formatMinutes = (seconds: number | undefined): string =>
    seconds === undefined ? "never" : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;

const formatRounded = (value: number): string => Math.round(value).toLocaleString("en");

const outcomeCells = ({ service, of, load, tasks, ...outcome }: SimulationOutcome): string[] => [
    service,
    `${formatRounded(load[0])} to ${formatRounded(load[1])} ${of}/s`,
    `${tasks.atRest} to ${tasks.peak} of ${tasks.maximum}`,
    formatMinutes(outcome.covered),
    of === "messages"
        ? "none"
        : `${formatRounded(outcome.refused)} (${Math.round(100 * outcome.refusedShare)} % until covered)`,
    formatRounded(outcome.worstBacklog),
    formatMinutes(outcome.drained),
    outcome.absorbed ? "yes" : "NO",
];

/** What came of the step, a line for each service, and what it takes of the account. */
export function reportText(title: string, outcomes: readonly SimulationOutcome[]): string {
    const lines = formatColumns([header, ...outcomes.map(outcomeCells)]);
    const sum = (value: (outcome: SimulationOutcome) => number) => outcomes.reduce((all, each) => all + value(each), 0);
    const tasks = sum((each) => each.tasks.peak);
    const vcpu = sum((each) => each.vcpu);
    const quota = `Together at their peaks: ${tasks} tasks with ${vcpu} vCPU, which the account's quota of Fargate vCPUs must allow.`;
    return [title, "", ...lines, "", quota, ""].join("\n");
}
