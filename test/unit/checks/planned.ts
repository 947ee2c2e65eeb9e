import { readSettings, type PlatformSettings } from "../../../lib/settings.ts";
import { violationsOf } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import type { Plan } from "../../../plan/plan.ts";
import { today } from "../../../plan/settings.ts";
import type { StackConfig } from "../settings/stack-config.ts";

export { planOfConfig } from "../../stacks.ts";

/** Every line that tells where a plan breaks a promise. */
export const brokenBy = (plan: Plan, settings: PlatformSettings): string[] =>
    rules.flatMap((rule) =>
        violationsOf(rule, plan, settings).map(
            ({ resource, type, reason }) => `${rule.promise}: ${resource} (${type}) ${reason}`,
        ),
    );

/** Settings of a configuration that must be right. */
export function settingsOf(config: StackConfig): PlatformSettings {
    const { settings, problems } = readSettings(config, [], today());
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    return settings;
}
