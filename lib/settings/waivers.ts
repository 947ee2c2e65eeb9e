import type { PlatformSettings } from "../settings.ts";
import { guardrails } from "./guardrails.ts";
import { hint, type Problem } from "./problem.ts";
import { type Faults, isSound, judge } from "./rule.ts";

/**
 * What the guardrails say of a stack whose environment is prod, less what it waives; and of every stack, the waivers
 * that are wrong. A waiver must be needed, or it would hide a later slip.
 *
 * @param today as `2027-03-31`
 */
export function guard(settings: PlatformSettings, faults: Faults, today: string): Problem[] {
    if (!isSound(faults, ["environment"])) {
        return [];
    }
    const waivers = isSound(faults, ["waivers"]) ? [...settings.waivers.entries()] : [];
    const named = waivers.filter(([i]) => isSound(faults, ["waivers", String(i), "rule"]));
    // A wrong date is a problem of its own: until it is mended, the waiver stands.
    const isExpired = (i: number, expires: string) =>
        isSound(faults, ["waivers", String(i), "expires"]) && expires < today;

    const isProd = settings.environment === "prod";
    const verdicts = guardrails.map(({ name, ...rule }) => {
        const { problems, isOpen } = judge({ name, ...rule }, settings, faults);
        const isMoot = isProd && (isOpen || problems.length > 0);
        return { name, problems: isProd ? problems : [], isMoot };
    });
    const refused = verdicts.flatMap(({ name, problems }) =>
        named.some(([i, { rule, expires }]) => rule === name && !isExpired(i, expires))
            ? []
            : problems.map((problem) => ({ ...problem, message: `${problem.message} in prod (guardrail ${name})` })),
    );

    const names = guardrails.map(({ name }) => name);
    const wrong = named.flatMap(([i, { rule, expires }]): Problem[] => {
        const at = (field: "rule" | "expires", message: string, got: string) => [
            { path: ["waivers", i, field], message, got },
        ];
        if (!names.includes(rule)) {
            return at("rule", `must name a guardrail (${hint(rule, names)})`, rule);
        }
        if (named.some(([earlier, other]) => earlier < i && other.rule === rule)) {
            return at("rule", "must differ from the waivers before it", rule);
        }
        if (!verdicts.some(({ name, isMoot }) => name === rule && isMoot)) {
            return at(
                "rule",
                isProd
                    ? "must name a guardrail that this stack breaks"
                    : "must be left out: guardrails look at prod only",
                rule,
            );
        }
        return isExpired(i, expires) ? at("expires", `must be ${today} or later: the waiver has expired`, expires) : [];
    });
    return [...refused, ...wrong];
}
