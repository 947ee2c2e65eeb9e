import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { textAtPath } from "../../plan/query.ts";

/** What Git prints. @throws Error with the first line that Git writes of a failure */
export async function git(cwd: string, ...args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)("git", args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
        const [line = ""] = textAtPath(error, "stderr").split("\n");
        throw new Error(line === "" ? "Git cannot be run" : `Git: ${line}`, { cause: error });
    }
}
