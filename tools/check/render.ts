import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import type { StyleText } from "../frame/context.ts";
import type { CheckReport } from "./report.ts";

type CheckedRule = CheckReport["rules"][number];

/** Violations of one rule that are shown; a fault of the provider is one of every resource. */
const maxViolations = 20;

const marks = { passed: "✓", excepted: "~", failed: "✗" } as const;

/** A report as people read it: what passed first, what failed last, where the terminal stops, then the count. */
export function renderCheckReport(
    { project, stack, rules, exceptionProblems, summary }: CheckReport,
    style: StyleText,
): string {
    const width = Math.max(0, ...rules.map(({ name }) => name.length));
    const groups = (["passed", "excepted", "failed"] as const)
        .map((outcome) => rules.filter((rule) => rule.outcome === outcome))
        .filter((group) => group.length > 0);
    const count = (["passed", "failed", "excepted"] as const).map((outcome) => `${summary[outcome]} ${outcome}`);
    return [
        style("bold", `${project} ${stack}`),
        "",
        ...groups.flatMap((group) => [...group.flatMap((rule) => ruleLines(rule, width, style)), ""]),
        ...(exceptionProblems.length > 0 ? [...exceptionProblems.map((line) => `${marks.failed} ${line}`), ""] : []),
        style("bold", [`${summary.rules} ${summary.rules === 1 ? "rule" : "rules"}`, ...count].join(", ")),
        "",
    ].join("\n");
}

function ruleLines(
    { name, description, fix, outcome, violations, evidence }: CheckedRule,
    width: number,
    style: StyleText,
) {
    const left = violations.length - maxViolations;
    return [
        `${marks[outcome]} ${style(outcome === "failed" ? "bold" : "dim", name.padEnd(width))}  ${description}`,
        ...violations.slice(0, maxViolations).map((violation) => `    ${violationText(violation)}`),
        ...(left > 0 ? [`    and ${left} more: --json lists all`] : []),
        ...(outcome === "failed" ? [`    ${style("dim", "fix:")} ${fix}`] : []),
        ...evidence.map((line) => `    ${style("dim", line)}`),
    ];
}

function violationText({ resource, type, reason, exception }: CheckedRule["violations"][number]): string {
    const exceptionText =
        exception === undefined
            ? ""
            : ` (excepted until ${exception.expires} by ${exception.owner}: ${exception.reason})`;
    return `${resource}${type === "" ? ":" : ` (${shortTypeName(type)})`} ${reason}${exceptionText}`;
}
