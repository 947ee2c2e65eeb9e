import { namespace } from "./problem.ts";

/**
 * How a stack without settings gets them.
 *
 * @param originals stacks whose settings can be copied
 * @default dev, which every checkout has
 */
export function newStackHint(stack: string, originals: readonly string[] = ["dev"]): string {
    const [first = "dev"] = originals;
    return `To make it a copy of another stack: npm run new -- ${stack} --from ${originals.includes("dev") ? "dev" : first}`;
}

/** Whether a configuration has any setting of the platform. `pulumi stack init` makes stacks that have none. */
export const hasSettings = (config: Readonly<Record<string, string>>): boolean =>
    Object.keys(config).some((key) => key.startsWith(namespace));

/** What is said of a stack that has none, in place of a line for each required setting. */
export const noSettings = (stack: string): string =>
    `Pulumi.${stack}.yaml has no settings of the platform. ${newStackHint(stack)}`;
