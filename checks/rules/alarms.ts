import { alarmTable, runbookSection } from "../../lib/monitoring/alarm-table.ts";
import { burnRates } from "../../lib/monitoring/burn-rates.ts";
import type { Plan } from "../../plan/plan.ts";
import { isRequiredMetric, metricsOfAlarms, requiredAlarms } from "../alarms/required-alarms.ts";
import { resourcesOfType, typeNameOf, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

/** Sections of the runbook: one for each kind of alarm, with the same name. */
export const runbookSections = [...Object.keys(alarmTable), ...Object.keys(burnRates)];

/** Maximum of AWS (`PutMetricAlarm`, `PutCompositeAlarm`). */
const maxDescriptionLength = 1024;

const alarmsOf = (plan: Plan) => [
    ...resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

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
        description: "The description of every alarm names its section of the runbook",
        fix: `End the description with \`${runbookSection("<kind of alarm>")}\`, and write that section.`,
        check: (plan) => {
            const alarms = alarmsOf(plan);
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
];
