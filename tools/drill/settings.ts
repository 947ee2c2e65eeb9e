import { readSettings, type PlatformSettings } from "../../lib/settings.ts";
import { PlanError } from "../plan/plan-error.ts";
import { readStack } from "../plan/stack-file.ts";

/**
 * What a stack sets.
 *
 * @throws PlanError with every problem that its file has
 */
export function settingsOf(root: string, stack: string): PlatformSettings {
    const { config, secretKeys } = readStack(root, stack);
    const { settings, problems } = readSettings(config, secretKeys, new Date().toISOString().slice(0, 10));
    if (problems) {
        throw new PlanError([...problems]);
    }
    return settings;
}
