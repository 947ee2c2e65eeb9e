import { createHash } from "node:crypto";
import { valueChanges, type ValueChange } from "../../analysis/difference/property-changes.ts";
import { valueLine } from "../../plan/value-text.ts";

/** Characters of two values together that are shown whole, so that a line can be read in a comment. */
const maxLineValuesLength = 130;

/** Characters of each of two values that do not fit, from its start or from where they differ. */
const maxValueLength = 60;

/** Characters before and after what differs in a long text. */
const contextLength = 12;

/** Splits the addition or removal of a long object or list into its leaves; any other change is returned as it is. */
export function splitLongAddition({ path, before, after }: ValueChange): ValueChange[] {
    const whole = before ?? after;
    const isOneSided = before === undefined || after === undefined;
    if (
        !isOneSided ||
        typeof whole !== "object" ||
        whole === null ||
        JSON.stringify(whole).length <= maxValueLength * 2
    ) {
        return [{ path, before, after }];
    }
    const empty = Array.isArray(whole) ? [] : {};
    const found = valueChanges(path, before ?? empty, after ?? empty);
    return found.length === 0 ? [{ path, before, after }] : found.flatMap(splitLongAddition);
}

/** `a -> b`: of long texts the part that differs, so that two of them never look the same. */
export function formatValueChange(before: unknown, after: unknown): string {
    const [old, now] = [unambiguousText(before), unambiguousText(after)];
    if (old === now) {
        return `${old} -> another ${now}`;
    }
    if (old.length + now.length <= maxLineValuesLength) {
        return `${old} -> ${now}`;
    }
    const start = Math.max(0, commonPrefixLength(old, now) - contextLength);
    const end = Math.max(0, commonSuffixLength(old, now) - contextLength);
    const [oldPart, nowPart] = [excerptOf(old, start, end), excerptOf(now, start, end)];
    return oldPart.length <= maxValueLength &&
        nowPart.length <= maxValueLength &&
        before !== undefined &&
        after !== undefined
        ? `${oldPart} -> ${nowPart}`
        : `${shortenValue(old)} -> ${shortenValue(now)}`;
}

const excerptOf = (text: string, start: number, end: number): string =>
    `${start > 0 ? "..." : ""}${text.slice(start, Math.max(start, text.length - end))}${end > 0 ? "..." : ""}`;

function commonPrefixLength(one: string, other: string): number {
    let at = 0;
    while (at < one.length && one[at] === other[at]) {
        at += 1;
    }
    return at;
}

function commonSuffixLength(one: string, other: string): number {
    let count = 0;
    while (count < Math.min(one.length, other.length) && one.at(-count - 1) === other.at(-count - 1)) {
        count += 1;
    }
    return count;
}

/** Puts a text in quotes that looks like a value of another type, or has spaces that one line would lose. */
const unambiguousText = (value: unknown): string =>
    typeof value === "string" && /^(true|false|null|nothing|-?\d+(\.\d+)?)?$|\s\s|[^\S ]/.test(value)
        ? JSON.stringify(value)
        : valueLine(value);

const shortenValue = (text: string): string =>
    text.length > maxValueLength
        ? `${text.slice(0, maxValueLength - 20)}... (${text.length} characters, SHA-256 ${createHash("sha256").update(text).digest("hex").slice(0, 8)})`
        : text;
