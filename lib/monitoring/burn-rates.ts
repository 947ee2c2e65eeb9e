import type { Severity } from "../alerts.ts";

interface BurnRate {
    /** Burn rate: 1 would use the error budget exactly within the month. */
    readonly factor: number;
    /** Both windows must exceed the rate: the long one shows that it is significant, the short one that it continues. */
    readonly windowMinutes: readonly [long: number, short: number];
    readonly severity: Severity;
    readonly firstAction: string;
}

/** Windows and factors of "Alerting on SLOs" (https://sre.google/workbook/alerting-on-slos/): 2 % of the budget, then 5 %. */
export const burnRates: Readonly<Record<string, BurnRate>> = {
    "budget-burns-fast": {
        factor: 14.4,
        windowMinutes: [60, 5],
        severity: "critical",
        firstAction:
            "At this rate the month's error budget is gone in two days: roll back the last deployment, then look for the cause.",
    },
    "budget-burns-slowly": {
        factor: 6,
        windowMinutes: [360, 30],
        severity: "warning",
        firstAction:
            "At this rate the month's error budget is gone in five days: find the failing service in the dashboard.",
    },
};
