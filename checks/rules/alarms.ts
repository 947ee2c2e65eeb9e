import { alarmTable, runbookSection } from "../../lib/monitoring/alarm-table.ts";
import { burnRates } from "../../lib/monitoring/burn-rates.ts";
import { failureMetricsOf } from "../alarms/failure-metrics.ts";
import { alarmValue } from "../alarms/metric-math.ts";
import { notifyingAlarmsOf } from "../alarms/notifying-alarms.ts";
import { isRequiredMetric, metricsOfAlarm, metricsOfAlarms, requiredAlarms } from "../alarms/required-alarms.ts";
import { resourcesOfType, typeNameOf, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

/** Sections of the runbook: one for each kind of alarm, with the same name. */
export const runbookSections = [...Object.keys(alarmTable), ...Object.keys(burnRates)];

/** Maximum of AWS (`PutMetricAlarm`, `PutCompositeAlarm`). */
const maxDescriptionLength = 1024;

/** A number of requests in a period of minutes that is usual under load, and failures of which no deployment is to blame. */
const manyRequests = 100_000;
const fewFailures = 12;

/** The runbook section at the end of a description. */
const runbookSectionOf = (description: string): string =>
    /\bdocs\/runbook\.md#([a-z0-9-]+)$/.exec(description)?.[1] ?? "";

export const alarmRules: readonly Rule[] = [
    {
        name: "everything-watched",
        description: "Every service, data store, function and public endpoint has its alarms",
        fix: "Add a row to `lib/monitoring/*-alarms.ts`, or the resource to the subjects in `lib/monitoring.ts`.",
        check: (plan) => {
            const alarmMetrics = metricsOfAlarms(plan);
            return [
                ...stackFindingUnless(alarmMetrics.length > 0, "no alarm has a metric"),
                ...requiredAlarms.flatMap((row): Finding[] =>
                    resourcesOfType(plan, row.type).flatMap((node) =>
                        row.dimensionsOf(node, plan).flatMap((dimensions) =>
                            row.metrics
                                .filter(
                                    (metric) =>
                                        !alarmMetrics.some((each) => isRequiredMetric(row, metric, dimensions, each)),
                                )
                                .map((metric) => ({
                                    node,
                                    reason: `must have an alarm on ${metric} of ${Object.values(dimensions).join(", ")}`,
                                })),
                        ),
                    ),
                ),
            ];
        },
        evidence: (plan) =>
            requiredAlarms.flatMap((row) =>
                resourcesOfType(plan, row.type).flatMap((node) =>
                    row
                        .dimensionsOf(node, plan)
                        .map(
                            (part) =>
                                `${typeNameOf(node)} ${Object.values(part).join(" / ")}: ${row.metrics.join(", ")}`,
                        ),
                ),
            ),
    },
    {
        name: "alarms-name-their-runbook",
        description: "The description of every alarm that notifies someone names its section of the runbook",
        fix: `End the description with \`${runbookSection("<kind of alarm>")}\`, and write that section.`,
        check: (plan) => {
            const alarms = notifyingAlarmsOf(plan);
            return [
                ...stackFindingUnless(alarms.length > 0, "there are no alarms"),
                ...findingsUnless(
                    alarms,
                    (alarm) => runbookSections.includes(runbookSectionOf(inputText(alarm, "alarmDescription"))),
                    "have a description that ends with a section of the runbook",
                ),
                ...findingsUnless(
                    alarms,
                    (alarm) => inputText(alarm, "alarmDescription").length <= maxDescriptionLength,
                    `have a description of at most ${maxDescriptionLength} characters`,
                ),
            ];
        },
    },
    {
        name: "failure-alarms-relative",
        description:
            "Alarms on failed requests and payments compare them with all of them, and ignore a small number of them",
        fix: "Use the statistic `Share` with `requests`, or `Rise` with `payments`, in the row of `lib/monitoring/*-alarms.ts`.",
        check: (plan) => {
            const failuresOf = failureMetricsOf(plan);
            const alarms = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm")
                .map((alarm) => {
                    const failures = metricsOfAlarm(alarm)
                        .filter(({ namespace, metric }) => failuresOf(namespace).includes(metric))
                        .map(({ metric }) => metric);
                    // Before it many requests, none of which failed. A failure that is not among `failing` counts none.
                    const valueAt = (requests: number, failed: number, failing: readonly string[] = failures) =>
                        alarmValue(
                            alarm,
                            (metric) => (failing.includes(metric) ? failed : failures.includes(metric) ? 0 : requests),
                            (metric) => (failures.includes(metric) ? 0 : manyRequests),
                        );
                    return { alarm, failures, valueAt, threshold: Number(alarm.inputs.threshold) };
                })
                .filter(({ failures }) => failures.length > 0);
            return [
                ...stackFindingUnless(alarms.length > 0, "no alarm is on failed requests"),
                ...alarms.flatMap(({ alarm: node, failures, valueAt, threshold }): Finding[] => {
                    const metric = failures.join(", ");
                    // A request fails in one way. Where the requests are those that succeed, there are none.
                    const whenAllFail = failures.flatMap((failure) => [
                        valueAt(manyRequests, manyRequests, [failure]),
                        valueAt(0, manyRequests, [failure]),
                    ]);
                    return [
                        ...(valueAt(manyRequests, fewFailures) > threshold
                            ? [
                                  {
                                      node,
                                      reason: `must not fire on ${fewFailures} of ${manyRequests} requests: ${metric}`,
                                  },
                              ]
                            : []),
                        ...(valueAt(1, 1) > threshold
                            ? [{ node, reason: `must not fire on the only request of a period: ${metric}` }]
                            : []),
                        ...(Math.max(...whenAllFail) < threshold
                            ? [{ node, reason: `must fire when every request fails: ${metric}` }]
                            : []),
                    ];
                }),
            ];
        },
    },
];
