import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findControlGaps } from "../../checks/controls.ts";
import { defineCommand, flag } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { findStaleFiles } from "./files.ts";

const spec = {
    arguments: {},
    options: { check: flag("write nothing, and fail if a file is not up to date") },
};

/** Writes nothing while controls and rules do not fit together. */
export const command = defineCommand(spec, async ({ check }, { root, out, rules }) => {
    const problems = findControlGaps(await rules());
    if (problems.length > 0) {
        throw new ExitError("failed", problems.join("\n"));
    }
    const stale = findStaleFiles(root);
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
