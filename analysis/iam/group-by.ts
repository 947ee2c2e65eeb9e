/** Things by what they have in common, in the order in which each group is first seen. */
export function groupBy<K, T>(things: readonly T[], keyOf: (thing: T) => K): Map<K, T[]> {
    const groups = new Map<K, T[]>();
    for (const thing of things) {
        const key = keyOf(thing);
        const group = groups.get(key) ?? [];
        group.push(thing);
        groups.set(key, group);
    }
    return groups;
}
