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

const hourAt = (time: number): Span => ({
    from: new Date(time).toISOString(),
    to: new Date(time + hourMs).toISOString(),
});

/** The 24 hours of a day. */
export const hoursOf = (day: Day): Span[] =>
    Array.from({ length: 24 }, (_, hour) => hourAt(Date.parse(day) + hour * hourMs));

/**
 * Hours whose captures and refunds can be looked for in the reports once that of a day is there. The acquirer may have booked an operation
 * up to an hour before or after this platform, on another day: the first and the last hour of a day also need the report of the
 * day beside it. Of a day whose neighbours are compared these are 26 hours: its own, and one on either side.
 */
export function hoursToLookFor(day: Day, isCompared: (day: Day) => boolean): Span[] {
    const start = Date.parse(day);
    return Array.from({ length: 26 }, (_, index) => start + (index - 1) * hourMs)
        .filter((hour) => [hour - hourMs, hour + 2 * hourMs - 1].map(dayOf).every(isCompared))
        .map(hourAt);
}
