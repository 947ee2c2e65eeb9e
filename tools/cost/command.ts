import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlanError, planStack } from "../../plan/plan.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { replaceBetween, markdownTable } from "../schema/markdown.ts";
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

/** Prints the table of the given stacks, or of all; `--write` puts it into the README. Returns the exit code. */
export async function run(args: readonly string[], root: string, print: (text: string) => void): Promise<number> {
    const named = args.filter((arg) => !arg.startsWith("--"));
    const stacks =
        named.length > 0 ? named : ["dev", "staging", "prod"].filter((stack) => stackNamesIn(root).includes(stack));
    try {
        const costs = await costTable(root, stacks);
        if (args.includes("--write")) {
            const file = join(root, readmeFile);
            writeFileSync(file, replaceBetween(readFileSync(file, "utf8"), "cost", costs));
        }
        print(costs);
        return 0;
    } catch (error) {
        if (error instanceof PlanError) {
            error.problems.forEach((problem) => {
                print(problem);
            });
            return 1;
        }
        throw error;
    }
}
