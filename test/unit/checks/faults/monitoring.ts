import { changeInputs, replaceText, removeResources, type FaultsByRule } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

export const monitoringFaults: FaultsByRule = {
    "failed-messages-set-aside": {
        "no dead-letter queue": changeInputs(queue, "payment-processing-prod", { redrivePolicy: "{}" }),
        "a dead-letter queue for all": changeInputs("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "processing", {
            redriveAllowPolicy: '{"redrivePermission":"allowAll"}',
        }),
    },
    "queues-watched": {
        "one unwatched": removeResources(alarm, "processing-dead-letters"),
        "a function's failures unwatched": removeResources(alarm, "validator-dead-letters"),
    },
    "events-reach-queues": {
        "a queue of nobody": changeInputs(subscription, "", { endpoint: "arn:aws:sqs:us-east-1:123456789012:other" }),
        "no dead-letter queue": changeInputs(subscription, "", { redrivePolicy: "{}" }),
        "no subscription": removeResources(subscription, ""),
    },
    "alarms-notify-topics": {
        "nobody told": changeInputs(alarm, "processing-dead-letters", { alarmActions: [] }),
        "no advice": changeInputs(composite, "fast", { alarmDescription: "Alarm" }),
    },
    "composite-alarms-whole": { "a window less": removeResources(alarm, "budget-burns-fast-5m") },
    "deployments-roll-back": { "no alarm": removeResources(alarm, "api-target-5xx") },
    "containers-hardened": {
        "as root": changeInputs(
            "aws:ecs/taskDefinition:TaskDefinition",
            "",
            replaceText("containerDefinitions", "1000:1000", "0:0"),
        ),
    },
};
