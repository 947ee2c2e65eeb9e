import type { PlanNode } from "../../../plan/plan.ts";
import { shortTypeName } from "../../../plan/fake-provider/outputs.ts";
import { markup, slug, type Html, type HtmlValue } from "../html.ts";

/** A part of the page with a heading, to which the navigation leads. */
export interface Section {
    readonly id: string;
    readonly title: string;
    readonly body: Html;
}

/** Anchor of a resource's entry. */
export const resourceAnchor = ({ type, name }: Pick<PlanNode, "type" | "name">): string =>
    `r-${slug(`${shortTypeName(type)} ${name}`)}`;

export const ruleAnchor = (name: string): string => `rule-${name}`;

/** A row that the search hides where it lacks the words. */
export const searchRow = (cells: readonly HtmlValue[]): Html =>
    markup`<tr data-row>${cells.map((cell, i) => (i === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td>${cell}</td>`))}</tr>\n`;

/** A table that scrolls on a narrow screen, also by the arrow keys. */
export const table = (caption: string, head: readonly string[], rows: readonly Html[]): Html =>
    markup`<div class="table" role="region" aria-label="Table: ${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${head.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;

/** Items separated by commas. */
export const commaList = (items: readonly HtmlValue[]): HtmlValue[] =>
    items.map((item, i) => (i === 0 ? item : [", ", item]));

export const badge = (kind: string, text: string): Html => markup`<span class="badge ${kind}">${text}</span>`;
