import type { SettingProblem } from "./problem.ts";
import { isValidSoFar, type InvalidPaths } from "./rule.ts";

/**
 * Names that an object of JavaScript cannot hold as entries: zod leaves them out in silence, and with them a service or a
 * merchant.
 *
 * @param faults what is reported already
 */
export const unusableNames = (
    settings: readonly (readonly [field: string, value: unknown])[],
    faults: InvalidPaths,
): SettingProblem[] =>
    pathsOfUnusableNames(settings, [])
        .filter((path) => isValidSoFar(faults, path))
        .map((path) => ({ path, message: "must have another name: the platform cannot read an entry of this one" }));

const pathsOfUnusableNames = (
    entries: readonly (readonly [string, unknown])[],
    parents: readonly string[],
): string[][] =>
    entries.flatMap(([key, value]) => {
        const path = [...parents, key];
        if (key === "__proto__") {
            return [path];
        }
        return typeof value === "object" && value !== null ? pathsOfUnusableNames(Object.entries(value), path) : [];
    });
