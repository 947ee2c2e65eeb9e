import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import type { StyleText } from "../frame/context.ts";
import { wrapLine } from "../frame/table.ts";
import type { CheckReport } from "./report.ts";

type CheckedRule = CheckReport["rules"][number];

/** Violations of one rule that are shown; a fault of the provider is one of every resource. */
const maxViolations = 20;

const marks = { passed: "✓", excepted: "~", failed: "✗" } as const;

interface CheckRenderOptions {
    /** Whether the rules that passed are listed as well. */
    readonly showPassed: boolean;
    /** Characters of a line, which continues below. @default lines are not wrapped */
    readonly width?: number;
}

/** A report as people read it: what failed, what is excepted, and the count. */
export function renderCheckReport(
    { project, stack, rules, exceptionProblems, summary }: CheckReport,
    style: StyleText,
    { showPassed, width: lineWidth = Infinity }: CheckRenderOptions,
): string {
    const outcomes = ["failed", "excepted", ...(showPassed ? (["passed"] as const) : [])] as const;
    const groups = outcomes
        .map((outcome) => rules.filter((rule) => rule.outcome === outcome))
        .filter((group) => group.length > 0);
    const width = Math.max(0, ...groups.flat().map(({ name }) => name.length));
    const count = (["passed", "failed", "excepted"] as const).map((outcome) => `${summary[outcome]} ${outcome}`);
    return [
        style("bold", `${project} ${stack}`),
        "",
        ...(exceptionProblems.length > 0 ? [...exceptionProblems.map((line) => `${marks.failed} ${line}`), ""] : []),
        ...groups.flatMap((group) => [...group.flatMap((rule) => ruleLines(rule, { width, lineWidth }, style)), ""]),
        style("bold", [`${summary.rules} ${summary.rules === 1 ? "rule" : "rules"}`, ...count].join(", ")),
        "",
    ].join("\n");
}

function ruleLines(
    { name, description, fix, outcome, violations, evidence }: CheckedRule,
    { width, lineWidth }: { width: number; lineWidth: number },
    style: StyleText,
) {
    const wrapDetail = (line: string) => wrapLine(`    ${line}`, lineWidth, 8);
    const [first = "", ...rest] = wrapLine(`  ${" ".repeat(width)}  ${description}`, lineWidth, width + 4);
    const left = violations.length - maxViolations;
    return [
        `${marks[outcome]} ${style(outcome === "failed" ? "bold" : "dim", name.padEnd(width))}${first.slice(width + 2)}`,
        ...rest,
        ...violations.slice(0, maxViolations).flatMap((violation) => wrapDetail(violationText(violation))),
        ...(left > 0 ? [`    and ${left} more: --json lists all`] : []),
        ...(outcome === "failed"
            ? wrapDetail(`fix: ${fix}`).map((line) => line.replace(/^ {4}fix:/, `    ${style("dim", "fix:")}`))
            : []),
        ...evidence.flatMap(wrapDetail).map((line) => style("dim", line)),
    ];
}

function violationText({ resource, type, reason, exception }: CheckedRule["violations"][number]): string {
    const exceptionText =
        exception === undefined
            ? ""
            : ` (excepted until ${exception.expires} by ${exception.owner}: ${exception.reason})`;
    return `${resource}${type === "" ? ":" : ` (${shortTypeName(type)})`} ${reason}${exceptionText}`;
}
