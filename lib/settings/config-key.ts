import { lastPartOf, namespace, nearestName } from "./problem.ts";
import { stackSchema } from "./stack-schema.ts";

const settingNames = new Set(Object.keys(stackSchema.shape).map(lastPartOf));

/**
 * Whether a key of the configuration is a setting, or was meant as one: it is in our namespace, in that of the AWS provider, of which
 * the program reads the region alone, in a namespace that is nearly ours, or has the name of a setting. Pulumi accepts every
 * namespace, so nobody else notices a key that is mistyped there. `pulumi:` is Pulumi's own.
 */
export function isMeantForPlatform(key: string): boolean {
    const space = key.slice(0, -lastPartOf(key).length);
    return (
        space !== "pulumi:" &&
        (space === "aws:" || nearestName(space, [namespace]) !== undefined || settingNames.has(lastPartOf(key)))
    );
}

/** Name of a setting, of a key of the configuration. A key of another namespace keeps it. */
export const settingOf = (key: string): string => (key.startsWith(namespace) ? key.slice(namespace.length) : key);
