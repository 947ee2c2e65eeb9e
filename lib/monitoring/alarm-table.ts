import type { AlarmRow } from "./alarm-row.ts";
import { gatewayAlarms } from "./gateway-alarms.ts";
import { serviceAlarms } from "./service-alarms.ts";
import { storeAlarms } from "./store-alarms.ts";

/** Every alarm on one metric. The key names the alarm, with its subject before it, and the threshold a stack may set. */
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

/** Alarms that roll a deployment back while it runs. No request tells of a worker's errors, but its log does. */
export const deploymentAlarms = {
    path: ["target-5xx", "target-unhealthy"],
    worker: ["application-errors"],
} as const satisfies Record<string, readonly AlarmName[]>;

/** Where the runbook tells what to do about an alarm; its sections are called like the alarms. */
export const runbookSection = (alarm: string): string => `docs/runbook.md#${alarm}`;
