import { styleText } from "node:util";
import { sameText, sectionsOf, summaryOf, type Line, type Mark, type Section } from "./document.ts";
import type { Report } from "./report.ts";

type Style = Parameters<typeof styleText>[0];

/** How each kind of line begins, on a terminal and in a block of Markdown that GitHub colours by the first character. */
const signs: Readonly<Record<Mark, { terminal: string; markdown: string; style?: Style }>> = {
    question: { terminal: "? ", markdown: "! ", style: "magenta" },
    danger: { terminal: "!!", markdown: "-!", style: ["bold", "red"] },
    replace: { terminal: "+-", markdown: "! replace", style: "magenta" },
    delete: { terminal: "- ", markdown: "- ", style: "red" },
    update: { terminal: "~ ", markdown: "! ", style: "yellow" },
    create: { terminal: "+ ", markdown: "+ ", style: "green" },
    detail: { terminal: "    ", markdown: "     " },
};

const headOf = (report: Report): string => `${report.stack}, compared with ${report.base}: ${summaryOf(report)}`;

/** The report for a terminal. */
export function renderText(report: Report, styled: boolean): string {
    const style = (as: Style | undefined, text: string): string =>
        styled && as !== undefined ? styleText(as, text, { validateStream: false }) : text;
    const line = ({ mark, text }: Line): string[] =>
        wrapped(`  ${signs[mark].terminal} ${text}`).map((each) => style(signs[mark].style, each));
    const sections = sectionsOf(report).flatMap(({ title, lines }) => [
        "",
        style("bold", title),
        ...lines.flatMap(line),
    ]);
    return [
        style("bold", headOf(report)),
        ...report.notes.map((note) => `note: ${note}`),
        ...(sections.length === 0 ? [sameText(report)] : sections),
        "",
    ].join("\n");
}

/**
 * The report for a comment of a pull request.
 *
 * @param limit characters; what does not fit is counted, so that nobody takes a part for the whole
 */
export function renderMarkdown(report: Report, limit = Infinity): string {
    const head = [`#### ${headOf(report)}`, "", ...report.notes.flatMap((note) => [`> ${note}`, ""])];
    const sections = sectionsOf(report);
    if (sections.length === 0) {
        return [...head, sameText(report), ""].join("\n");
    }
    const { lines, left } = fitting(sections, limit - head.join("\n").length - spare);
    // More backticks than any value has in a row.
    const fence = "`".repeat(Math.max(3, ...lines.map((line) => longestTicks(line) + 1)));
    return [
        ...head,
        `${fence}diff`,
        ...lines,
        fence,
        ...(left === 0
            ? []
            : [
                  "",
                  `${left} more lines do not fit here: see them with \`npm run diff -- ${report.stack} --from <base>\`.`,
              ]),
        "",
    ].join("\n");
}

/** Characters of a line: a comment of GitHub shows about as many without scrolling. */
const width = 120;

/** A line broken at spaces; what follows is indented, and so no line of a change. */
function wrapped(line: string): string[] {
    const place = line.lastIndexOf(" ", width);
    const isBroken = line.length > width && line.slice(0, place).trim() !== "";
    return isBroken ? [line.slice(0, place), ...wrapped(`        ${line.slice(place + 1)}`)] : [line];
}

/** Characters for the fences and the last line. */
const spare = 200;

const longestTicks = (line: string): number => Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));

function fitting(sections: readonly Section[], room: number): { lines: string[]; left: number } {
    const all = sections.flatMap(({ title, lines }) => [
        `@@ ${title} @@`,
        ...lines.flatMap(({ mark, text }) => wrapped(`${signs[mark].markdown} ${text}`)),
    ]);
    let used = 0;
    const lines = all.filter((line) => {
        used += line.length + 1;
        return used <= room;
    });
    return { lines, left: all.length - lines.length };
}
