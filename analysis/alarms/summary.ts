import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    arnOf,
    getPath,
    inputText,
    inputTexts,
    isObjectOrArray,
    itemsOf,
    resourcesOfType,
    textAtPath,
    toText,
} from "../../plan/query.ts";

/** What an alarm means for the person on call. */
export interface AlarmSummary {
    readonly node: PlanNode;
    /** Metric, statistic and subject; for a composite alarm the rule over other alarms. */
    readonly watches: string;
    /** Such as `above 80 for 3 of 3 periods of 60 s`; empty for a composite alarm. */
    readonly threshold: string;
    /** What the operator does first. */
    readonly firstAction: string;
    /** Section of docs/runbook.md; empty where the description names none. */
    readonly runbookSection: string;
    /** Logical names of the topics that it notifies. */
    readonly topics: readonly string[];
}

const comparisons: Readonly<Record<string, string>> = {
    GreaterThanOrEqualToThreshold: "at or above",
    GreaterThanThreshold: "above",
    LessThanOrEqualToThreshold: "at or below",
    LessThanThreshold: "below",
};

/** The section of the runbook at the end of an alarm's description. */
const runbookPattern = /\s*See docs\/runbook\.md#([a-z0-9-]+)$/;

export function alarmSummaryOf(plan: Plan, node: PlanNode): AlarmSummary {
    const description = inputText(node, "alarmDescription");
    const topics = inputTexts(node, "alarmActions");
    return {
        node,
        watches: inputText(node, "alarmRule") || metricText(node),
        threshold: thresholdText(node),
        firstAction: description.replace(runbookPattern, ""),
        runbookSection: runbookPattern.exec(description)?.[1] ?? "",
        topics: resourcesOfType(plan, "sns/topic:Topic")
            .filter((topic) => topics.includes(arnOf(topic)))
            .map(({ name }) => name),
    };
}

/** `Maximum CPUUtilization of ClusterName payment-prod`; of several metrics the label of the result. */
function metricText(node: PlanNode): string {
    const result = itemsOf(node.inputs.metricQueries).find((query) => getPath(query, "returnData") === true);
    const dimensions = dimensionsOf(node);
    const metric =
        result === undefined
            ? `${inputText(node, "statistic")} ${inputText(node, "metricName")}`
            : textAtPath(result, "label") || textAtPath(result, "expression");
    return dimensions === "" ? metric : `${metric} of ${dimensions}`;
}

/** Those of the alarm, or of its first metric that has any. */
function dimensionsOf({ inputs }: PlanNode): string {
    const all = [
        inputs.dimensions,
        ...itemsOf(inputs.metricQueries).map((query) => getPath(query, "metric.dimensions")),
    ];
    const found = all.find((each) => isObjectOrArray(each)) ?? {};
    return (
        Object.entries(found)
            // Of `app/payment-prod/68c63cfdb29eb962` the name.
            .map(
                ([name, value]) =>
                    `${name} ${/^(?:app|targetgroup)\/([^/]+)\//.exec(String(value))?.[1] ?? String(value)}`,
            )
            .join(", ")
    );
}

function thresholdText({ inputs }: PlanNode): string {
    const { threshold, comparisonOperator, evaluationPeriods, datapointsToAlarm = evaluationPeriods } = inputs;
    if (typeof threshold !== "number") {
        return "";
    }
    const periods = itemsOf(inputs.metricQueries).map((query) => getPath(query, "metric.period"));
    const period = [inputs.period, ...periods].find((each) => typeof each === "number");
    const comparison = comparisons[toText(comparisonOperator)] ?? toText(comparisonOperator);
    return `${comparison} ${Number(threshold.toPrecision(6))} in ${toText(datapointsToAlarm)} of ${toText(evaluationPeriods)} periods of ${String(period)} s`;
}
