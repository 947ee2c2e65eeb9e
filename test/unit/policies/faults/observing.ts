import { inputs, policy, replaced, without, type Faults } from "../fault.ts";

const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const subscription = "aws:sns/topicSubscription:TopicSubscription";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";

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
        "a closed queue": policy(
            "aws:sqs/queuePolicy:QueuePolicy",
            "notifications-prod",
            "sns.amazonaws.com",
            "x.amazonaws.com",
        ),
        "a closed dead-letter queue": without("aws:sqs/queuePolicy:QueuePolicy", "notifications-dlq"),
        "a queue that refuses": policy(
            "aws:sqs/queuePolicy:QueuePolicy",
            "notifications-prod",
            '"Statement":[',
            '"Statement":[{"Effect":"Deny","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:*","Resource":"*"},',
        ),
        "a key closed to SNS": policy(key, "messaging", '"sns.amazonaws.com"', '"x.amazonaws.com"'),
        "a queue of nobody": inputs(subscription, "", { endpoint: "arn:aws:sqs:us-east-1:123456789012:other" }),
        "no dead-letter queue": inputs(subscription, "", { redrivePolicy: "{}" }),
    },
    "alarms-heard": {
        "nobody told": inputs(alarm, "processing-dead-letters", { alarmActions: [] }),
        "no advice": inputs(composite, "fast", { alarmDescription: "Alarm" }),
    },
    "composite-alarms-whole": { "a window less": without(alarm, "budget-burns-fast-5m") },
    "reporters-let-in": {
        "a topic closed to alarms": policy(topicPolicy, "critical", "cloudwatch.amazonaws.com", "x.amazonaws.com"),
        "a key closed to RDS": policy(key, "messaging", "events.rds.amazonaws.com", "x.amazonaws.com"),
        "another's alarms": policy(topicPolicy, "critical", "alarm:payment-", "alarm:other-"),
    },
    "deployments-roll-back": { "no alarm": without(alarm, "api-target-5xx") },
    "containers-hardened": {
        "as root": inputs(
            "aws:ecs/taskDefinition:TaskDefinition",
            "",
            replaced("containerDefinitions", "1000:1000", "0:0"),
        ),
    },
};
