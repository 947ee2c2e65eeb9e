/**
 * The item with this key or index, which must exist.
 *
 * @throws Error if it does not exist
 */
export function requireItem<T>(items: readonly T[] | Readonly<Record<string, T>>, key: string | number): T {
    const found = Object.entries(items).find(([k]) => k === `${key}`);
    if (!found) {
        throw new Error(`no ${key} among ${Object.keys(items).join(", ") || "nothing"}`);
    }
    return found[1];
}
