import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errorMessage, ExitError } from "./exit.ts";

/** Folder of what commands write about a stack, in the project's; Git and Prettier ignore it. */
export const outputsFolder = "outputs";

/** Creates the folder of outputs, for its owner's eyes. */
export const createOutputsFolder = (root: string): void => {
    mkdirSync(join(root, outputsFolder), { recursive: true, mode: 0o700 });
};

const remedies: Readonly<Record<string, string>> = {
    ENOENT: "create its folder first",
    ENOTDIR: "its folder is a file",
    EISDIR: "it is a folder, name a file in it",
    EACCES: "its folder, or the file itself, does not belong to you",
};

/**
 * Writes a file that the operator named.
 *
 * @param file path, relative to the project's folder
 * @throws ExitError `usage` for an empty name, `failed` with what to do where the path is wrong
 */
export function writeOutputFile(root: string, file: string, text: string): void {
    if (file === "") {
        throw new ExitError("usage", "the name of the file is empty: is a variable of the shell not set?");
    }
    const path = resolve(root, file);
    if (dirname(path) === resolve(root, outputsFolder)) {
        createOutputsFolder(root);
    }
    try {
        writeFileSync(path, text);
    } catch (error) {
        const [, remedy] = Object.entries(remedies).find(([code]) => errorMessage(error).includes(`${code}:`)) ?? [];
        throw remedy === undefined ? error : new ExitError("failed", `${file} cannot be written: ${remedy}`);
    }
}
