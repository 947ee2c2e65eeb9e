import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

/** The first executable file of one of these names in the folders of `PATH`, in the order of the folders. */
export const findOnPath = (names: readonly string[], { PATH = "" }: NodeJS.ProcessEnv): string | undefined =>
    PATH.split(delimiter)
        .flatMap((folder) => names.map((name) => join(folder, name)))
        .find(isExecutable);
