import type { AlarmRow } from "./alarm-row.ts";
import { gatewayAlarms } from "./gateway-alarms.ts";
import { paymentAlarms } from "./payment-alarms.ts";
import { serviceAlarms } from "./service-alarms.ts";
import { storeAlarms } from "./store-alarms.ts";

/** Every alarm on one metric. The key follows the subject in the alarm's name, and names its threshold in the settings. */
export const alarmTable = {
    ...serviceAlarms,
    ...paymentAlarms,
    ...storeAlarms,
    ...gatewayAlarms,
    "event-undelivered": {
        subjectKind: "event-rule",
        metric: "FailedInvocations",
        statistic: "Sum",
        above: 0,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "EventBridge could not publish an alert: read it in the dead-letter queue, then repair the policy of the topic or key.",
    },
    "drill-overdue": {
        subjectKind: "recovery",
        metric: "DrillOverdue",
        statistic: "Maximum",
        highest: 1,
        above: 0,
        minutes: 24 * 60,
        periods: 1,
        severity: "warning",
        firstAction:
            "Nobody has restored the backups for too long: hold a drill (npm run drill), and mend what it finds.",
    },
    "certificate-expiring": {
        subjectKind: "certificate",
        // ACM publishes it twice a day (https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html).
        metric: "DaysToExpiry",
        statistic: "Minimum",
        unit: "days",
        // ACM renews earlier, where it can: a certificate with fewer days is one that it does not renew.
        below: 30,
        minutes: 24 * 60,
        periods: 1,
        severity: "warning",
        firstAction: "Clients will refuse the load balancer's certificate: import a new one, or mend ACM's renewal.",
    },
} as const satisfies Record<string, AlarmRow>;

export type AlarmName = keyof typeof alarmTable;

/**
 * Alarms that roll back a running deployment. Workers get no requests, so their log is the only sign of errors: it has failures that an
 * outage explains at level `warn` (`services/common/outage.ts`).
 */
export const deploymentAlarms = {
    path: ["target-5xx", "target-unhealthy"],
    worker: ["application-errors"],
} as const satisfies Record<string, readonly AlarmName[]>;

/** Section of the runbook for an alarm, which has the alarm's name. */
export const runbookSection = (alarm: string): string => `docs/runbook.md#${alarm}`;
