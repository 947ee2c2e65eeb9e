import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { manifestSchema } from "../../lib/manifest.ts";
import { controls, findControlGaps } from "../../checks/controls.ts";
import type { TypesByRule } from "../../checks/resource-types.ts";
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

const tables: Readonly<Record<string, (types: TypesByRule) => string>> = {
    contract: contractTable,
    settings: settingsTable,
    guardrails: guardrailTable,
    rules: ruleTable,
    controls: (types) => controlTables(rules, types),
    checkov: checkovTables,
};

/** The content of each generated file, by its path below `root`. */
export function generateFiles(root: string, types: TypesByRule): Map<string, string> {
    const files = new Map(
        Object.entries(schemas).map(([file, schema]) => [file, `${JSON.stringify(schema(), null, 2)}\n`]),
    );
    for (const page of pages.filter((name) => existsSync(join(root, name)))) {
        files.set(page, fillTables(readFileSync(join(root, page), "utf8"), types));
    }
    return files;
}

/** Fills each table where a page has its markers. */
export const fillTables = (text: string, types: TypesByRule): string =>
    Object.entries(tables).reduce((page, [name, table]) => replaceBetween(page, name, () => table(types)), text);

/** The generated files whose content is out of date, with their new content. */
export const findStaleFiles = (root: string, types: TypesByRule): [file: string, text: string][] =>
    [...generateFiles(root, types)].filter(
        ([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), "utf8") !== text,
    );

/**
 * Writes the generated files, or with `--check` only lists those that are out of date. Returns the exit code: 1 also where
 * controls and rules contradict each other; nothing is written then.
 *
 * @param types that the rules read, as `resourceTypesByRule` returns them
 */
export function run(
    args: readonly string[],
    root: string,
    print: (line: string) => void,
    types: TypesByRule,
    listed = controls,
): number {
    const problems = findControlGaps(rules, listed);
    if (problems.length > 0) {
        problems.forEach((problem) => {
            print(problem);
        });
        return 1;
    }
    const stale = findStaleFiles(root, types);
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
