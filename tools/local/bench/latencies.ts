/** Milliseconds from a request to its answer. */
export interface Quantiles {
    readonly p50: number;
    readonly p99: number;
    readonly slowest: number;
}

/**
 * Quantiles of requests that each connection was to send at a steady interval. An answer that takes longer than the interval delays the
 * requests behind it, which callers would have sent by other connections: each of them counts with the time that it would have
 * waited. Without them an answer after a second would be one slow request among hundreds of fast ones.
 *
 * @param times in milliseconds, in any order
 * @param interval in milliseconds; Infinity where a request is sent when the one before is answered
 */
export function quantilesOf(times: Iterable<number>, interval: number): Quantiles {
    const all: number[] = [];
    for (const time of times) {
        for (let waited = time; waited > 0; waited -= interval) {
            all.push(waited);
        }
    }
    all.sort((a, b) => a - b);
    const quantile = (share: number): number => all[Math.floor(all.length * share)] ?? NaN;
    return { p50: quantile(0.5), p99: quantile(0.99), slowest: all.at(-1) ?? NaN };
}
