import type { PlatformSettings } from "../../lib/settings.ts";
import type { Rule } from "../../checks/rule.ts";
import type { Judgement, Verdict } from "../../checks/run-rules.ts";
import type { Plan } from "../../plan/plan.ts";

/** A verdict with what an auditor may ask to see. */
export interface Line extends Verdict {
    readonly evidence: readonly string[];
}

/** What a check found, in the shape that `--json` writes (docs/checks.md). */
export interface Report {
    readonly project: string;
    readonly stack: string;
    readonly rules: readonly (Omit<Rule, "check" | "evidence"> & Omit<Line, "rule">)[];
    readonly exceptionProblems: readonly string[];
    readonly summary: Readonly<Record<"rules" | "passed" | "failed" | "excepted", number>>;
}

/** @param withEvidence whether to gather what rules that are not broken can show */
export function reportOf(
    { plan, settings }: { plan: Plan; settings: PlatformSettings },
    { verdicts, problems }: Judgement,
    withEvidence: boolean,
): Report {
    const count = (outcome: Verdict["outcome"]) => verdicts.filter((verdict) => verdict.outcome === outcome).length;
    return {
        project: plan.project,
        stack: plan.stack,
        rules: verdicts.map(({ rule, outcome, violations }) => {
            const { name, promise, fix, controls, about } = rule;
            const evidence = withEvidence && outcome !== "failed" ? (rule.evidence?.(plan, settings) ?? []) : [];
            return { name, promise, fix, controls, about, outcome, violations, evidence };
        }),
        exceptionProblems: problems,
        summary: {
            rules: verdicts.length,
            passed: count("passed"),
            failed: count("failed"),
            excepted: count("excepted"),
        },
    };
}
