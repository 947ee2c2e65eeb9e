import { hasSettings, noSettingsMessage } from "../lib/settings/no-settings.ts";
import { readSettings, type PlatformSettings } from "../lib/settings.ts";
import { PlanError } from "./plan-error.ts";
import { readStack } from "./stack-file.ts";

/** Today as `2027-03-31`, in UTC, for the expiry of waivers and exceptions. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/**
 * The settings of a stack.
 *
 * @param day as `2027-03-31`; waivers expire
 * @throws PlanError with all problems of its file
 */
export function readSettingsOfStack(root: string, stack: string, day = today()): PlatformSettings {
    const { config, secretKeys } = readStack(root, stack);
    if (!hasSettings(config)) {
        throw new PlanError([noSettingsMessage(stack)]);
    }
    const { settings, problems } = readSettings(config, secretKeys, day);
    if (problems) {
        throw new PlanError([...problems]);
    }
    return settings;
}

/** Minimum tasks of each service in the settings; in the plan a service without an image has none. */
export const minTasksByService = (root: string, stack: string): Record<string, number> =>
    Object.fromEntries(
        Object.entries(readSettingsOfStack(root, stack).services).map(([name, { minTasks }]) => [name, minTasks]),
    );
