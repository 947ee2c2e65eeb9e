import type { PlatformSettings } from "../lib/settings.ts";
import type { Finding } from "../plan/finding.ts";
import type { Plan } from "../plan/plan.ts";
import { recordTypesOf } from "../plan/type-recording.ts";

/** A requirement on every plan. `checks/controls/` lists the controls that it helps to meet. */
export interface Rule {
    /** Kebab case. Used by `--rule`, `checks/exceptions.yaml` and `checks/controls/`. */
    readonly name: string;
    /** What is true of every plan that passes. */
    readonly description: string;
    /** How to correct a plan that fails, in one sentence that starts with a verb. */
    readonly fix: string;
    readonly check: RuleCheck;
    /** Lines for an auditor about a plan that passes: network paths, a permission matrix, a list. */
    readonly evidence?: (plan: Plan, settings: PlatformSettings) => string[];
}

export type RuleCheck = (plan: Plan, settings: PlatformSettings) => Finding[];

export interface Violation {
    /** Logical name of the resource, or `the stack`. */
    readonly resource: string;
    /** Type of the resource; empty for the stack. */
    readonly type: string;
    readonly reason: string;
}

/** The violations of a rule; empty where the plan passes. Rules that run on the same plan share what they compute. */
export const findViolations = (rule: Rule, plan: Plan, settings: PlatformSettings): Violation[] =>
    rule
        .check(plan, settings)
        .map((finding) =>
            typeof finding === "string"
                ? { resource: "the stack", type: "", reason: finding }
                : { resource: finding.node.name, type: finding.node.type, reason: finding.reason },
        );

export interface RuleRun {
    readonly violations: readonly Violation[];
    /** Types of resources that the rule read, as `recordTypesOf` returns them. */
    readonly resourceTypes: readonly string[];
}

/** As `findViolations`, with the types that the rule reads. */
export function runRule(rule: Rule, plan: Plan, settings: PlatformSettings): RuleRun {
    const { result, types } = recordTypesOf(plan, (recorded) => findViolations(rule, recorded, settings));
    return { violations: result, resourceTypes: types };
}
