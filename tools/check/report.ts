import { controlsOfRule } from "../../checks/controls.ts";
import type { TypesByRule } from "../../checks/resource-types.ts";
import type { Rule } from "../../checks/rule.ts";
import type { CheckResult, RuleResult } from "../../checks/run-rules.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";

/** A verdict with what an auditor may ask to see. */
export interface RuleResultWithEvidence extends RuleResult {
    readonly evidence: readonly string[];
}

type CheckedRule = Omit<Rule, "check" | "evidence"> &
    Omit<RuleResultWithEvidence, "rule"> & {
        /** Ids of the controls that it helps to meet. */
        readonly controls: readonly string[];
    };

/** What a check found. */
export interface CheckReport {
    readonly project: string;
    readonly stack: string;
    readonly rules: readonly CheckedRule[];
    readonly exceptionProblems: readonly string[];
    readonly summary: Readonly<Record<"rules" | "passed" | "failed" | "excepted", number>>;
}

/** @param withEvidence whether to gather what rules that are not broken can show */
export function buildCheckReport(
    { plan, settings }: PlannedStack,
    { results, exceptionProblems }: CheckResult,
    withEvidence: boolean,
): CheckReport {
    const count = (outcome: RuleResult["outcome"]) => results.filter((verdict) => verdict.outcome === outcome).length;
    return {
        project: plan.project,
        stack: plan.stack,
        rules: results.map(({ rule, outcome, violations }) => {
            const { name, description, fix } = rule;
            const controls = controlsOfRule(rule);
            const evidence = withEvidence && outcome !== "failed" ? (rule.evidence?.(plan, settings) ?? []) : [];
            return { name, description, fix, controls, outcome, violations, evidence };
        }),
        exceptionProblems,
        summary: {
            rules: results.length,
            passed: count("passed"),
            failed: count("failed"),
            excepted: count("excepted"),
        },
    };
}

/** The report as `--json` writes it (docs/checks.md): with the types of resources that each rule reads. */
export const jsonReport = (report: CheckReport, typesByRule: TypesByRule) => ({
    ...report,
    rules: report.rules.map(({ name, description, fix, controls, ...result }) => ({
        ...{ name, description, fix, controls },
        resourceTypes: typesByRule.get(name),
        ...result,
    })),
});
