import type { PlanNode } from "../../plan/plan.ts";
import { arnOf, findingsUnless, inputText, inputTexts, resourcesOfType, stackFindingUnless } from "../../plan/query.ts";
import { metricsOfAlarm } from "../alarms/required-alarms.ts";
import { notifyingAlarmsOf } from "../alarms/notifying-alarms.ts";
import type { Rule } from "../rule.ts";

const child = String.raw`ALARM\("[^"]+"\)`;

/** Alarms of which all must fire, or one: nothing that is always true or false, and no `NOT`. */
const plainRule = new RegExp(`^${child}(?:( AND | OR )${child}(?:\\1${child})*)?$`);

/** Names of the alarms in a composite alarm's rule; none where it has anything else. */
const childAlarmNames = (composite: PlanNode): string[] => {
    const text = inputText(composite, "alarmRule");
    return plainRule.test(text) ? [...text.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name) : [];
};

const metricNames = (alarm: PlanNode): string =>
    [...new Set(metricsOfAlarm(alarm).map(({ namespace, metric }) => `${namespace} ${metric}`))].toSorted().join();

export const monitoringRules: readonly Rule[] = [
    {
        name: "alarms-notify-topics",
        description:
            "Every alarm that does not scale a service notifies a topic of the stack, and its description has the first action to take",
        fix: "Name a topic of the stack in `alarmActions` and `okActions`, and describe the first action to take.",
        check: (plan) => {
            const alarms = notifyingAlarmsOf(plan);
            const childAlarms = resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm").flatMap(
                childAlarmNames,
            );
            const topics = resourcesOfType(plan, "sns/topic:Topic").map(arnOf);
            const areStackTopics = (actions: string[]) =>
                actions.length > 0 && actions.every((arn) => topics.includes(arn));
            return [
                ...stackFindingUnless(alarms.length > 0, "there are no alarms"),
                ...findingsUnless(
                    alarms.filter((alarm) => !childAlarms.includes(inputText(alarm, "name"))),
                    (alarm) =>
                        areStackTopics(inputTexts(alarm, "alarmActions")) &&
                        areStackTopics(inputTexts(alarm, "okActions")),
                    "notify a topic of the stack in `alarmActions` and `okActions`",
                ),
                ...findingsUnless(alarms, ({ inputs }) => inputs.actionsEnabled !== false, "have its actions enabled"),
                ...findingsUnless(
                    alarms,
                    (alarm) => inputText(alarm, "alarmDescription").length >= 20,
                    "describe the first action to take, in 20 characters or more",
                ),
            ];
        },
    },
    {
        name: "composite-alarms-whole",
        description: "Every composite alarm fires by alarms of the stack alone, which look at the same metrics",
        fix: "Create each alarm in the composite alarm's rule, joined by AND or by OR, such as one for each window.",
        check: (plan) => {
            const alarms = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm");
            const childrenOf = (composite: PlanNode) =>
                childAlarmNames(composite).map((name) => alarms.find((alarm) => inputText(alarm, "name") === name));
            const composites = resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm");
            return [
                ...findingsUnless(
                    composites,
                    (composite) => childrenOf(composite).length >= 2 && !childrenOf(composite).includes(undefined),
                    "refer to two or more alarms of the stack, joined by AND or by OR",
                ),
                // The alarms in it notify nobody themselves.
                ...findingsUnless(
                    composites,
                    (composite) => new Set(childrenOf(composite).map((each) => each && metricNames(each))).size <= 1,
                    "refer to alarms on the same metrics",
                ),
            ];
        },
    },
];
