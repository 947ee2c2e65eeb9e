import { runCommand, type ProcessResult } from "./process.ts";
import type { Project } from "./project.ts";

/**
 * Updates a stack until it has created some resources, whatever is being created then, and does something to the command.
 *
 * @param interrupt gets the process ID of the command
 */
export function interruptUp(
    project: Project,
    stack: string,
    created: number,
    interrupt: (pid: number) => void,
): Promise<ProcessResult> {
    let output = "";
    let done = false;
    return runCommand(["node", "tools/deploy.ts", stack, "up", "--yes"], {
        cwd: project.root,
        onOutput: (text, { pid }) => {
            output += text;
            // The output before it is the preview, which lists the same resources.
            const [, update] = output.split(/^Update:$/m);
            if (!done && pid !== undefined && (update?.match(/^\+ /gm) ?? []).length >= created) {
                done = true;
                interrupt(pid);
            }
        },
    });
}
