import { alarmTable, runbookSection } from "../../lib/monitoring/alarm-table.ts";
import { burnRates } from "../../lib/monitoring/burn-rates.ts";
import type { Plan } from "../../plan/plan.ts";
import { isReading, readingsOf, watched } from "../alarms/watched.ts";
import { all, kindOf, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";

/** Sections of the runbook: one for each kind of alarm, called like it. */
export const runbookSections = [...Object.keys(alarmTable), ...Object.keys(burnRates)];

/** The most that AWS takes (`PutMetricAlarm`, `PutCompositeAlarm`). */
const longestDescription = 1024;

const alarmsOf = (plan: Plan) => [
    ...all(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** The section that a description ends with. */
const sectionOf = (description: string): string => /\bdocs\/runbook\.md#([a-z0-9-]+)$/.exec(description)?.[1] ?? "";

export const alarmRules: readonly Rule[] = [
    {
        name: "everything-watched",
        promise: "every service, store, function and door has its alarms",
        fix: "Add a row to `lib/monitoring/alarm-table.ts`, or the resource to the subjects in `lib/monitoring.ts`.",
        controls: ["PCI-10.7.2"],
        about: [...new Set(watched.map(({ type }) => type))],
        check: (plan) => {
            const readings = readingsOf(plan);
            return [
                ...unlessStack(readings.length > 0, "nothing is watched"),
                ...watched.flatMap((row): Finding[] =>
                    all(plan, row.type).flatMap((node) =>
                        row.of(node, plan).flatMap((dimensions) =>
                            row.metrics
                                .filter((metric) => !readings.some((each) => isReading(row, metric, dimensions, each)))
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
            watched.flatMap((row) =>
                all(plan, row.type).flatMap((node) =>
                    row
                        .of(node, plan)
                        .map((part) => `${kindOf(node)} ${Object.values(part).join(" / ")}: ${row.metrics.join(", ")}`),
                ),
            ),
    },
    {
        name: "alarms-name-their-runbook",
        promise: "every alarm names the section of the runbook that tells what to do",
        fix: `End the description with \`${runbookSection("<kind of alarm>")}\`, and write that section.`,
        controls: ["PCI-10.7.2"],
        about: ["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"],
        check: (plan) => {
            const alarms = alarmsOf(plan);
            return [
                ...unlessStack(alarms.length > 0, "there are no alarms"),
                ...unless(
                    alarms,
                    (alarm) => runbookSections.includes(sectionOf(text(alarm, "alarmDescription"))),
                    "end its description with a section of the runbook",
                ),
                ...unless(
                    alarms,
                    (alarm) => text(alarm, "alarmDescription").length <= longestDescription,
                    `describe itself in ${longestDescription} characters`,
                ),
            ];
        },
    },
];
