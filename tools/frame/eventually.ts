import { setTimeout } from "node:timers/promises";

/** How long, and how often, to look for a result, in milliseconds. */
export interface EventuallyOptions {
    readonly within: number;
    readonly every: number;
    readonly now?: () => number;
    readonly pause?: (ms: number) => Promise<unknown>;
}

/**
 * Calls `ask` until it returns a value.
 *
 * @throws Error that names the missing value and the time limit
 */
export async function eventually<T>(
    what: string,
    ask: () => Promise<T | undefined>,
    { within, every, now = Date.now, pause = setTimeout }: EventuallyOptions,
): Promise<T> {
    const end = now() + within;
    for (;;) {
        const found = await ask();
        if (found !== undefined) {
            return found;
        }
        if (now() + every > end) {
            throw new Error(`${what} did not come within ${within / 1000} s`);
        }
        await pause(every);
    }
}
