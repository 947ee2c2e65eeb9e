import { z } from "zod";
import { highestValue, isShare, wholeOf, type AlarmRow } from "../monitoring/alarm-row.ts";
import { alarmTable } from "../monitoring/alarm-table.ts";
import { email, integer, uniqueList } from "./fields.ts";

export const alerts = z.strictObject({
    critical: uniqueList(email)
        .default([])
        .describe("E-mail addresses for critical alarms; each must confirm its subscription."),
    warning: uniqueList(email)
        .default([])
        .describe("E-mail addresses for warnings; each must confirm its subscription."),
});

/** Below this, a threshold in bytes was given in a larger unit: the metric is never as low. */
const leastBytes = 1024 * 1024;

/** Smallest threshold in percent: with a lower one, a few failures among many requests would raise the alarm. */
const leastPercent = 0.1;

export const alarmThresholds = z.strictObject(
    Object.fromEntries(
        Object.entries<AlarmRow>(alarmTable).map(([alarm, row]) => {
            const direction = row.above === undefined ? "below" : "above";
            const value = row.preset ?? row.above ?? row.below;
            return [
                alarm,
                thresholdOf(row)
                    .optional()
                    .describe(`${row.metric} ${direction} this${unitText(row)}; ${value} by default.`),
            ];
        }),
    ),
);

function unitText(row: AlarmRow): string {
    if (isShare(row)) {
        return ` percent of the ${wholeOf(row)}`;
    }
    if (row.statistic === "Rise") {
        return ", in percentage points of the payments above the hour before";
    }
    return row.unit === undefined ? "" : `, in ${row.unit}`;
}

/** A threshold with which the alarm can be raised, and is not raised all the time. */
function thresholdOf(row: AlarmRow): z.ZodNumber {
    const highest = highestValue(row);
    if (row.below !== undefined) {
        const least = row.unit === "bytes" ? leastBytes : undefined;
        const error = `must be a number ${least === undefined ? "above 0" : `of ${least} or more`}${unitText(row)}, as ${row.metric} is never lower`;
        return least === undefined ? z.number({ error }).gt(0, { error }) : z.number({ error }).min(least, { error });
    }
    const isRelative = isShare(row) || row.statistic === "Rise";
    const least = isRelative ? leastPercent : 0;
    if (highest === Infinity) {
        return z.number().min(least);
    }
    const error = `must be a number from ${least} to below ${highest}${unitText(row)}, as ${row.metric} is never higher${isRelative ? ", and a few failures among many are normal" : ""}`;
    return z.number({ error }).min(least, { error }).lt(highest, { error });
}

export const recovery = z.strictObject({
    drillEveryDays: integer(0, 365)
        .default(90)
        .describe(
            "Days without a successful restore drill (`npm run drill`) after which an alarm is raised; 0: never.",
        ),
    failureTests: z
        .boolean()
        .optional()
        .describe(
            "Allows integration tests that leave test payments or cause failures (docs/integration.md). Left out: allowed, except with compliance PCI-DSS.",
        ),
});
