import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Secret, type Plan, type Value } from "../../plan/plan.ts";

/** Several times what the largest stack takes. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Plans a stack in a process of its own: one process has one Pulumi runtime, and under the CLI it is the analyzer's.
 *
 * @param root folder of the project
 * @throws when the plan is refused, with every problem
 */
export async function planInChildProcess(root: string, stack: string): Promise<Plan> {
    const { stdout } = await promisify(execFile)(process.execPath, ["tools/plan.ts", stack, "--json"], {
        cwd: root,
        maxBuffer,
    });
    return { messages: [], ...(JSON.parse(stdout, reviveSecret) as Omit<Plan, "messages">) };
}

/** Secrets are objects of their own in a plan, which JSON does not know. */
export const reviveSecret = (_: string, value: unknown): unknown =>
    isSerializedSecret(value) ? new Secret(value.value) : value;

const isSerializedSecret = (value: unknown): value is { value: Value } =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).join() === "secret,value" &&
    "secret" in value &&
    value.secret === true;
