import { setTimeout } from "node:timers/promises";

export const dayMilliseconds = 86_400_000;

/** Reads the time and waits; tests replace it by one that does not wait. */
export interface Clock {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly sleep: (milliseconds: number) => Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) };
