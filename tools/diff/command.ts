import { homedir } from "node:os";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { Option } from "commander";
import { DeployError } from "../deploy/exit.ts";
import { setUpPulumi } from "../deploy/pulumi-setup.ts";
import { openStack } from "../deploy/session.ts";
import { preserveStackFile } from "../deploy/stack-file.ts";
import { readState, type State } from "../../plan/state.ts";
import type { CommandContext } from "../plan/command.ts";
import { createCommand, requireStackFile, runForExitCode } from "../plan/command-line.ts";
import { PlanError, planStack } from "../../plan/plan.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { stackFilePath } from "../../plan/stack-file.ts";
import { loadBase } from "./base.ts";
import { renderMarkdown, renderText } from "./render.ts";
import { buildDiffReport, type DiffReport } from "./report.ts";

interface Options {
    from: string;
    format: "text" | "markdown";
    json?: true;
    limit?: string;
}

/** Reads what is deployed. */
export type ReadDeployedState = (root: string, stack: string, say: (line: string) => void) => Promise<State>;

/**
 * Runs the command and gives its exit code: 0 however much changes, 1 when one of the plans cannot be had, 2 for arguments
 * that make no sense.
 */
export async function run(
    argv: string[],
    context: CommandContext,
    deployed: ReadDeployedState = readDeployedState,
): Promise<number> {
    const { root, out, err, styled = false } = context;
    const command = createCommand("diff", context)
        .description(
            "Shows everything that a change does to a stack: compares its plan with another one, or what runs.",
        )
        .argument("<stack>", "name of the stack, as in Pulumi.<stack>.yaml")
        .option(
            "--from <base>",
            "a commit, a file that `npm run plan -- <stack> --json <file>` wrote, or `deployed`",
            // As `git diff`: what has been changed and is not committed yet.
            "HEAD",
        )
        .addOption(new Option("--format <format>", "how to write it").choices(["text", "markdown"]).default("text"))
        .option("--limit <characters>", "with --format markdown: the most that a comment takes")
        .addOption(new Option("--json", "write it as JSON, see docs/diff.md").conflicts("format"));
    return runForExitCode(
        async () => {
            command.parse(argv, { from: "user" });
            const [stack = ""] = command.args;
            requireStackFile(command, root, stack);
            const { from, ...outputOptions } = command.opts<Options>();
            if (outputOptions.limit !== undefined && !/^\d+$/.test(outputOptions.limit)) {
                command.error(`error: --limit must be a number of characters, got "${outputOptions.limit}"`);
            }
            const say = (line: string): void => {
                err(`${line}\n`);
            };
            const currentStack = { root, plan: await planStack(root, stack), minTasks: minTasksByService(root, stack) };
            const base = await loadBase(currentStack, from, () => deployed(root, stack, say), say);
            out(formatReport(buildDiffReport(base, currentStack.plan, currentStack.minTasks), outputOptions, styled));
            return 0;
        },
        context,
        (error) => (error instanceof PlanError || error instanceof DeployError ? error.message : undefined),
    );
}

function formatReport(report: DiffReport, { json, format, limit }: Omit<Options, "from">, styled: boolean): string {
    if (json) {
        return `${JSON.stringify(report, null, 2)}\n`;
    }
    return format === "markdown"
        ? renderMarkdown(report, limit === undefined ? undefined : Number(limit))
        : renderText(report, styled);
}

/** The state in the backend that `npm run deploy` takes. */
const readDeployedState: ReadDeployedState = async (root, stack, say) => {
    const opening = await setUpPulumi({ pulumi: PulumiCommand, env: process.env, home: homedir(), root, stack, say });
    const found = await preserveStackFile(stackFilePath(root, stack), say, () => openStack(opening, "find"));
    return readState(found);
};
