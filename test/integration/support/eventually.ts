import { setTimeout } from "node:timers/promises";

/** How long to wait for what comes in its own time, in milliseconds. */
export interface Patience {
    readonly within: number;
    readonly every: number;
    readonly now?: () => number;
    readonly pause?: (ms: number) => Promise<unknown>;
}

/**
 * Asks until there is an answer.
 *
 * @throws Error that says what did not come, and how long it was waited for
 */
export async function eventually<T>(
    what: string,
    ask: () => Promise<T | undefined>,
    { within, every, now = Date.now, pause = setTimeout }: Patience,
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
