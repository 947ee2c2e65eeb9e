import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText, inputTexts, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

const alarmsOf = (plan: Plan) => [
    ...resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** Names of the alarms that a composite one looks at. */
const childAlarmNames = (composite: PlanNode): string[] =>
    [...inputText(composite, "alarmRule").matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);

export const monitoringRules: readonly Rule[] = [
    {
        name: "alarms-notify-topics",
        description: "every alarm is heard, and says what to do",
        fix: "Name a topic of the stack in `alarmActions` and `okActions`, and say in the description what to do first.",
        check: (plan) => {
            const alarms = alarmsOf(plan);
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
                    "tell a topic of its beginning and its end",
                ),
                ...findingsUnless(alarms, ({ inputs }) => inputs.actionsEnabled !== false, "have its actions on"),
                ...findingsUnless(
                    alarms,
                    (alarm) => inputText(alarm, "alarmDescription").length >= 20,
                    "say what to do first",
                ),
            ];
        },
    },
    {
        name: "composite-alarms-whole",
        description: "every composite alarm looks at alarms that exist",
        fix: "Make each alarm that the rule of the composite one names.",
        check: (plan) => {
            const names = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) =>
                inputText(alarm, "name"),
            );
            return findingsUnless(
                resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
                (alarm) =>
                    childAlarmNames(alarm).length >= 2 && childAlarmNames(alarm).every((name) => names.includes(name)),
                "look at alarms of the stack",
            );
        },
    },
];
