import type { PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText, inputTexts, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import { notifyingAlarmsOf } from "../alarms/notifying-alarms.ts";
import type { Rule } from "../rule.ts";

/** Names of the alarms in a composite alarm's rule. */
const childAlarmNames = (composite: PlanNode): string[] =>
    [...inputText(composite, "alarmRule").matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);

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
        description: "Every composite alarm refers to alarms of the stack",
        fix: "Create each alarm in the composite alarm's rule.",
        check: (plan) => {
            const names = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) =>
                inputText(alarm, "name"),
            );
            return findingsUnless(
                resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
                (alarm) =>
                    childAlarmNames(alarm).length >= 2 && childAlarmNames(alarm).every((name) => names.includes(name)),
                "refer to two or more alarms of the stack",
            );
        },
    },
];
