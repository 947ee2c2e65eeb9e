import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { requireCaller } from "../frame/account.ts";
import { dayMilliseconds } from "../frame/clock.ts";
import { defineCommand, option } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { toJsonText } from "../frame/json-output.ts";
import { outputsFolder } from "../frame/output-file.ts";
import { stackArgument } from "../frame/stack-argument.ts";
import { parseDay } from "../frame/values.ts";
import { accessItems } from "./items/access.ts";
import { changeItems } from "./items/changes.ts";
import { commitItems, otherCommits } from "./items/commits.ts";
import { operationItems } from "./items/operation.ts";
import { rotationItems } from "./items/rotation.ts";
import type { EvidenceItem } from "./item.ts";
import { collectEvidence, evidenceMarkdown, missingLines, type Evidence } from "./report.ts";

/** Days before `--to`: as long as CloudWatch keeps the history of alarms, less the day on which it is read. */
const defaultDays = 29;

const spec = {
    arguments: { stack: stackArgument },
    options: {
        from: option("<date>", `first day, in UTC; ${defaultDays} days before --to by default`, { parse: parseDay }),
        to: option("<date>", "last day, in UTC; until now by default", { parse: parseDay }),
        out: option("<folder>", "where to write; outputs/<stack>.evidence by default"),
    },
    helpText: "It only reads. See docs/operations.md.",
    exitReasons: ["done", "failed", "usage", "incomplete", "cancelled"] as const,
};

/** Every item, in the order of the report. */
export const evidenceItems: readonly EvidenceItem[] = [
    ...commitItems,
    ...changeItems,
    ...accessItems,
    ...rotationItems,
    ...operationItems,
    otherCommits,
];

export const command = defineCommand(spec, async ({ stack, from, to, out: folder }, context) => {
    const { root, clock, out, say } = context;
    const end = to === undefined ? clock.now() : Math.min(clock.now(), to + dayMilliseconds - 1);
    const begin = from ?? end - defaultDays * dayMilliseconds;
    if (begin >= end) {
        throw new ExitError("usage", "--from must be before --to, and in the past");
    }
    const settings = readSettingsOfStack(root, stack);
    const clients = await context.createClients(settings.region);
    const caller = await requireCaller(clients, settings.accountId);
    const evidence = await collectEvidence(
        { stack, settings, clients, caller, from: begin, to: end, command: context },
        evidenceItems,
    );
    const files = writeEvidence(resolve(root, folder ?? join(outputsFolder, `${stack}.evidence`)), evidence);
    out(files.map((file) => `${relative(root, file)}\n`).join(""));
    const missing = missingLines(evidence.sections, ({ id }) => id);
    if (missing.length > 0) {
        throw new ExitError("incomplete", ["missing, and listed as missing in the files:", ...missing].join("\n  "));
    }
    say(`complete: ${evidence.sections.length} items`);
});

/** For the eyes of their owner; returns the files. */
function writeEvidence(folder: string, evidence: Evidence): string[] {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const texts = { "evidence.json": toJsonText(evidence), "evidence.md": evidenceMarkdown(evidence) };
    return Object.entries(texts).map(([name, text]) => {
        const file = join(folder, name);
        writeFileSync(file, text, { mode: 0o600 });
        return file;
    });
}
