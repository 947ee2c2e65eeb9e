import type { Surroundings } from "../plan/command.ts";
import { commandNamed, demandStack, exitCodeOf } from "../plan/command-line.ts";
import { differenceOf } from "../../analysis/consistency/stack-differences.ts";
import { plannedStacks } from "../../plan/planned-stacks.ts";
import { render } from "./render.ts";

/**
 * Runs the command and gives its exit code: 0 however the stacks differ, 1 when one of them has problems, 2 for arguments
 * that make no sense.
 */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { root, out } = surroundings;
    const command = commandNamed("envdiff", surroundings)
        .description("Explains how two stacks differ: by which setting, and in which resources and properties.")
        .argument("<one>", "name of a stack, as in Pulumi.<stack>.yaml")
        .argument("<other>", "name of another")
        .option("--json", "write the difference as JSON, see docs/envdiff.md");
    return exitCodeOf(async () => {
        command.parse(argv, { from: "user" });
        const { json } = command.opts<{ json?: true }>();
        const stacks = command.args;
        stacks.forEach((stack) => {
            demandStack(command, root, stack);
        });
        if (new Set(stacks).size < stacks.length) {
            command.error(`error: ${stacks.join(" and ")} are one stack: name two`);
        }
        const [one, other] = await plannedStacks(root, stacks);
        if (one === undefined || other === undefined) {
            return command.error("error: name two stacks");
        }
        const difference = differenceOf(one, other);
        out(json ? `${JSON.stringify(difference, null, 2)}\n` : render(difference));
        return 0;
    }, surroundings);
}
