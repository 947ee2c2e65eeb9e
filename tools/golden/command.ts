import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordsFolder, recordsOf, stackOfRecord } from "../../analysis/records/files.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { defineCommand, flag } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { stacksArgument } from "../frame/stack-argument.ts";
import { lineChanges } from "./changes.ts";

/** A record as it is, and as it should be; empty where there is none. */
interface StaleRecord {
    readonly file: string;
    readonly before: string;
    readonly after: string;
}

const spec = {
    arguments: { stacks: stacksArgument },
    options: {
        check: flag("write nothing, say in one line which records are not up to date, and fail if one is not"),
    },
};

export const command = defineCommand(spec, async ({ stacks, check }, context) => {
    const { root, out } = context;
    const stale = await findStaleRecords(context, stacks);
    if (check) {
        out(checkText(stale));
        if (stale.length > 0) {
            throw new ExitError("failed");
        }
        return;
    }
    stale.forEach((record) => {
        writeRecord(root, record);
    });
    out(stale.length === 0 ? upToDate : stale.map(writtenText).join(""));
});

const upToDate = "all records are up to date\n";

const checkText = (stale: readonly StaleRecord[]): string =>
    stale.length === 0
        ? upToDate
        : `not up to date: ${stale.map(({ file }) => `${recordsFolder}/${file}`).join(", ")}; renew with "npm run golden"\n`;

const writtenText = ({ file, before, after }: StaleRecord): string =>
    [
        `${recordsFolder}/${file} ${after === "" ? "deleted: there is no such stack" : "written"}`,
        ...(after === "" ? [] : lineChanges(file, before, after)),
        "",
    ].join("\n");

/** Records of these stacks that differ from the plan; of all stacks where none is named, and then those of stacks that are gone. */
async function findStaleRecords({ root, planStack }: CommandContext, named: readonly string[]): Promise<StaleRecord[]> {
    const all = stackNamesIn(root);
    const planned = await planStacks(root, named.length > 0 ? named : all, planStack);
    const folder = join(root, recordsFolder);
    const present = existsSync(folder) ? readdirSync(folder).sort() : [];
    const gone = present.filter((file) => {
        const stack = stackOfRecord(file);
        return named.length === 0 && stack !== undefined && !all.includes(stack);
    });
    const files = [...planned.flatMap(({ plan }) => [...recordsOf(plan)]), ...gone.map((file) => [file, ""] as const)];
    return files
        .map(([file, after]) => ({
            file,
            before: present.includes(file) ? readFileSync(join(folder, file), "utf8") : "",
            after,
        }))
        .filter(({ before, after }) => before !== after);
}

function writeRecord(root: string, { file, after }: StaleRecord): void {
    const path = join(root, recordsFolder, file);
    if (after === "") {
        rmSync(path);
        return;
    }
    mkdirSync(join(root, recordsFolder), { recursive: true });
    writeFileSync(path, after);
}
