import { homedir } from "node:os";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { Option } from "commander";
import { Stop } from "../deploy/exit.ts";
import { openingOf } from "../deploy/opening.ts";
import { openWorkspace } from "../deploy/session.ts";
import { keepingStackFile } from "../deploy/stack-file.ts";
import { readState, type State } from "../../plan/state.ts";
import type { Surroundings } from "../plan/command.ts";
import { commandNamed, demandStack, exitCodeOf } from "../plan/command-line.ts";
import { PlanError, planStack } from "../../plan/plan.ts";
import { minTasksOf } from "../../plan/settings.ts";
import { stackFileOf } from "../../plan/stack-file.ts";
import { baseOf } from "./base.ts";
import { renderMarkdown, renderText } from "./render.ts";
import { reportOf, type Report } from "./report.ts";

interface Options {
    from: string;
    format: "text" | "markdown";
    json?: true;
    limit?: string;
}

/** Reads what is deployed. */
export type ReadDeployed = (root: string, stack: string, say: (line: string) => void) => Promise<State>;

/**
 * Runs the command and gives its exit code: 0 however much changes, 1 when one of the plans cannot be had, 2 for arguments
 * that make no sense.
 */
export async function run(
    argv: string[],
    surroundings: Surroundings,
    deployed: ReadDeployed = readDeployed,
): Promise<number> {
    const { root, out, err, styled = false } = surroundings;
    const command = commandNamed("diff", surroundings)
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
    return exitCodeOf(
        async () => {
            command.parse(argv, { from: "user" });
            const [stack = ""] = command.args;
            demandStack(command, root, stack);
            const { from, ...how } = command.opts<Options>();
            if (how.limit !== undefined && !/^\d+$/.test(how.limit)) {
                command.error(`error: --limit must be a number of characters, got "${how.limit}"`);
            }
            const say = (line: string): void => {
                err(`${line}\n`);
            };
            const present = { root, plan: await planStack(root, stack), minTasks: minTasksOf(root, stack) };
            const base = await baseOf(present, from, () => deployed(root, stack, say), say);
            out(textOf(reportOf(base, present.plan, present.minTasks), how, styled));
            return 0;
        },
        surroundings,
        (error) => (error instanceof PlanError || error instanceof Stop ? error.message : undefined),
    );
}

function textOf(report: Report, { json, format, limit }: Omit<Options, "from">, styled: boolean): string {
    if (json) {
        return `${JSON.stringify(report, null, 2)}\n`;
    }
    return format === "markdown"
        ? renderMarkdown(report, limit === undefined ? undefined : Number(limit))
        : renderText(report, styled);
}

/** The state in the backend that `npm run deploy` takes. */
const readDeployed: ReadDeployed = async (root, stack, say) => {
    const opening = await openingOf({ pulumi: PulumiCommand, env: process.env, home: homedir(), root, stack, say });
    const found = await keepingStackFile(stackFileOf(root, stack), say, () => openWorkspace(opening, "find"));
    return readState(found);
};
