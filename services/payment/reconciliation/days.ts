/** A day of UTC, such as `2026-01-31`. */
export type Day = string;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export const dayOf = (time: number | Date): Day => new Date(time).toISOString().slice(0, 10);

/** The day so many days later, or earlier. */
export const addDays = (day: Day, days: number): Day => dayOf(Date.parse(day) + days * dayMs);

/** From a time, and before another one; ISO 8601. */
export interface Span {
    readonly from: string;
    readonly to: string;
}

/**
 * The times whose captures and refunds can be looked for in the reports once that of a day is there. The acquirer may have booked an operation
 * up to an hour before or after this platform, on another day: the first and the last hour of a day also need the report of the
 * day beside it. Where both neighbours are compared these are 26 hours: those of the day, and one on either side.
 */
export function spanToLookFor(day: Day, isCompared: (day: Day) => boolean): Span {
    const start = Date.parse(day);
    const from = start + (isCompared(addDays(day, -1)) ? -hourMs : hourMs);
    const to = start + dayMs + (isCompared(addDays(day, 1)) ? hourMs : -hourMs);
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
