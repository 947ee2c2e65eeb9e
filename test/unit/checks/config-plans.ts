import { readSettings, type PlatformSettings } from "../../../lib/settings.ts";
import { findViolations } from "../../../checks/rule.ts";
import { resourceTypesByRule, type TypesByRule } from "../../../checks/resource-types.ts";
import { rules } from "../../../checks/rules.ts";
import type { Plan } from "../../../plan/plan.ts";
import { today } from "../../../plan/stack-settings.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig, type StackConfig } from "../settings/stack-config.ts";

export { planOfConfig } from "../../stacks.ts";

/** Findings of the rule with a name, each as `<resource> <reason>`. */
export function findingsOf(name: string, plan: Plan, settings: PlatformSettings): string[] {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, settings).map(({ resource, reason }) => `${resource} ${reason}`);
}

/** All violations of a plan, one line each. */
export const describeViolations = (plan: Plan, settings: PlatformSettings): string[] =>
    rules.flatMap((rule) =>
        findViolations(rule, plan, settings).map(
            ({ resource, type, reason }) => `${rule.name}: ${resource} (${type}) ${reason}`,
        ),
    );

const validSettings = new Map<string, PlatformSettings>();

/** Settings of a configuration that must be valid. Read once a test file: a test asks for each rule. */
export function settingsFromConfig(config: StackConfig): PlatformSettings {
    const key = JSON.stringify(config);
    const known = validSettings.get(key);
    if (known !== undefined) {
        return known;
    }
    const { settings, problems } = readSettings(config, [], today());
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    validSettings.set(key, settings);
    return settings;
}

/** The types of resources that each rule reads in a stack of the tests. */
export const recordedTypes = async (stack: string): Promise<TypesByRule> =>
    resourceTypesByRule(rules, [
        { plan: await planTestStack(stack), settings: settingsFromConfig(readStackConfig(stack)) },
    ]);
