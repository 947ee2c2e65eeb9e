import { dirname, join, relative, resolve, sep } from "node:path";
import { homedir } from "node:os";
import { readExceptions } from "../../checks/exceptions.ts";
import { resourceTypesByRule } from "../../checks/resource-types.ts";
import { runRules } from "../../checks/run-rules.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { readSettingsOfStack, tasksByService, today } from "../../plan/stack-settings.ts";
import { buildCheckReport } from "../check/report.ts";
import { loadBase } from "../diff/base.ts";
import { readDeployedState } from "../diff/deployed-state.ts";
import { buildDiffReport } from "../diff/report.ts";
import { defineCommand, option } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { outputsFolder, writeOutputFile } from "../frame/output-file.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { compareVersions, compareWithStack, type Comparison } from "./comparison.ts";
import { buildModel, sortedPlan } from "./model.ts";
import { renderPage } from "./page.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {
        against: option(
            "<base>",
            "mark what differs from another stack, a commit, a file that `npm run plan -- <stack> --json <file>` wrote, or `deployed`",
        ),
        output: option("<file>", "file to write. Default: outputs/<stack>.html"),
    },
};

/** Ends with 0 whatever the page shows. */
export const command = defineCommand(spec, async ({ stack, against, output }, context) => {
    const { root, out, planStack, progress } = context;
    const file = output ?? join(outputsFolder, `${stack}.html`);
    const planned = await planOf(root, stack, planStack);
    const comparison = against === undefined ? undefined : await compare(planned, against, context);
    progress.step(`checking the rules on ${stack}`);
    const rules = await context.rules();
    const known = { rules: rules.map(({ name }) => name), stacks: stackNamesIn(root) };
    const result = runRules(rules, planned, readExceptions(root, known), today());
    const check = buildCheckReport(planned, result, true);
    const typesByRule = resourceTypesByRule(rules, [planned]);
    progress.step(`drawing ${stack}`);
    const model = await buildModel(planned, { check, typesByRule, comparison, docs: docsAddress(root, file) });
    writeOutputFile(root, file, renderPage(model));
    out(`the page of ${stack} written to ${file}\n`);
});

const planOf = async (root: string, stack: string, plan: CommandContext["planStack"]): Promise<PlannedStack> => ({
    plan: sortedPlan(await plan(root, stack)),
    settings: readSettingsOfStack(root, stack),
});

/** Relative address of the docs of the program, which runs in its own folder, from a file. */
const docsAddress = (root: string, file: string): string =>
    relative(dirname(resolve(root, file)), resolve("docs"))
        .split(sep)
        .join("/");

/** A name of a stack is that stack: a branch of the same name is given as `refs/heads/<name>`. */
async function compare(planned: PlannedStack, against: string, context: CommandContext): Promise<Comparison> {
    const { root } = context;
    const { plan, settings } = planned;
    if (against === plan.stack) {
        throw new ExitError("usage", `--against must be another stack or another version, got "${against}"`);
    }
    if (stackNamesIn(root).includes(against)) {
        return compareWithStack(planned, await planOf(root, against, context.planStack));
    }
    const tasks = tasksByService(settings);
    const state = () => readDeployedState(context, plan.stack, homedir());
    const base = await loadBase({ root, plan, tasks }, against, state, context);
    return compareVersions(buildDiffReport({ ...base, plan: sortedPlan(base.plan) }, plan, tasks));
}
