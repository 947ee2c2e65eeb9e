import type { PlatformSettings } from "../lib/settings.ts";
import type { Plan } from "../plan/plan.ts";
import { exceptionProblem, expiryProblem, type Exception } from "./exceptions.ts";
import { findViolations, type Rule, type Violation } from "./rule.ts";

/** A violation, with the exception that allows it. */
export type ViolationWithException = Violation & { readonly exception?: Exception };

/** `excepted` where exceptions cover all violations. */
export interface RuleResult {
    readonly rule: Rule;
    readonly outcome: "passed" | "excepted" | "failed";
    readonly violations: readonly ViolationWithException[];
}

export interface CheckResult {
    readonly results: readonly RuleResult[];
    /** Exceptions for these rules and this stack that have expired, hold for too long or are not needed. */
    readonly exceptionProblems: readonly string[];
}

/**
 * Runs rules on a plan and applies its exceptions.
 *
 * @param today such as `2027-03-31`, on which an exception must hold
 */
export function runRules(
    rules: readonly Rule[],
    { plan, settings }: { plan: Plan; settings: PlatformSettings },
    exceptions: readonly Exception[],
    today: string,
): CheckResult {
    const own = [...exceptions.entries()].filter(
        ([, { rule, stack }]) => stack === plan.stack && rules.some(({ name }) => name === rule),
    );
    const used = new Set<Exception>();
    const verdicts = rules.map((rule): RuleResult => {
        const violations = findViolations(rule, plan, settings).map((violation): ViolationWithException => {
            const found = own.find(
                ([, { rule: name, resource }]) => name === rule.name && resource === violation.resource,
            );
            if (found === undefined) {
                return violation;
            }
            const [i, exception] = found;
            used.add(exception);
            return expiryProblem(i, exception, today) === undefined ? { ...violation, exception } : violation;
        });
        const open = violations.filter(({ exception }) => exception === undefined);
        return {
            rule,
            outcome: violations.length === 0 ? "passed" : open.length === 0 ? "excepted" : "failed",
            violations,
        };
    });
    return {
        results: verdicts,
        exceptionProblems: own.flatMap(([i, exception]) => {
            if (!used.has(exception)) {
                const needless = "must be one at which the stack breaks the rule: nothing needs this exception";
                return [exceptionProblem([i, "resource"], needless, exception.resource)];
            }
            return expiryProblem(i, exception, today) ?? [];
        }),
    };
}
