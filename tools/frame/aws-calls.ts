/** Questions to AWS that are open at the same time; more only make AWS throttle. */
const maxConcurrentCalls = 8;

/** Asks about each item, a few at a time; answers come in the order of the items. */
export async function mapConcurrently<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
    const found: R[] = [];
    const left = items.entries();
    const work = async () => {
        for (const [i, item] of left) {
            found[i] = await ask(item);
        }
    };
    await Promise.all(Array.from({ length: maxConcurrentCalls }, work));
    return found;
}

/** All items of calls for which the SDK has no paginator. */
export async function collectTokenPages<T>(
    ask: (token: string | undefined) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
): Promise<T[]> {
    const found: T[] = [];
    let token: string | undefined;
    do {
        const { items, next } = await ask(token);
        found.push(...(items ?? []));
        token = next;
    } while (token !== undefined && token !== "");
    return found;
}
