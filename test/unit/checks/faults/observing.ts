import { inputs, replaced, without, type Faults } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

export const observingFaults: Faults = {
    "failed-messages-set-aside": {
        "no dead-letter queue": inputs(queue, "payment-processing-prod", { redrivePolicy: "{}" }),
        "a dead-letter queue for all": inputs("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "processing", {
            redriveAllowPolicy: '{"redrivePermission":"allowAll"}',
        }),
    },
    "queues-watched": {
        "one unwatched": without(alarm, "processing-dead-letters"),
        "a function's failures unwatched": without(alarm, "validator-dead-letters"),
    },
    "events-reach-queues": {
        "a queue of nobody": inputs(subscription, "", { endpoint: "arn:aws:sqs:us-east-1:123456789012:other" }),
        "no dead-letter queue": inputs(subscription, "", { redrivePolicy: "{}" }),
        "no subscription": without(subscription, ""),
    },
    "alarms-heard": {
        "nobody told": inputs(alarm, "processing-dead-letters", { alarmActions: [] }),
        "no advice": inputs(composite, "fast", { alarmDescription: "Alarm" }),
    },
    "composite-alarms-whole": { "a window less": without(alarm, "budget-burns-fast-5m") },
    "deployments-roll-back": { "no alarm": without(alarm, "api-target-5xx") },
    "containers-hardened": {
        "as root": inputs(
            "aws:ecs/taskDefinition:TaskDefinition",
            "",
            replaced("containerDefinitions", "1000:1000", "0:0"),
        ),
    },
};
