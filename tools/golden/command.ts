import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordsFolder, recordsOf, stackOfRecord } from "../../analysis/records/files.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import type { CommandContext } from "../plan/command.ts";
import { createCommand, requireStackFile, runForExitCode } from "../plan/command-line.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { lineChanges } from "./changes.ts";

/** A record as it is, and as it should be; empty where there is none. */
interface StaleRecord {
    readonly file: string;
    readonly before: string;
    readonly after: string;
}

/**
 * Runs the command and gives its exit code: 0; 1 when a stack has problems or, asked to check, a record is not up to date;
 * 2 for arguments that make no sense.
 */
export async function run(argv: string[], context: CommandContext): Promise<number> {
    const { root, out } = context;
    const command = createCommand("golden", context)
        .description("Writes what Git keeps of each stack: rights, network paths, identities of what holds data.")
        .argument("[stacks...]", "names of stacks, as in Pulumi.<stack>.yaml", [])
        .option("--check", "write nothing, say in one line which records are not up to date, and fail if one is not");
    return runForExitCode(async () => {
        command.parse(argv, { from: "user" });
        const { check } = command.opts<{ check?: true }>();
        const named = command.args;
        named.forEach((stack) => {
            requireStackFile(command, root, stack);
        });
        const stale = await findStaleRecords(root, named);
        if (check) {
            out(checkText(stale));
            return stale.length > 0 ? 1 : 0;
        }
        stale.forEach((record) => {
            writeRecord(root, record);
        });
        out(stale.length === 0 ? upToDate : stale.map(writtenText).join(""));
        return 0;
    }, context);
}

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
async function findStaleRecords(root: string, named: readonly string[]): Promise<StaleRecord[]> {
    const all = stackNamesIn(root);
    const planned = await planStacks(root, named.length > 0 ? named : all);
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
