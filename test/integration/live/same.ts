import { isObjectOrArray } from "../../../plan/query.ts";
import { Secret } from "../../../plan/plan.ts";

const isNothing = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === false ||
    value === "" ||
    (Array.isArray(value) && value.length === 0);

/** Policies and container definitions are JSON in a text, which AWS returns in another order. */
function parsed(text: string): unknown {
    try {
        return /^\s*[[{]/.test(text) ? JSON.parse(text) : undefined;
    } catch {
        return undefined;
    }
}

/** One form for what AWS treats as equal: order of lists, `["a"]` and `"a"`, `5` and `"5"`, a missing value and `false`. */
function normal(value: unknown): unknown {
    if (Array.isArray(value)) {
        const items = value.map(normal);
        const [only] = items;
        return items.length === 1 && typeof only === "string"
            ? only
            : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    if (isObjectOrArray(value)) {
        return Object.fromEntries(
            Object.entries(value)
                .filter(([, inner]) => !isNothing(inner))
                .map(([key, inner]) => [key, normal(inner)] as const)
                .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        );
    }
    const inner = typeof value === "string" ? parsed(value) : undefined;
    // A text again, to which nothing may be added.
    return inner !== undefined ? JSON.stringify(normal(inner)) : isNothing(value) ? null : String(value);
}

/** Whether everything planned is there. A list must have no other item; a structure may have what AWS adds. */
function holds(planned: unknown, live: unknown): boolean {
    if (Array.isArray(planned) && Array.isArray(live)) {
        const left: unknown[] = [...(live as unknown[])];
        return (
            planned.length === live.length &&
            planned.every((item) => {
                const found = left.findIndex((other) => holds(item, other));
                return found >= 0 && left.splice(found, 1).length === 1;
            })
        );
    }
    if (isObjectOrArray(planned) && isObjectOrArray(live) && !Array.isArray(planned) && !Array.isArray(live)) {
        return Object.entries(planned).every(([key, value]) => holds(value, live[key]));
    }
    return planned === live;
}

/** Whether AWS has what is planned and nothing else. */
export const isExactlySame = (planned: unknown, live: unknown): boolean =>
    JSON.stringify(normal(planned)) === JSON.stringify(normal(live));

/** Whether AWS has what is planned. No test reads a secret to compare it. */
export const isSame = (planned: unknown, live: unknown): boolean =>
    planned instanceof Secret || holds(normal(planned), normal(live));
