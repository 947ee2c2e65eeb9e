import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planStack } from "../../plan/plan.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { replaceBetween, markdownTable } from "../schema/markdown.ts";
import { defineCommand, flag } from "../frame/command.ts";
import { stacksArgument } from "../frame/stack-argument.ts";
import { monthlyCost } from "../../analysis/cost/cost.ts";

const readmeFile = "README.md";

/** What each stack costs a month at rest, as a table with a column for each. */
export async function costTable(root: string, stacks: readonly string[]): Promise<string> {
    const columns: Map<string, { arithmetic: string; amount: number }>[] = [];
    // One after the other: Pulumi's runtime holds one program at a time.
    for (const stack of stacks) {
        const rows = monthlyCost(await planStack(root, stack), minTasksByService(root, stack));
        columns.push(new Map(rows.map((row) => [row.item.replace(`-${stack}`, ""), row])));
    }
    const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
    const cell = (row?: { arithmetic: string; amount: number }) =>
        row === undefined ? "" : `**$${row.amount.toFixed(2)}**: ${row.arithmetic}`;
    const total = (column: (typeof columns)[number]) =>
        [...column.values()].reduce((sum, { amount }) => sum + amount, 0);
    return markdownTable(
        ["USD a month at rest", ...stacks],
        [
            ...names.map((name) => [name, ...columns.map((column) => cell(column.get(name)))]),
            ["**Total**", ...columns.map((column) => `**$${total(column).toFixed(2)}**`)],
        ],
    );
}

const spec = {
    arguments: { stacks: stacksArgument },
    options: { write: flag("write the table into README.md") },
};

export const command = defineCommand(spec, async ({ stacks, write }, { root, out }) => {
    const costs = await costTable(root, stacks.length > 0 ? stacks : stacksByPromotion(root));
    if (write) {
        const file = join(root, readmeFile);
        writeFileSync(file, replaceBetween(readFileSync(file, "utf8"), "cost", costs));
    }
    out(`${costs}\n`);
});

/** The committed stacks, in the order in which a release reaches them. */
const stacksByPromotion = (root: string): string[] =>
    ["dev", "staging", "prod"].filter((stack) => stackNamesIn(root).includes(stack));
