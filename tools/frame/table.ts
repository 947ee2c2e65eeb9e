import type { CommandContext } from "./context.ts";

type Alignment = "left" | "right";

/** Characters of a line that is wrapped: on a terminal its width; elsewhere lines stay whole, for programs that read them. */
export const wrapWidth = ({ onTerminal, width }: Pick<CommandContext, "onTerminal" | "width">): number =>
    onTerminal ? width : Infinity;

/**
 * A line broken at spaces; a word that is longer than the line stays whole.
 *
 * @param indent of the lines that continue it, so that they do not look like lines of their own
 */
export function wrapLine(line: string, width: number, indent = 8): string[] {
    if (line.length <= width) {
        return [line];
    }
    const last = line.lastIndexOf(" ", width);
    const isUsable = last > indent && line.slice(0, last).trim() !== "";
    const place = isUsable ? last : line.indexOf(" ", Math.max(width, indent + 1));
    return place === -1
        ? [line]
        : [line.slice(0, place), ...wrapLine(`${" ".repeat(indent)}${line.slice(place + 1)}`, width, indent)];
}

/** Columns that are less wide than this are not wrapped. */
const minWrappedColumn = 20;

/**
 * Rows as lines of text whose columns are as wide as their longest cell, two spaces apart.
 *
 * @param alignments of the columns
 * @default all left
 * @param width characters of a line: what is longer in the last column continues below it
 * @default lines are not wrapped
 */
export function formatColumns(
    rows: readonly (readonly string[])[],
    alignments: readonly Alignment[] = [],
    width = Infinity,
): string[] {
    const columns = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    const indent = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
    return rows.flatMap((row) => {
        const line = row
            .map((cell, column) =>
                alignments[column] === "right" ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
            )
            .join("  ")
            .trimEnd();
        return width - indent < minWrappedColumn ? [line] : wrapLine(line, width, indent);
    });
}

/**
 * A table with a header. Where it is wider than the line, its last column is wrapped; where that is not enough, each row becomes
 * a block with a line for each of its cells.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
    const lines = formatColumns([header, ...rows], [], width);
    if (lines.every((line) => line.length <= width)) {
        return lines;
    }
    return rows.flatMap((row, index) => [
        ...(index === 0 ? [] : [""]),
        ...formatColumns(
            header.map((name, column) => [name, row[column] ?? ""]),
            [],
            width,
        ),
    ]);
}
