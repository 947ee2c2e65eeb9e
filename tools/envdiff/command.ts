import type { CommandContext } from "../plan/command.ts";
import { createCommand, requireStackFile, runForExitCode } from "../plan/command-line.ts";
import { compareStacks } from "../../analysis/consistency/stack-differences.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import { renderEnvironmentDifference } from "./render.ts";

/**
 * Runs the command and gives its exit code: 0 however the stacks differ, 1 when one of them has problems, 2 for arguments
 * that make no sense.
 */
export async function run(argv: string[], context: CommandContext): Promise<number> {
    const { root, out } = context;
    const command = createCommand("envdiff", context)
        .description("Explains how two stacks differ: by which setting, and in which resources and properties.")
        .argument("<one>", "name of a stack, as in Pulumi.<stack>.yaml")
        .argument("<other>", "name of another")
        .option("--json", "write the difference as JSON, see docs/envdiff.md");
    return runForExitCode(async () => {
        command.parse(argv, { from: "user" });
        const { json } = command.opts<{ json?: true }>();
        const stacks = command.args;
        stacks.forEach((stack) => {
            requireStackFile(command, root, stack);
        });
        if (new Set(stacks).size < stacks.length) {
            command.error(`error: ${stacks.join(" and ")} are one stack: name two`);
        }
        const [one, other] = await planStacks(root, stacks);
        if (one === undefined || other === undefined) {
            return command.error("error: name two stacks");
        }
        const difference = compareStacks(one, other);
        out(json ? `${JSON.stringify(difference, null, 2)}\n` : renderEnvironmentDifference(difference));
        return 0;
    }, context);
}
