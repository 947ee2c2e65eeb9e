import { publicPolicy, resourceInState, type DriftCase } from "./case.ts";

const topic = { under: "sns/topic:Topic", parent: { outputs: { arn: "arn:topic" } } };
const queue = { under: "sqs/queue:Queue", parent: { id: "https://queue", outputs: { arn: "arn:queue" } } };
const logGroup = { under: "cloudwatch/logGroup:LogGroup", parent: { id: "/ecs/api" } };

export const messageCases: readonly DriftCase[] = [
    {
        ...topic,
        item: "subscription",
        state: [
            resourceInState("sns/topicSubscription:TopicSubscription", {
                inputs: { topic: "arn:topic", protocol: "email", endpoint: "oncall@example.com" },
            }),
        ],
        answers: {
            ListSubscriptionsByTopic: {
                Subscriptions: [
                    // Not confirmed yet.
                    { Protocol: "email", Endpoint: "oncall@example.com", SubscriptionArn: "PendingConfirmation" },
                    { Protocol: "https", Endpoint: "https://example.net", SubscriptionArn: "arn:subscription" },
                ],
            },
        },
        opens: "https://example.net gets all messages of payment by https",
        remove: "aws sns unsubscribe --subscription-arn arn:subscription",
    },
    {
        ...queue,
        item: "policy",
        state: [
            resourceInState("sqs/redriveAllowPolicy:RedriveAllowPolicy", { inputs: { queueUrl: "https://queue" } }),
        ],
        answers: {
            GetQueueAttributes: { Attributes: { Policy: publicPolicy("sqs:SendMessage"), RedriveAllowPolicy: "{}" } },
        },
        opens: "anybody may sqs:SendMessage on *",
        remove: "aws sqs set-queue-attributes --queue-url https://queue --attributes Policy=",
    },
    {
        ...queue,
        item: "policy",
        state: [resourceInState("sqs/queuePolicy:QueuePolicy", { inputs: { queueUrl: "https://queue" } })],
        answers: {
            GetQueueAttributes: {
                Attributes: { Policy: publicPolicy("sqs:SendMessage"), RedriveAllowPolicy: '{"redrive":1}' },
            },
        },
        opens: 'which queues may make it their dead-letter queue: {"redrive":1}',
        remove: "aws sqs set-queue-attributes --queue-url https://queue --attributes RedriveAllowPolicy=",
    },
    {
        ...queue,
        item: "event source mapping",
        state: [resourceInState("lambda/eventSourceMapping:EventSourceMapping", { id: "uuid-1" })],
        answers: {
            ListEventSourceMappings: {
                EventSourceMappings: [{ UUID: "uuid-1" }, { UUID: "uuid-2", FunctionArn: "arn:function" }],
            },
        },
        opens: "arn:function takes messages out of the queue",
        remove: "aws lambda delete-event-source-mapping --uuid uuid-2",
    },
    {
        under: "cloudwatch/eventRule:EventRule",
        item: "target",
        parent: { id: "rule", outputs: { name: "rule", eventBusName: "default" } },
        state: [
            resourceInState("cloudwatch/eventTarget:EventTarget", { inputs: { rule: "rule", targetId: "planned" } }),
            resourceInState("cloudwatch/eventTarget:EventTarget", { inputs: { rule: "another", targetId: "by-hand" } }),
        ],
        answers: {
            ListTargetsByRule: {
                Targets: [
                    { Id: "planned", Arn: "arn:topic" },
                    { Id: "by-hand", Arn: "arn:function" },
                ],
            },
        },
        opens: "arn:function gets the events of payment",
        remove: "aws events remove-targets --rule rule --ids by-hand",
    },
    {
        under: "scheduler/scheduleGroup:ScheduleGroup",
        item: "schedule",
        parent: { id: "drills" },
        state: [resourceInState("scheduler/schedule:Schedule", { inputs: { groupName: "drills", name: "planned" } })],
        answers: {
            ListSchedules: {
                Schedules: [
                    { GroupName: "drills", Name: "planned" },
                    { GroupName: "drills", Name: "by-hand", Target: { Arn: "arn:function" } },
                ],
            },
        },
        opens: "EventBridge calls arn:function by the clock, with a role of the account",
        remove: "aws scheduler delete-schedule --group-name drills --name by-hand",
    },
    ...["", '{ $.card = "*" }'].map((filterPattern): DriftCase => ({
        ...logGroup,
        item: "subscription filter",
        answers: {
            DescribeSubscriptionFilters: {
                subscriptionFilters: [{ filterName: "by-hand", destinationArn: "arn:copy", filterPattern }],
            },
        },
        knownCount: 0,
        opens: `arn:copy gets ${filterPattern === "" ? "every line" : 'the lines with { $.card = "*" }'} of the log`,
        remove: "aws logs delete-subscription-filter --log-group-name /ecs/api --filter-name by-hand",
    })),
    {
        ...logGroup,
        item: "metric filter",
        state: [
            resourceInState("cloudwatch/logMetricFilter:LogMetricFilter", {
                inputs: { logGroupName: "/ecs/api", name: "errors" },
            }),
        ],
        answers: {
            DescribeMetricFilters: {
                metricFilters: [
                    { filterName: "errors" },
                    {
                        filterName: "by-hand",
                        metricTransformations: [{ metricNamespace: "Payment", metricName: "Errors" }],
                    },
                ],
            },
        },
        opens: "lines of the log count in Payment Errors, which alarms may watch",
        remove: "aws logs delete-metric-filter --log-group-name /ecs/api --filter-name by-hand",
    },
];
