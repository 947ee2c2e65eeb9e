import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import { serviceMay } from "../access/access.ts";
import { all, arnOf, text, texts, unless, unlessStack } from "../look.ts";
import type { Rule } from "../rule.ts";
import { understood } from "./access.ts";

const alarmsOf = (plan: Plan) => [
    ...all(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** Names of the alarms that a composite one looks at. */
const windowsOf = (composite: PlanNode): string[] =>
    [...text(composite, "alarmRule").matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);

/** Who publishes to which topic on whose behalf; AWS drops a message that is refused, and nothing says so. */
function publications(plan: Plan): { service: string; source: string; topic: string; from: PlanNode }[] {
    const rules = new Map(all(plan, "cloudwatch/eventRule:EventRule").map((rule) => [text(rule, "name"), arnOf(rule)]));
    return [
        ...alarmsOf(plan).flatMap((from) =>
            [...texts(from, "alarmActions"), ...texts(from, "okActions")].map((topic) => ({
                service: "cloudwatch.amazonaws.com",
                source: arnOf(from),
                topic,
                from,
            })),
        ),
        ...all(plan, "cloudwatch/eventTarget:EventTarget").map((from) => ({
            service: "events.amazonaws.com",
            source: rules.get(text(from, "rule")) ?? "no rule",
            topic: text(from, "arn"),
            from,
        })),
        ...all(plan, "rds/eventSubscription:EventSubscription").map((from) => ({
            service: "events.rds.amazonaws.com",
            source: "",
            topic: text(from, "snsTopic"),
            from,
        })),
    ];
}

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
    {
        name: "reporters-let-in",
        promise: "who reports to a topic is let in by the topic and by its key",
        fix: "Allow the service `sns:Publish` in the policy of the topic, and `kms:GenerateDataKey` and `kms:Decrypt` in that of its key.",
        controls: ["PCI-10.7.2"],
        about: [
            "cloudwatch/metricAlarm:MetricAlarm",
            "cloudwatch/compositeAlarm:CompositeAlarm",
            "cloudwatch/eventTarget:EventTarget",
            "rds/eventSubscription:EventSubscription",
        ],
        check: understood((plan) => {
            const keys = new Map(
                all(plan, "sns/topic:Topic").map((node) => [arnOf(node), text(node, "kmsMasterKeyId")]),
            );
            const reports = publications(plan);
            const refused = reports.filter(({ service, source, topic }) => {
                const may = (action: string, resource: string) => serviceMay(plan, service, action, resource, source);
                const key = keys.get(topic) ?? "no key";
                return !(
                    may("sns:Publish", topic) && ["kms:GenerateDataKey", "kms:Decrypt"].every((each) => may(each, key))
                );
            });
            return [
                ...unlessStack(reports.length > 0, "nothing reports"),
                ...refused.map(({ service, topic, from }) => ({
                    node: from,
                    reason: `must be let in: ${service} may not publish to ${topic}`,
                })),
            ];
        }),
    },
];
