import { z } from "zod";
import type { AlarmRow } from "../monitoring/alarm-row.ts";
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

export const alarmThresholds = z.strictObject(
    Object.fromEntries(
        Object.entries<AlarmRow>(alarmTable).map(([alarm, { above, below, preset, metric }]) => [
            alarm,
            z
                .number()
                .min(0)
                .optional()
                .describe(
                    `${metric} ${above === undefined ? "below" : "above"} this; ${preset ?? above ?? below} by default.`,
                ),
        ]),
    ),
);

export const recovery = z.strictObject({
    drillEveryDays: integer(0, 365)
        .default(90)
        .describe(
            "Days without a successful restore drill (`npm run drill`) after which an alarm is raised; 0: never.",
        ),
});
