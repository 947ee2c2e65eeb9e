import type { CostEstimate } from "../../analysis/cost/cost.ts";
import { totalOf } from "../../analysis/cost/cost.ts";
import type { NotPriced } from "../../analysis/cost/not-priced.ts";
import { prices, type Price } from "../../analysis/cost/prices.ts";
import { assumptionTexts } from "../../analysis/cost/traffic.ts";
import { formatTable, wrapLine } from "../frame/table.ts";
import { markdownTable } from "../schema/markdown.ts";

/** The estimate of one stack. */
export interface StackCost {
    readonly stack: string;
    /** Region of the stack. The prices may be those of another one. */
    readonly region: string;
    readonly estimate: CostEstimate;
}

/** How the parts of a report are written. */
interface ReportFormat {
    readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => readonly string[];
    /** An amount in USD. @param width characters of the longest amount of the table */
    readonly amount: (text: string, width: number) => string;
    readonly strong: (text: string) => string;
    /** A line outside the table. */
    readonly line: (text: string) => readonly string[];
}

const strongMarkdown = (text: string) => `**${text}**`;

/** For a page of the docs. */
export const markdownReport: ReportFormat = {
    table: (head, rows) => [markdownTable(head, rows)],
    amount: strongMarkdown,
    strong: strongMarkdown,
    line: (text) => [text],
};

/** For a terminal or a log. @param width characters of a line */
export const textReport = (width: number): ReportFormat => ({
    table: (head, rows) => formatTable(head, rows, width),
    amount: (text, longest) => text.padStart(longest),
    strong: (text) => text,
    line: (text) => wrapLine(text, width, 2),
});

/**
 * A table with a column for each stack, regions and dates of the prices, assumptions, and what has no price.
 *
 * @param requestsPerSecond 0 for the cost at rest
 */
export function costReport(
    costs: readonly StackCost[],
    requestsPerSecond: number,
    { table, amount, strong, line }: ReportFormat,
): string {
    const columns = costs.map(({ stack, estimate }) => ({
        estimate,
        rows: new Map(estimate.rows.map((row) => [row.item.replace(`-${stack}`, ""), row])),
    }));
    const items = [...new Set(columns.flatMap(({ rows }) => [...rows.keys()]))];
    const longest = Math.max(...costs.map(({ estimate }) => usd(totalOf(estimate.rows)).length));
    const cells = (item: string) =>
        columns.map(({ rows }) => {
            const row = rows.get(item);
            return row === undefined ? "" : `${amount(usd(row.amount), longest)}: ${row.arithmetic}`;
        });
    const title = requestsPerSecond === 0 ? "at rest" : `at ${requestsPerSecond} requests a second`;
    return [
        ...table(
            [`USD a month ${title}`, ...costs.map(({ stack }) => stack)],
            [
                ...items.map((item) => [item, ...cells(item)]),
                [strong("Total"), ...columns.map(({ estimate }) => amount(totalText(estimate), longest))],
            ],
        ),
        "",
        ...[
            `Region: ${costs.map(regionText).join(", ")}. AWS's list prices on demand, read from ${firstAndLastDay()}.`,
            ...(requestsPerSecond === 0 ? [] : section("Assumptions", assumptionTexts)),
            ...section("Without a price in the region, so that the total is too low", partsText(costs, "missing")),
            ...section("Not priced", partsText(costs, "notPriced")),
        ].flatMap(line),
    ].join("\n");
}

const regionText = ({ stack, region, estimate }: StackCost): string =>
    `${stack} in ${region}${estimate.region === region ? "" : ` with the prices of ${estimate.region}`}`;

const usd = (amount: number): string => `$${amount.toFixed(2)}`;

/** The total in USD, which is a lower bound where a price is missing. */
export const totalText = ({ rows, missing }: CostEstimate): string =>
    `${missing.length > 0 ? "at least " : ""}${usd(totalOf(rows))}`;

const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `${title}:`, "", ...lines.map((line) => `- ${line}`)];

/** Each part once, with the stacks that have it where not all have. */
function partsText(costs: readonly StackCost[], kind: "missing" | "notPriced"): string[] {
    const stacksByPart = new Map<string, string[]>();
    for (const { stack, estimate } of costs) {
        for (const part of estimate[kind]) {
            const text = partText(part);
            stacksByPart.set(text, [...(stacksByPart.get(text) ?? []), stack]);
        }
    }
    return [...stacksByPart].map(([text, stacks]) =>
        stacks.length === costs.length ? text : `${text} (${stacks.join(", ")})`,
    );
}

const partText = ({ item, reason }: NotPriced): string => `${item}: ${reason}`;

/** `2025-06-01 to 2026-10-02` */
function firstAndLastDay(): string {
    const days = Object.values<Price>(prices)
        .flatMap(({ read }) => read ?? [])
        .toSorted();
    return `${days.at(0)} to ${days.at(-1)}`;
}
