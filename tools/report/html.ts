import { accountIdInText } from "../../plan/text.ts";

/** Markup, as opposed to a text that is still to be escaped. */
export class Html {
    readonly markup: string;

    constructor(markup: string) {
        this.markup = markup;
    }
}

export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

const withoutAccountIds = (text: string): string => text.replace(accountIdInText, "<account>");

/** A text as content or attribute, without IDs of accounts. */
const escapeHtml = (text: string): string =>
    withoutAccountIds(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);

const isList = (value: HtmlValue): value is readonly HtmlValue[] => Array.isArray(value);

const markupOf = (value: HtmlValue): string => {
    if (value instanceof Html) {
        return value.markup;
    }
    if (isList(value)) {
        return value.map(markupOf).join("");
    }
    return value === undefined ? "" : escapeHtml(String(value));
};

/**
 * Markup with values, which are escaped unless they are markup themselves. Prettier would format what is tagged `html`, and
 * add spaces that the page and the hashes of its policy must not have.
 */
export const markup = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
    new Html(parts.reduce((all, part, i) => `${all}${markupOf(values[i - 1])}${part}`));

/** JSON for a `<script type="application/json">`, whose text no `</script>` may end. */
export const jsonForScript = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));

/** An ID for an anchor: lower-case words joined by hyphens. */
export const slug = (text: string): string =>
    text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
