import { compareStacks } from "../../analysis/consistency/stack-differences.ts";
import { requireItem } from "../../lib/list.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { argument, defineCommand, flag } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { wrapWidth } from "../frame/table.ts";
import { stackProblem } from "../frame/stack-argument.ts";
import { renderEnvironmentDifference } from "./render.ts";

const oneOfTwoProblem = (stack: string | undefined, root: string): string | undefined =>
    stack === undefined
        ? `which stacks? There are ${stackNamesIn(root).join(", ")}: name two`
        : stackProblem(stack, root);

const spec = {
    arguments: {
        one: argument("<one>", "name of a stack, as in Pulumi.<stack>.yaml", { problem: oneOfTwoProblem }),
        other: argument("<other>", "name of another", { problem: oneOfTwoProblem }),
    },
    options: { json: flag("write the difference as JSON, see docs/envdiff.md") },
};

export const command = defineCommand(spec, async ({ one, other, json }, context) => {
    const { root, out, planStack } = context;
    if (one === other) {
        throw new ExitError("usage", `${one} and ${other} are one stack: name two`);
    }
    const planned = await planStacks(root, [one, other], planStack);
    const difference = compareStacks(requireItem(planned, 0), requireItem(planned, 1));
    out(json ? toJsonText(difference) : renderEnvironmentDifference(difference, wrapWidth(context)));
});
