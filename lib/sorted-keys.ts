/** For `JSON.stringify`: objects that differ only in the order of their keys give one text. */
export const sortedKeys = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value;
