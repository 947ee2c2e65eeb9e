import { compareStacks } from "../../analysis/consistency/stack-differences.ts";
import { requireItem } from "../../lib/list.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import { argument, defineCommand, flag } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { stackProblem } from "../frame/stack-argument.ts";
import { renderEnvironmentDifference } from "./render.ts";

const spec = {
    arguments: {
        one: argument("<one>", "name of a stack, as in Pulumi.<stack>.yaml", stackProblem),
        other: argument("<other>", "name of another", stackProblem),
    },
    options: { json: flag("write the difference as JSON, see docs/envdiff.md") },
};

export const command = defineCommand(spec, async ({ one, other, json }, { root, out }) => {
    if (one === other) {
        throw new ExitError("usage", `${one} and ${other} are one stack: name two`);
    }
    const planned = await planStacks(root, [one, other]);
    const difference = compareStacks(requireItem(planned, 0), requireItem(planned, 1));
    out(json ? toJsonText(difference) : renderEnvironmentDifference(difference));
});
