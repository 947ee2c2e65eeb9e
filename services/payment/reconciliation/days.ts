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

/** Milliseconds of a span: one of the busiest hour of a million payments a day has some 5,000 (docs/reconciliation.md). */
const spanMs = 60_000;

/**
 * Spans of time whose captures and refunds can be looked for in the reports once that of a day is there. The acquirer may have booked an operation
 * up to an hour before or after this platform, on another day: the first and the last hour of a day also need the report of the
 * day beside it. Where both neighbours are compared these are 26 hours: those of the day, and one on either side.
 */
export function spansToLookFor(day: Day, isCompared: (day: Day) => boolean): Span[] {
    const start = Date.parse(day);
    return Array.from({ length: 26 }, (_, index) => start + (index - 1) * hourMs)
        .filter((hour) => [hour - hourMs, hour + 2 * hourMs - 1].map(dayOf).every(isCompared))
        .flatMap((hour) => Array.from({ length: hourMs / spanMs }, (_, index) => spanAt(hour + index * spanMs)));
}

const spanAt = (time: number): Span => ({
    from: new Date(time).toISOString(),
    to: new Date(time + spanMs).toISOString(),
});
