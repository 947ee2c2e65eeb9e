import type { Outcome } from "../../analysis/capacity/outcome.ts";

const head = ["service", "load", "tasks", "covered after", "refused", "most waiting", "drained after", "absorbed"];

const minutes = (seconds: number | undefined): string =>
    seconds === undefined ? "never" : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;

const rounded = (value: number): string => Math.round(value).toLocaleString("en");

const cellsOf = ({ service, of, load, tasks, ...outcome }: Outcome): string[] => [
    service,
    `${rounded(load[0])} to ${rounded(load[1])} ${of}/s`,
    `${tasks.atRest} to ${tasks.peak} of ${tasks.maximum}`,
    minutes(outcome.covered),
    of === "messages"
        ? "none"
        : `${rounded(outcome.refused)} (${Math.round(100 * outcome.refusedShare)} % until covered)`,
    rounded(outcome.worstBacklog),
    minutes(outcome.drained),
    outcome.absorbed ? "yes" : "NO",
];

/** What came of the step, a line for each service, and what it takes of the account. */
export function report(title: string, outcomes: readonly Outcome[]): string {
    const rows = [head, ...outcomes.map(cellsOf)];
    const widths = head.map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
    const lines = rows.map((row) =>
        widths
            .map((width, i) => String(row[i]).padEnd(width))
            .join("  ")
            .trimEnd(),
    );
    const sum = (value: (outcome: Outcome) => number) => outcomes.reduce((all, each) => all + value(each), 0);
    const tasks = sum((each) => each.tasks.peak);
    const vcpu = sum((each) => each.vcpu);
    const quota = `Together at their peaks: ${tasks} tasks with ${vcpu} vCPU, which the account's quota of Fargate vCPUs must allow.`;
    return [title, "", ...lines, "", quota, ""].join("\n");
}
