import type { PlatformSettings } from "../lib/settings.ts";
import { readExceptions } from "./exceptions.ts";
import type { Rule } from "./rule.ts";
import { runRules } from "./run-rules.ts";
import type { Plan } from "../plan/plan.ts";
import { stackNamesIn } from "../plan/stack-file.ts";

/**
 * Violations without an exception, one line each, and problems of the exceptions.
 *
 * @param today such as `2027-03-31`, to find expired exceptions
 */
export function listBrokenRules(
    root: string,
    rules: readonly Rule[],
    planned: { plan: Plan; settings: PlatformSettings },
    today: string,
): string[] {
    const exceptions = readExceptions(root, { rules: rules.map(({ name }) => name), stacks: stackNamesIn(root) });
    const { results, exceptionProblems } = runRules(rules, planned, exceptions, today);
    const broken = results.flatMap(({ rule, violations }) =>
        violations
            .filter(({ exception }) => exception === undefined)
            .map(({ resource, reason }) => `${rule.name}: ${resource}: ${reason}; ${rule.fix}`),
    );
    return [...broken, ...exceptionProblems];
}
