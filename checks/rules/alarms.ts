import { alarmTable, runbookSection } from "../../lib/monitoring/alarm-table.ts";
import { burnRates } from "../../lib/monitoring/burn-rates.ts";
import type { Plan } from "../../plan/plan.ts";
import { isRequiredMetric, metricsOfAlarms, requiredAlarms } from "../alarms/required-alarms.ts";
import { resourcesOfType, typeNameOf, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

/** Sections of the runbook: one for each kind of alarm, called like it. */
export const runbookSections = [...Object.keys(alarmTable), ...Object.keys(burnRates)];

/** The most that AWS takes (`PutMetricAlarm`, `PutCompositeAlarm`). */
const maxDescriptionLength = 1024;

const alarmsOf = (plan: Plan) => [
    ...resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** The section that a description ends with. */
const runbookSectionOf = (description: string): string =>
    /\bdocs\/runbook\.md#([a-z0-9-]+)$/.exec(description)?.[1] ?? "";

export const alarmRules: readonly Rule[] = [
    {
        name: "everything-watched",
        description: "every service, store, function and door has its alarms",
        fix: "Add a row to `lib/monitoring/*-alarms.ts`, or the resource to the subjects in `lib/monitoring.ts`.",
        controls: ["PCI-10.7.2"],
        resourceTypes: [...new Set(requiredAlarms.map(({ type }) => type))],
        check: (plan) => {
            const alarmMetrics = metricsOfAlarms(plan);
            return [
                ...stackFindingUnless(alarmMetrics.length > 0, "nothing is watched"),
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
        description: "every alarm names the section of the runbook that tells what to do",
        fix: `End the description with \`${runbookSection("<kind of alarm>")}\`, and write that section.`,
        controls: ["PCI-10.7.2"],
        resourceTypes: ["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"],
        check: (plan) => {
            const alarms = alarmsOf(plan);
            return [
                ...stackFindingUnless(alarms.length > 0, "there are no alarms"),
                ...findingsUnless(
                    alarms,
                    (alarm) => runbookSections.includes(runbookSectionOf(inputText(alarm, "alarmDescription"))),
                    "end its description with a section of the runbook",
                ),
                ...findingsUnless(
                    alarms,
                    (alarm) => inputText(alarm, "alarmDescription").length <= maxDescriptionLength,
                    `describe itself in ${maxDescriptionLength} characters`,
                ),
            ];
        },
    },
];
