/** Tells the time and waits; tests have one that only pretends to. */
export interface Clock {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    readonly sleep: (milliseconds: number) => Promise<void>;
}
