/** Milliseconds that a busy machine may take: a limit for what never happens, not a measurement. */
export const patience = { within: 120_000, every: 100 };
