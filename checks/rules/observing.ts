import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, text, texts, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

const alarmsOf = (plan: Plan) => [
    ...all(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** Names of the alarms that a composite one looks at. */
const windowsOf = (composite: PlanNode): string[] =>
    [...text(composite, "alarmRule").matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);

export const observingRules: readonly Rule[] = [
    {
        name: "alarms-heard",
        promise: "every alarm is heard, and says what to do",
        fix: "Name a topic of the stack in `alarmActions` and `okActions`, and say in the description what to do first.",
        controls: ["PCI-10.7.2", "CloudWatch.15", "CloudWatch.17", "CKV_AWS_319"],
        about: ["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"],
        check: (plan) => {
            const alarms = alarmsOf(plan);
            const windows = all(plan, "cloudwatch/compositeAlarm:CompositeAlarm").flatMap(windowsOf);
            const topics = all(plan, "sns/topic:Topic").map(arnOf);
            const own = (actions: string[]) => actions.length > 0 && actions.every((arn) => topics.includes(arn));
            return [
                ...unlessStack(alarms.length > 0, "there are no alarms"),
                ...unless(
                    alarms.filter((alarm) => !windows.includes(text(alarm, "name"))),
                    (alarm) => own(texts(alarm, "alarmActions")) && own(texts(alarm, "okActions")),
                    "tell a topic of its beginning and its end",
                ),
                ...unless(alarms, ({ inputs }) => inputs.actionsEnabled !== false, "have its actions on"),
                ...unless(alarms, (alarm) => text(alarm, "alarmDescription").length >= 20, "say what to do first"),
            ];
        },
    },
    {
        name: "composite-alarms-whole",
        promise: "every composite alarm looks at alarms that exist",
        fix: "Make each alarm that the rule of the composite one names.",
        controls: [],
        about: ["cloudwatch/compositeAlarm:CompositeAlarm"],
        check: (plan) => {
            const names = all(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) => text(alarm, "name"));
            return unless(
                all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
                (alarm) => windowsOf(alarm).length >= 2 && windowsOf(alarm).every((name) => names.includes(name)),
                "look at alarms of the stack",
            );
        },
    },
];
