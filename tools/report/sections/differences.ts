import type { LineMark, ReportLine } from "../../diff/document.ts";
import type { Comparison } from "../comparison.ts";
import { markup, type Html } from "../html.ts";
import type { Section } from "./section.ts";

/** The sign of each line says the same as its colour. */
const signs: Readonly<Record<LineMark, string>> = {
    question: "?",
    danger: "!!",
    replace: "+-",
    delete: "-",
    update: "~",
    create: "+",
    detail: " ",
};

/** What differs from another stack or version. */
export const differencesSection = ({ with: base, summary, notes, sections }: Comparison): Section => ({
    id: "differences",
    title: "Differences",
    body: markup`<p>Compared with ${base}: ${summary}.</p>
${notes.map((note) => markup`<p class="note">${note}</p>`)}
${sections.map(({ title, lines }) => markup`<h3>${title}</h3><ul class="difference">${lines.map(lineItem)}</ul>`)}`,
});

const lineItem = ({ mark, text }: ReportLine): Html =>
    markup`<li class="mark-${mark}" data-row><span class="sign">${signs[mark]}</span> ${text}</li>`;
