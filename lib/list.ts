/**
 * The item with this key or index, which must exist.
 *
 * @throws Error if it does not exist
 */
export function requireItem<T>(items: readonly T[] | Readonly<Record<string, T>>, key: string | number): T {
    if (!Object.hasOwn(items, key)) {
        throw new Error(`no ${key} among ${Object.keys(items).join(", ") || "nothing"}`);
    }
    return (items as Readonly<Record<string | number, T>>)[key] as T;
}
