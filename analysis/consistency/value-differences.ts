import { isObjectOrArray } from "../../plan/query.ts";
import { isTuple, type NormalizedValue } from "./normalize.ts";

/** A place where two values differ; undefined on a side that does not have it. */
export interface ValueDifference {
    /** Such as `rules[].expiration.days`. */
    readonly path: string;
    readonly values: readonly [string | undefined, string | undefined];
}

const displayText = (value: NormalizedValue | undefined): string | undefined =>
    value === undefined || typeof value === "string" ? value : JSON.stringify(value);

/** Every place where two values differ. Of lists only what both do not have is compared, in its order; of tuples each item. */
export function valueDifferences(
    one: NormalizedValue | undefined,
    other: NormalizedValue | undefined,
    path = "",
): ValueDifference[] {
    if (JSON.stringify(one) === JSON.stringify(other)) {
        return [];
    }
    if (Array.isArray(one) && Array.isArray(other) && isTuple(one) && one.length === other.length) {
        return one.flatMap((item, i) => valueDifferences(item, other[i], `${path}[]`));
    }
    if (Array.isArray(one) && Array.isArray(other)) {
        const [left, right] = [itemsNotIn(one, other), itemsNotIn(other, one)];
        return Array.from({ length: Math.max(left.length, right.length) }).flatMap((_, i) =>
            valueDifferences(left[i], right[i], `${path}[]`),
        );
    }
    if (isObjectOrArray(one) && isObjectOrArray(other) && !Array.isArray(one) && !Array.isArray(other)) {
        const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
        return keys.flatMap((key) => valueDifferences(one[key], other[key], path === "" ? key : `${path}.${key}`));
    }
    return [{ path, values: [displayText(one), displayText(other)] }];
}

function itemsNotIn(items: NormalizedValue[], others: NormalizedValue[]): NormalizedValue[] {
    const otherItems = new Set(others.map((item) => JSON.stringify(item)));
    return items.filter((item) => !otherItems.has(JSON.stringify(item)));
}
