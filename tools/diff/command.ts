import { homedir } from "node:os";
import { tasksOfStack } from "../../plan/stack-settings.ts";
import { defineCommand, flag, option, optionWithDefault, type ArgumentsOf } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { toJsonText } from "../frame/json-output.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseWholeNumber } from "../frame/values.ts";
import { loadBase } from "./base.ts";
import { readDeployedState } from "./deployed-state.ts";
import { renderMarkdown, renderText } from "./render.ts";
import { buildDiffReport, type DiffReport } from "./report.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {
        from: optionWithDefault(
            "<base>",
            "a commit, a file that `npm run plan -- <stack> --json <file>` wrote, or `deployed`",
            // As `git diff`: what has been changed and is not committed yet.
            "HEAD",
        ),
        format: optionWithDefault("<format>", "format of the output", "text", { choices: ["text", "markdown"] }),
        limit: option("<characters>", "with --format markdown: the most characters to write", {
            parse: parseWholeNumber,
            onlyWith: { option: "format", value: "markdown" },
        }),
        json: flag("write it as JSON, see docs/diff.md", { conflicts: ["format"] }),
    },
};

type Values = ArgumentsOf<typeof spec.arguments, typeof spec.options>;

/** Ends with 0 however much changes. */
export const command = defineCommand(spec, async (values, context) => {
    const { root, planStack } = context;
    const { stack, from } = values;
    const plan = await planStack(root, stack);
    const currentStack = { root, plan, tasks: tasksOfStack(root, stack) };
    const base = await loadBase(currentStack, from, () => readDeployedState(context, stack, homedir()), context);
    context.out(formatReport(buildDiffReport(base, plan, currentStack.tasks), values, context));
});

function formatReport(report: DiffReport, { json, format, limit }: Values, { style, width }: CommandContext): string {
    if (json) {
        return toJsonText(report);
    }
    return format === "markdown" ? renderMarkdown(report, limit) : renderText(report, style, width);
}
