import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { manifestSchema } from "../../lib/manifest.ts";
import type { TypesByRule } from "../../checks/resource-types.ts";
import { rules } from "../../checks/rules.ts";
import { checkovTables, controlTables } from "./controls.ts";
import { keptInputs } from "./kept-inputs.ts";
import { replaceBetween } from "./markdown.ts";
import { contractTable, exitCodeTable, guardrailTable, metricsTable, migrationTable, outputTable, reconciliationTable, ruleTable, settingsTable } from "./tables.ts";
import { stackFileSchema } from "./stack-schema.ts";

const jsonFiles = {
    "schema/stack.schema.json": stackFileSchema,
    "schema/manifest.schema.json": () => z.toJSONSchema(manifestSchema),
    "plan/catalogue/kept-inputs.json": keptInputs,
};

/** Pages that show a table wherever they have its markers. */
const pages = [
    "docs/commands.md",
    "docs/containers.md",
    "docs/controls.md",
    "docs/migrations.md",
    "docs/outputs.md",
    "docs/reconciliation.md",
    "docs/settings.md",
];

const tables: Readonly<Record<string, (types: TypesByRule) => string>> = {
    contract: contractTable,
    metrics: metricsTable,
    migration: migrationTable,
    outputs: outputTable,
    reconciliation: reconciliationTable,
    settings: settingsTable,
    guardrails: guardrailTable,
    rules: ruleTable,
    controls: (types) => controlTables(rules, types),
    checkov: checkovTables,
    "exit-codes": exitCodeTable,
};

/** The content of each generated file, by its path below `root`. */
export function generateFiles(root: string, types: TypesByRule): Map<string, string> {
    const files = new Map(
        Object.entries(jsonFiles).map(([file, content]) => [file, `${JSON.stringify(content(), null, 2)}\n`]),
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
