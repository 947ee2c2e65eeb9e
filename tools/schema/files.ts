import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { manifestSchema } from "../../lib/manifest.ts";
import { findControlGaps } from "../../checks/controls.ts";
import type { Rule } from "../../checks/rule.ts";
import { rules } from "../../checks/rules.ts";
import { checkovTables, controlTables } from "./controls.ts";
import { replaceBetween } from "./markdown.ts";
import { contractTable, guardrailTable, ruleTable, settingsTable } from "./tables.ts";
import { stackFileSchema } from "./stack-schema.ts";

const schemas = {
    "schema/stack.schema.json": stackFileSchema,
    "schema/manifest.schema.json": () => z.toJSONSchema(manifestSchema),
};

/** Pages that show a table wherever they have its markers. */
const pages = ["README.md", "docs/settings.md", "docs/controls.md"];

const tables = {
    contract: contractTable,
    settings: settingsTable,
    guardrails: guardrailTable,
    rules: ruleTable,
    controls: () => controlTables(rules),
    checkov: checkovTables,
};

/** What each generated file should hold, by its path below `root`. */
export function generateFiles(root: string): Map<string, string> {
    const files = new Map(
        Object.entries(schemas).map(([file, schema]) => [file, `${JSON.stringify(schema(), null, 2)}\n`]),
    );
    for (const page of pages.filter((name) => existsSync(join(root, name)))) {
        files.set(page, fillTables(readFileSync(join(root, page), "utf8")));
    }
    return files;
}

/** Fills each table where a page has its markers. */
export const fillTables = (text: string): string =>
    Object.entries(tables).reduce((page, [name, table]) => replaceBetween(page, name, table), text);

/** The generated files that differ from what they should hold. */
export const findStaleFiles = (root: string): [file: string, text: string][] =>
    [...generateFiles(root)].filter(
        ([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), "utf8") !== text,
    );

/**
 * Writes the generated files, or with `--check` only says which are stale. Returns the exit code: 1 also where controls
 * and rules do not fit together, and nothing is written then.
 */
export function run(
    args: readonly string[],
    root: string,
    print: (line: string) => void,
    rulesToCheck: readonly Rule[] = rules,
): number {
    const problems = findControlGaps(rulesToCheck);
    if (problems.length > 0) {
        problems.forEach((problem) => {
            print(problem);
        });
        return 1;
    }
    const stale = findStaleFiles(root);
    if (args.includes("--check")) {
        stale.forEach(([file]) => {
            print(`${file} is stale: run "npm run schema"`);
        });
        return stale.length > 0 ? 1 : 0;
    }
    for (const [file, text] of stale) {
        writeFileSync(join(root, file), text);
        print(`wrote ${file}`);
    }
    return 0;
}
