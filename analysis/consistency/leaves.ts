import { isTree } from "../../plan/query.ts";
import type { Normal } from "./normalize.ts";

/** A place where two values differ; nothing stands for what is not there. */
export interface Leaf {
    /** Such as `rules[].expiration.days`. */
    readonly path: string;
    readonly values: readonly [string | undefined, string | undefined];
}

const shown = (value: Normal | undefined): string | undefined =>
    value === undefined || typeof value === "string" ? value : JSON.stringify(value);

/** Every place where two values differ. Of lists only what both do not have is compared, in its order. */
export function leavesOf(one: Normal | undefined, other: Normal | undefined, path = ""): Leaf[] {
    if (JSON.stringify(one) === JSON.stringify(other)) {
        return [];
    }
    if (Array.isArray(one) && Array.isArray(other)) {
        const [left, right] = [less(one, other), less(other, one)];
        return Array.from({ length: Math.max(left.length, right.length) }).flatMap((_, i) =>
            leavesOf(left[i], right[i], `${path}[]`),
        );
    }
    if (isTree(one) && isTree(other) && !Array.isArray(one) && !Array.isArray(other)) {
        const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
        return keys.flatMap((key) => leavesOf(one[key], other[key], path === "" ? key : `${path}.${key}`));
    }
    return [{ path, values: [shown(one), shown(other)] }];
}

function less(items: Normal[], others: Normal[]): Normal[] {
    const known = new Set(others.map((item) => JSON.stringify(item)));
    return items.filter((item) => !known.has(JSON.stringify(item)));
}
