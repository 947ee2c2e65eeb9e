import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Secret, type Plan, type Value } from "../../plan/plan.ts";

/** Several times the output of the largest stack. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Plans a stack in a child process: a process has one Pulumi runtime, and this one belongs to the policy analyzer.
 *
 * @param root folder of the project
 * @throws with all problems, where planning fails
 */
export async function planInChildProcess(root: string, stack: string): Promise<Plan> {
    const { stdout } = await promisify(execFile)(process.execPath, ["tools/plan.ts", stack, "--json"], {
        cwd: root,
        maxBuffer,
    });
    return { messages: [], ...(JSON.parse(stdout, reviveSecret) as Omit<Plan, "messages">) };
}

/** Restores `Secret` objects from JSON. */
export const reviveSecret = (_: string, value: unknown): unknown =>
    isSerializedSecret(value) ? new Secret(value.value) : value;

const isSerializedSecret = (value: unknown): value is { value: Value } =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).join() === "secret,value" &&
    "secret" in value &&
    value.secret === true;
