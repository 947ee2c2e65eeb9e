import { readRecords } from "../../policies/parity/records.ts";
import type { Surroundings } from "../plan/command.ts";
import { commandNamed, demandStack, exitCodeOf } from "../plan/command-line.ts";
import { differenceOf, isAsRecorded } from "./difference.ts";
import { plannedStacks } from "./planned.ts";
import { render } from "./render.ts";

/**
 * Runs the command and gives its exit code: 0 when all differences are recorded, 1 when one is not or a stack has
 * problems, 2 for arguments that make no sense.
 */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { root, out } = surroundings;
    const command = commandNamed("envdiff", surroundings)
        .description("Shows how two stacks differ, and which differences are recorded in golden/parity.yaml.")
        .argument("<one>", "name of a stack, as in Pulumi.<stack>.yaml")
        .argument("<other>", "name of another")
        .option("--json", "write the difference as JSON, see docs/parity.md");
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
        const difference = differenceOf(one, other, readRecords(root));
        out(json ? `${JSON.stringify(difference, null, 2)}\n` : render(difference));
        return isAsRecorded(difference) ? 0 : 1;
    }, surroundings);
}
