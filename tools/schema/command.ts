import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findControlGaps } from "../../checks/controls.ts";
import { resourceTypesByRule } from "../../checks/resource-types.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { defineCommand, flag } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { findStaleFiles } from "./files.ts";

const spec = {
    arguments: {},
    options: { check: flag("write nothing, and fail if a file is not up to date") },
};

/** Writes nothing where controls and rules contradict each other. */
export const command = defineCommand(spec, async ({ check }, context) => {
    const { root, out } = context;
    const rules = await context.rules();
    const problems = findControlGaps(rules);
    if (problems.length > 0) {
        throw new ExitError("failed", problems.join("\n"));
    }
    const stale = findStaleFiles(root, resourceTypesByRule(rules, [await largestTestStack(context)]));
    for (const [file, text] of stale) {
        if (check) {
            out(`${file} is not up to date: run "npm run schema"\n`);
        } else {
            writeFileSync(join(root, file), text);
            out(`wrote ${file}\n`);
        }
    }
    if (check && stale.length > 0) {
        throw new ExitError("failed");
    }
});

/** Rules run on the largest stack of the tests: each copy of this repository has other stacks at its root. */
async function largestTestStack({ planStack }: CommandContext): Promise<PlannedStack> {
    const project = resolve("test/project");
    return { plan: await planStack(project, "prod"), settings: readSettingsOfStack(project, "prod") };
}
