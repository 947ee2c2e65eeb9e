/**
 * The item that must exist under a key or at an index.
 *
 * @throws when there is none
 */
export function requireItem<T>(items: readonly T[] | Readonly<Record<string, T>>, key: string | number): T {
    const found = Object.entries(items).find(([k]) => k === `${key}`);
    if (!found) {
        throw new Error(`no ${key} among ${Object.keys(items).join(", ") || "nothing"}`);
    }
    return found[1];
}
