import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { golden, recorded } from "../../policies/parity/golden.ts";
import { readRecords } from "../../policies/parity/records.ts";
import { plannedStacks } from "../envdiff/planned.ts";
import type { Surroundings } from "../plan/command.ts";
import { commandNamed, exitCodeOf } from "../plan/command-line.ts";
import { changesOf, commonFiles, stackFiles } from "./files.ts";

/**
 * Runs the command and gives its exit code: 0; 1 when a stack has problems or, asked to check, a file is not up to date;
 * 2 for arguments that make no sense.
 */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
    const { root, out } = surroundings;
    const committed = readRecords(root).stacks;
    const command = commandNamed("golden", surroundings)
        .description("Records what must not change unnoticed: identities of stateful resources, structure, access.")
        .argument("[stacks...]", "names of committed stacks; all of them, and what they have in common, without any")
        .option("--check", "write nothing, and fail when a file is not up to date");
    return exitCodeOf(async () => {
        command.parse(argv, { from: "user" });
        const { check } = command.opts<{ check?: true }>();
        const named = command.args;
        const unknown = named.find((stack) => !committed.includes(stack));
        if (unknown !== undefined) {
            command.error(`error: no committed stack "${unknown}": golden/parity.yaml lists ${committed.join(", ")}`);
        }
        const planned = await plannedStacks(root, named.length > 0 ? named : committed);
        const files = [...planned.map(stackFiles), ...(named.length > 0 ? [] : [commonFiles(planned)])];
        const stale = files.flatMap((each) => [...each]).filter(([file, text]) => recorded(file, root) !== text);
        for (const [file, text] of stale) {
            const changes = changesOf(file, recorded(file, root), text);
            out([`${golden}/${file} ${check ? "is not up to date" : "written"}`, ...changes, ""].join("\n"));
            if (!check) {
                mkdirSync(join(root, golden), { recursive: true });
                writeFileSync(join(root, golden, file), text);
            }
        }
        if (stale.length === 0) {
            out("everything is recorded as planned\n");
        }
        return check && stale.length > 0 ? 1 : 0;
    }, surroundings);
}
