import { InvalidArgumentError } from "commander";
import { accountIdPattern } from "../../lib/scope.ts";

/** @throws InvalidArgumentError unless it is a whole number, 0 or more */
export function parseWholeNumber(text: string): number {
    if (!/^\d+$/.test(text)) {
        throw new InvalidArgumentError("It must be a whole number, 0 or more.");
    }
    return Number(text);
}

/** @throws InvalidArgumentError unless it is a whole number, 1 or more */
export function parseCount(text: string): number {
    if (!/^[1-9]\d*$/.test(text)) {
        throw new InvalidArgumentError("It must be a whole number, 1 or more.");
    }
    return Number(text);
}

/** The highest port of TCP. */
const maxPort = 65_535;

/** @throws InvalidArgumentError unless it is a port, or 0 */
export function parsePort(text: string): number {
    if (!/^\d+$/.test(text) || Number(text) > maxPort) {
        throw new InvalidArgumentError(`It must be a port, 0 to ${maxPort}; 0 is any free one.`);
    }
    return Number(text);
}

/** @throws InvalidArgumentError unless it is a number above 0 */
export function parsePositiveNumber(text: string): number {
    const number = Number(text);
    if (!(number > 0 && Number.isFinite(number))) {
        throw new InvalidArgumentError("It must be a number above 0.");
    }
    return number;
}

/** @throws InvalidArgumentError unless it has the form of an account ID */
export function parseAccountId(text: string): string {
    if (!accountIdPattern.test(text)) {
        throw new InvalidArgumentError("It must be the 12 digits of an AWS account.");
    }
    return text;
}

/** The longest time that CloudWatch Logs can keep a log group's records, apart from for ever. */
const longestDays = 3653;

const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Milliseconds of a duration such as `90s`, `15m`, `2h` or `1d`.
 *
 * @throws InvalidArgumentError for any other text
 */
export function parseDuration(text: string): number {
    const [, count, unit = ""] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
    const seconds = secondsOfUnit[unit];
    if (seconds === undefined) {
        throw new InvalidArgumentError("It must be a number with s, m, h or d, such as 15m.");
    }
    if (Number(count) * seconds > longestDays * 86_400) {
        throw new InvalidArgumentError(`It must be at most ${longestDays}d.`);
    }
    return Number(count) * seconds * 1000;
}

/** The day of a time, in UTC, such as `2027-01-31`. */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** `20270131T101500Z`: a time in names, where AWS allows no colon. */
export const compactTime = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");

/**
 * Milliseconds since 1970 at the begin of a day, in UTC.
 *
 * @throws InvalidArgumentError unless it is a date such as 2027-01-31
 */
export function parseDay(text: string): number {
    const time = Date.parse(`${text}T00:00:00.000Z`);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || dayOf(time || 0) !== text) {
        throw new InvalidArgumentError("It must be a date such as 2027-01-31.");
    }
    return time;
}
