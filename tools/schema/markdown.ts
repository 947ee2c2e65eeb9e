import { tableLines } from "../../analysis/markdown.ts";

/** Prettier would pad the columns to the longest cell, and a new setting would change every line. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
    return ["<!-- prettier-ignore-start -->", ...tableLines(head, rows), "<!-- prettier-ignore-end -->"].join("\n");
}

export const inlineCode = (text: string) => `\`${text}\``;

/**
 * Replaces the text between `<!-- name:begin -->` and `<!-- name:end -->`; a page without the first marker is unchanged.
 *
 * @throws unless each marker is there once, in this order
 */
export function replaceBetween(page: string, name: string, content: string | (() => string)): string {
    const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
    const [before, rest, ...more] = page.split(begin);
    const [old, after, ...afterMore] = rest?.split(end) ?? [];
    if (before === undefined || old === undefined) {
        return page;
    }
    if (after === undefined || more.length > 0 || afterMore.length > 0) {
        throw new Error(`the markers ${begin} and ${end} must stand once each, in this order`);
    }
    return `${before}${begin}\n${typeof content === "string" ? content : content()}\n${end}${after}`;
}
