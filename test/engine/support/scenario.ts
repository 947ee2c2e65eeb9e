import { test } from "@jest/globals";
import { missingPrerequisite } from "./environment.ts";

const minute = 60_000;

/**
 * A scenario on the real CLI; skipped where there is none.
 *
 * @param minutes after which it has failed: several times what it takes
 */
export const scenario = (name: string, minutes: number, act: () => Promise<void>): void => {
    (missingPrerequisite(process.env) === undefined ? test : test.skip)(name, act, minutes * minute);
};
