import { shortType } from "../../plan/fake-provider/outputs.ts";
import type { Report } from "./report.ts";

export type Style = (as: "bold" | "dim", text: string) => string;

type Checked = Report["rules"][number];

/** Violations of one rule that are shown; a fault of the provider is one of every resource. */
const mostShown = 20;

const marks = { passed: "✓", excepted: "~", failed: "✗" } as const;

/** A report as people read it: what passed first, what failed last, where the terminal stops, then the count. */
export function render({ project, stack, rules, exceptionProblems, summary }: Report, style: Style): string {
    const width = Math.max(0, ...rules.map(({ name }) => name.length));
    const groups = (["passed", "excepted", "failed"] as const)
        .map((outcome) => rules.filter((rule) => rule.outcome === outcome))
        .filter((group) => group.length > 0);
    const count = (["passed", "failed", "excepted"] as const).map((outcome) => `${summary[outcome]} ${outcome}`);
    return [
        style("bold", `${project} ${stack}`),
        "",
        ...groups.flatMap((group) => [...group.flatMap((rule) => linesOf(rule, width, style)), ""]),
        ...(exceptionProblems.length > 0 ? [...exceptionProblems.map((line) => `${marks.failed} ${line}`), ""] : []),
        style("bold", [`${summary.rules} ${summary.rules === 1 ? "rule" : "rules"}`, ...count].join(", ")),
        "",
    ].join("\n");
}

function linesOf({ name, promise, fix, outcome, violations, evidence }: Checked, width: number, style: Style) {
    const left = violations.length - mostShown;
    return [
        `${marks[outcome]} ${style(outcome === "failed" ? "bold" : "dim", name.padEnd(width))}  ${promise}`,
        ...violations.slice(0, mostShown).map((violation) => `    ${placeOf(violation)}`),
        ...(left > 0 ? [`    and ${left} more: --json lists all`] : []),
        ...(outcome === "failed" ? [`    ${style("dim", "fix:")} ${fix}`] : []),
        ...evidence.map((line) => `    ${style("dim", line)}`),
    ];
}

function placeOf({ resource, type, reason, exception }: Checked["violations"][number]): string {
    const leave =
        exception === undefined
            ? ""
            : ` (excepted until ${exception.expires} by ${exception.owner}: ${exception.reason})`;
    return `${resource}${type === "" ? ":" : ` (${shortType(type)})`} ${reason}${leave}`;
}
