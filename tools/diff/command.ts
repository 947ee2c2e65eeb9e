import { homedir } from "node:os";
import { stackFilePath } from "../../plan/stack-file.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { readState, type State } from "../../plan/state.ts";
import { withPulumiErrors } from "../deploy/pulumi-errors.ts";
import { setUpPulumi } from "../deploy/pulumi-setup.ts";
import { preserveStackFile } from "../deploy/stack-file.ts";
import { defineCommand, flag, option, optionWithDefault, type ArgumentsOf } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { toJsonText } from "../frame/json-output.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseWholeNumber } from "../frame/values.ts";
import { loadBase } from "./base.ts";
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
        }),
        json: flag("write it as JSON, see docs/diff.md", { conflicts: ["format"] }),
    },
};

type Values = ArgumentsOf<typeof spec.arguments, typeof spec.options>;

/** Ends with 0 however much changes. */
export const command = defineCommand(spec, async (values, context) => {
    const { root, say, planStack } = context;
    const { stack, from } = values;
    const plan = await planStack(root, stack);
    const currentStack = { root, plan, minTasks: minTasksByService(root, stack) };
    const base = await loadBase(currentStack, from, () => readDeployedState(context, stack), say);
    context.out(formatReport(buildDiffReport(base, plan, currentStack.minTasks), values, context));
});

function formatReport(report: DiffReport, { json, format, limit }: Values, { style, width }: CommandContext): string {
    if (json) {
        return toJsonText(report);
    }
    return format === "markdown" ? renderMarkdown(report, limit) : renderText(report, style, width);
}

/** The state in the backend that `npm run deploy` takes. */
async function readDeployedState(context: CommandContext, stack: string): Promise<State> {
    const { root, env, say } = context;
    const { installer, openStack } = await context.pulumi();
    const setup = await setUpPulumi({ pulumi: installer, env, home: homedir(), root, stack, say });
    return await withPulumiErrors(async () =>
        readState(await preserveStackFile(stackFilePath(root, stack), say, () => openStack(setup, "find"))),
    );
}
