import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { Secret, type Plan, type Value } from "../../plan/plan.ts";

/** Several times the output of the largest stack. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Plans a stack in a child process: a process has one Pulumi runtime, and this one belongs to the policy analyzer.
 *
 * @param root folder of the project
 * @param signal ends the process
 * @throws with all problems, where planning fails
 */
export async function planInChildProcess(root: string, stack: string, signal?: AbortSignal): Promise<Plan> {
    const { stdout } = await promisify(execFile)(process.execPath, [...planScript(root), stack, "--json"], {
        cwd: root,
        maxBuffer,
        signal,
    });
    return { messages: [], ...(JSON.parse(stdout, reviveSecret) as Omit<Plan, "messages">) };
}

/** The arguments of Node in the script of `npm run plan`, as the package.json of a project has it. */
export function planScript(root: string): string[] {
    const { scripts } = packageSchema.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const [, ...words] = scripts.plan.split(" ");
    return words.map((word) => (/\.c?[jt]s$/.test(word) ? join(root, word) : word));
}

const packageSchema = z.object({ scripts: z.object({ plan: z.string() }) });

/** Restores `Secret` objects from JSON. */
export const reviveSecret = (_: string, value: unknown): unknown =>
    isSerializedSecret(value) ? new Secret(value.value) : value;

const isSerializedSecret = (value: unknown): value is { value: Value } =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).join() === "secret,value" &&
    "secret" in value &&
    value.secret === true;
