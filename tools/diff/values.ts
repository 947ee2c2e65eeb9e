import { createHash } from "node:crypto";
import { differences, type Difference } from "../../analysis/difference/property-changes.ts";
import { lineOf } from "../../analysis/difference/value-text.ts";

/** Characters of two values together that are shown whole, so that a line can be read in a comment. */
const room = 130;

/** Characters of each of two values that do not fit, from its start or from where they differ. */
const longest = 60;

/** Characters before and after what differs in a long text. */
const around = 12;

/** The change leaf by leaf, also where a whole object comes or goes. */
export function leavesOf({ path, before, after }: Difference): Difference[] {
    const whole = before ?? after;
    const isOneSided = before === undefined || after === undefined;
    if (!isOneSided || typeof whole !== "object" || whole === null || JSON.stringify(whole).length <= longest * 2) {
        return [{ path, before, after }];
    }
    const empty = Array.isArray(whole) ? [] : {};
    const found = differences(path, before ?? empty, after ?? empty);
    return found.length === 0 ? [{ path, before, after }] : found.flatMap(leavesOf);
}

/** `a -> b`: of long texts the part that differs, so that two of them never look the same. */
export function changeText(before: unknown, after: unknown): string {
    const [old, now] = [textOf(before), textOf(after)];
    if (old === now) {
        return `${old} -> another ${now}`;
    }
    if (old.length + now.length <= room) {
        return `${old} -> ${now}`;
    }
    const start = Math.max(0, commonStart(old, now) - around);
    const end = Math.max(0, commonEnd(old, now) - around);
    const [oldPart, nowPart] = [partOf(old, start, end), partOf(now, start, end)];
    return oldPart.length <= longest && nowPart.length <= longest && before !== undefined && after !== undefined
        ? `${oldPart} -> ${nowPart}`
        : `${cut(old)} -> ${cut(now)}`;
}

const partOf = (text: string, start: number, end: number): string =>
    `${start > 0 ? "..." : ""}${text.slice(start, Math.max(start, text.length - end))}${end > 0 ? "..." : ""}`;

function commonStart(one: string, other: string): number {
    let at = 0;
    while (at < one.length && one[at] === other[at]) {
        at += 1;
    }
    return at;
}

function commonEnd(one: string, other: string): number {
    let count = 0;
    while (count < Math.min(one.length, other.length) && one.at(-count - 1) === other.at(-count - 1)) {
        count += 1;
    }
    return count;
}

/** A text that reads like another type of value, or would lose spaces in one line, stands in quotes. */
const textOf = (value: unknown): string =>
    typeof value === "string" && /^(true|false|null|nothing|-?\d+(\.\d+)?)?$|\s\s|[^\S ]/.test(value)
        ? JSON.stringify(value)
        : lineOf(value);

const cut = (text: string): string =>
    text.length > longest
        ? `${text.slice(0, longest - 20)}... (${text.length} characters, SHA-256 ${createHash("sha256").update(text).digest("hex").slice(0, 8)})`
        : text;
