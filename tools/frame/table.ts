type Alignment = "left" | "right";

/**
 * Rows as lines of text whose columns are as wide as their longest cell, two spaces apart.
 *
 * @param alignments of the columns
 * @default all left
 */
export function formatColumns(rows: readonly (readonly string[])[], alignments: readonly Alignment[] = []): string[] {
    const columns = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows.map((row) =>
        row
            .map((cell, column) =>
                alignments[column] === "right" ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
            )
            .join("  ")
            .trimEnd(),
    );
}
