import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Plan } from "../../tools/plan/plan.ts";
import { revived } from "./identities.ts";

/** Several times what the largest stack takes. */
const maxBuffer = 256 * 1024 * 1024;

/**
 * Plans a stack in a process of its own: one process has one Pulumi runtime, and under the CLI it is the analyzer's.
 *
 * @param root folder of the project
 * @throws when the plan is refused, with every problem
 */
export async function offlinePlan(root: string, stack: string): Promise<Plan> {
    const { stdout } = await promisify(execFile)(process.execPath, ["tools/plan.ts", stack, "--json"], {
        cwd: root,
        maxBuffer,
    });
    return { messages: [], ...(JSON.parse(stdout, revived) as Omit<Plan, "messages">) };
}
