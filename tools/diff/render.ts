import {
    noDifferenceText,
    reportSections,
    summaryText,
    type ReportLine,
    type LineMark,
    type ReportSection,
} from "./document.ts";
import type { StyleText } from "../frame/context.ts";
import { wrapLine } from "../frame/table.ts";
import type { DiffReport } from "./report.ts";

/** How each kind of line begins, on a terminal and in a block of Markdown that GitHub colours by the first character. */
const prefixByMark: Readonly<
    Record<LineMark, { terminal: string; markdown: string; style?: Parameters<StyleText>[0] }>
> = {
    question: { terminal: "? ", markdown: "! ", style: "magenta" },
    danger: { terminal: "!!", markdown: "-!", style: ["bold", "red"] },
    replace: { terminal: "+-", markdown: "! replace", style: "magenta" },
    delete: { terminal: "- ", markdown: "- ", style: "red" },
    update: { terminal: "~ ", markdown: "! ", style: "yellow" },
    create: { terminal: "+ ", markdown: "+ ", style: "green" },
    detail: { terminal: "    ", markdown: "     " },
};

const headline = (report: DiffReport): string =>
    `${report.stack}, compared with ${report.base}: ${summaryText(report)}`;

/** The report for a terminal. */
export function renderText(report: DiffReport, style: StyleText, width: number): string {
    const line = ({ mark, text }: ReportLine): string[] => {
        const { terminal, style: format } = prefixByMark[mark];
        return wrapLine(`  ${terminal} ${text}`, width).map((each) => (format ? style(format, each) : each));
    };
    const sections = reportSections(report).flatMap(({ title, lines }) => [
        "",
        style("bold", title),
        ...lines.flatMap(line),
    ]);
    return [
        style("bold", headline(report)),
        ...report.notes.map((note) => `note: ${note}`),
        ...(sections.length === 0 ? [noDifferenceText(report)] : sections),
        "",
    ].join("\n");
}

/**
 * The report for a comment of a pull request.
 *
 * @param limit characters; the lines that do not fit are counted, so that the report does not look complete
 */
export function renderMarkdown(report: DiffReport, limit = Infinity): string {
    const head = [`#### ${headline(report)}`, "", ...report.notes.flatMap((note) => [`> ${note}`, ""])];
    const sections = reportSections(report);
    if (sections.length === 0) {
        return [...head, noDifferenceText(report), ""].join("\n");
    }
    const { lines, left } = fitLines(sections, limit - head.join("\n").length - reservedLength);
    // More backticks than any value has in a row.
    const fence = "`".repeat(Math.max(3, ...lines.map((line) => longestBacktickRun(line) + 1)));
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

/** Characters of a line in Markdown: a comment of GitHub shows about as many without scrolling. */
const markdownWidth = 120;

/** Characters for the fences and the last line. */
const reservedLength = 200;

const longestBacktickRun = (line: string): number =>
    Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));

function fitLines(sections: readonly ReportSection[], maxLength: number): { lines: string[]; left: number } {
    const all = sections.flatMap(({ title, lines }) => [
        `@@ ${title} @@`,
        ...lines.flatMap(({ mark, text }) => wrapLine(`${prefixByMark[mark].markdown} ${text}`, markdownWidth)),
    ]);
    let used = 0;
    const lines = all.filter((line) => {
        used += line.length + 1;
        return used <= maxLength;
    });
    return { lines, left: all.length - lines.length };
}
