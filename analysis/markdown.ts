/**
 * A table, line by line. Cells are not padded to the width of the longest one: a new row changes no other line.
 *
 * @param rows cells in Markdown; only `|` is escaped
 */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** Plain text as Markdown, in which `*` and `<` would start emphasis and HTML. */
export const escapeMarkdown = (text: string): string => text.replace(/[*<]/g, "\\$&");
