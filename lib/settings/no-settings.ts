import { isMeantForPlatform } from "./config-key.ts";
import { regionKey } from "./problem.ts";

/**
 * How to add settings to a stack that has none: from another stack, if there is one.
 *
 * @param originals stacks whose settings can be copied
 * @default dev, which the repository contains
 */
export function newStackHint(stack: string, originals: readonly string[] = ["dev"]): string {
    const others = originals.filter((original) => original !== stack);
    const original = others.includes("dev") ? "dev" : others[0];
    return original === undefined
        ? "docs/settings.md lists them"
        : `To make it a copy of another stack: npm run new -- ${stack} --from ${original}`;
}

/** Whether a configuration has any setting of the platform. After `pulumi stack init` a stack has none. */
export const hasSettings = (config: Readonly<Record<string, string>>): boolean =>
    Object.keys(config).some((key) => key !== regionKey && isMeantForPlatform(key));

/** Message for a stack without settings, instead of a line for each required one. */
export const noSettingsMessage = (stack: string): string =>
    `Pulumi.${stack}.yaml has no settings of the platform. ${newStackHint(stack)}`;
