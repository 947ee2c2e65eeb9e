import { namespace } from "./problem.ts";

/**
 * How a stack without settings gets them: from another stack, if there is one.
 *
 * @param originals stacks whose settings can be copied
 * @default dev, which every checkout has
 */
export function newStackHint(stack: string, originals: readonly string[] = ["dev"]): string {
    const others = originals.filter((original) => original !== stack);
    const original = others.includes("dev") ? "dev" : others[0];
    return original === undefined
        ? "docs/settings.md lists them"
        : `To make it a copy of another stack: npm run new -- ${stack} --from ${original}`;
}

/** Whether a configuration has any setting of the platform. `pulumi stack init` makes stacks that have none. */
export const hasSettings = (config: Readonly<Record<string, string>>): boolean =>
    Object.keys(config).some((key) => key.startsWith(namespace));

/** What is said of a stack that has none, in place of a line for each required setting. */
export const noSettingsMessage = (stack: string): string =>
    `Pulumi.${stack}.yaml has no settings of the platform. ${newStackHint(stack)}`;
