import type { AlarmRow } from "./alarm-row.ts";
import { gatewayAlarms } from "./gateway-alarms.ts";
import { serviceAlarms } from "./service-alarms.ts";
import { storeAlarms } from "./store-alarms.ts";

/** Every alarm on one metric. The key follows the subject in the alarm's name, and names its threshold in the settings. */
export const alarmTable = {
    ...serviceAlarms,
    ...storeAlarms,
    ...gatewayAlarms,
    "drill-overdue": {
        subjectKind: "recovery",
        metric: "DrillOverdue",
        statistic: "Maximum",
        above: 0,
        minutes: 24 * 60,
        periods: 1,
        severity: "warning",
        firstAction:
            "Nobody has restored the backups for too long: hold a drill (npm run drill), and mend what it finds.",
    },
} as const satisfies Record<string, AlarmRow>;

export type AlarmName = keyof typeof alarmTable;

/** Alarms that roll back a running deployment. Workers get no requests, so their log is the only sign of errors. */
export const deploymentAlarms = {
    path: ["target-5xx", "target-unhealthy"],
    worker: ["application-errors"],
} as const satisfies Record<string, readonly AlarmName[]>;

/** Section of the runbook for an alarm, which has the alarm's name. */
export const runbookSection = (alarm: string): string => `docs/runbook.md#${alarm}`;
