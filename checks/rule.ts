import type { PlatformSettings } from "../lib/settings.ts";
import type { Finding } from "../plan/finding.ts";
import type { Plan } from "../plan/plan.ts";

/** A promise about every plan, with what an auditor and a reviewer ask of it. */
export interface Rule {
    /** Kebab case: what `--rule`, exceptions and the list of controls call it. */
    readonly name: string;
    /** What holds of every plan, in a sentence that an operator would say. */
    readonly description: string;
    /** What to do when it is broken, in one sentence that starts with a verb. */
    readonly fix: string;
    /** Ids of the controls that it evidences, each listed in `checks/controls.ts`. */
    readonly controls: readonly string[];
    /** Types of the resources that it looks at, such as `rds/cluster:Cluster`; `*` for all of them. */
    readonly resourceTypes: readonly string[];
    readonly check: RuleCheck;
    /** What an auditor may ask to see of a plan that keeps it, line by line: paths, a matrix, a list. */
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

/** Every place where a plan breaks a rule; nothing where it keeps it. */
export const findViolations = (rule: Rule, plan: Plan, settings: PlatformSettings): Violation[] =>
    rule
        .check(plan, settings)
        .map((finding) =>
            typeof finding === "string"
                ? { resource: "the stack", type: "", reason: finding }
                : { resource: finding.node.name, type: finding.node.type, reason: finding.reason },
        );
