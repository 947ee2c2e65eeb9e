import type { PlatformSettings } from "../settings.ts";
import { isInPciScope } from "./compliance.ts";
import { guardrails } from "./guardrails.ts";
import { suggestName, type SettingProblem } from "./problem.ts";
import { type InvalidPaths, isValidSoFar, checkRule } from "./rule.ts";

/**
 * Guardrails that a stack in the scope of PCI DSS breaks and does not waive, and invalid waivers of any stack. An
 * unneeded waiver is an error: it could hide a later mistake.
 *
 * @param today as `2027-03-31`
 */
export function applyGuardrails(settings: PlatformSettings, faults: InvalidPaths, today: string): SettingProblem[] {
    if (!isValidSoFar(faults, ["compliance"])) {
        return [];
    }
    const waivers = isValidSoFar(faults, ["waivers"]) ? [...settings.waivers.entries()] : [];
    const named = waivers.filter(([i]) => isValidSoFar(faults, ["waivers", String(i), "rule"]));
    // An invalid date is reported by the schema, so it does not invalidate the waiver here.
    const isExpired = (i: number, expires: string) =>
        isValidSoFar(faults, ["waivers", String(i), "expires"]) && expires < today;

    const isInScope = isInPciScope(settings);
    const verdicts = guardrails.map(({ name, ...rule }) => {
        const { problems, isUndecided } = checkRule({ name, ...rule }, settings, faults, today);
        const isViolatedOrUndecided = isInScope && (isUndecided || problems.length > 0);
        return { name, problems: isInScope ? problems : [], isViolatedOrUndecided };
    });
    const refused = verdicts.flatMap(({ name, problems }) =>
        named.some(([i, { rule, expires }]) => rule === name && !isExpired(i, expires))
            ? []
            : problems.map((problem) => ({
                  ...problem,
                  message: `${problem.message} with compliance PCI-DSS (guardrail ${name})`,
              })),
    );

    const names = guardrails.map(({ name }) => name);
    const wrong = named.flatMap(([i, { rule, expires }]): SettingProblem[] => {
        const at = (field: "rule" | "expires", message: string, got: string) => [
            { path: ["waivers", i, field], message, got },
        ];
        if (!names.includes(rule)) {
            return at("rule", `must name a guardrail (${suggestName(rule, names)})`, rule);
        }
        if (named.some(([earlier, other]) => earlier < i && other.rule === rule)) {
            return at("rule", "must differ from the waivers before it", rule);
        }
        if (!verdicts.some(({ name, isViolatedOrUndecided }) => name === rule && isViolatedOrUndecided)) {
            return at(
                "rule",
                isInScope
                    ? "must name a guardrail that this stack breaks"
                    : "must be left out: guardrails hold with compliance PCI-DSS only",
                rule,
            );
        }
        return isExpired(i, expires) ? at("expires", `must be ${today} or later: the waiver has expired`, expires) : [];
    });
    return [...refused, ...wrong];
}
