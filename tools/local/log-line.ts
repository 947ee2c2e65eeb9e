import { isPlainObject, toText } from "../../plan/query.ts";
import { parseMessage } from "../logs/correlation.ts";
import { textLine } from "../logs/text-line.ts";

/** Fields of a record that its line has elsewhere, or that are the same in all. */
const otherFields = ["environment", "level", "message", "service", "timestamp"];

/** Levels that a line does not name. */
const quietLevels = ["debug", "info"];

/**
 * A line of a program as `npm run logs` shows it, with the record's message before its other fields.
 *
 * @param now time of a line without one, in milliseconds since 1970
 * @returns nothing for a metric, which CloudWatch takes out of the log
 */
export function readableLine(source: string, sourceWidth: number, line: string, now: number): string | undefined {
    const record = parseMessage(line);
    if (!isPlainObject(record)) {
        return textLine({ source, time: now, message: line }, sourceWidth);
    }
    if ("_aws" in record) {
        return undefined;
    }
    const { timestamp, level, message } = record;
    const fields = Object.entries(record)
        .filter(([name]) => !otherFields.includes(name))
        .map(([name, value]) => `${name}=${toText(value)}`);
    const shownLevel = typeof level !== "string" || quietLevels.includes(level) ? [] : [level.toUpperCase()];
    const time = typeof timestamp === "string" ? Date.parse(timestamp) : now;
    return textLine(
        { source, time, message: [...shownLevel, toText(message ?? ""), ...fields].join("  ") },
        sourceWidth,
    );
}
