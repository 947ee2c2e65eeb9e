import {
    PutSubscriptionFilterCommand,
    DeleteSubscriptionFilterCommand,
    PutMetricFilterCommand,
    DeleteMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutTargetsCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateEventSourceMappingCommand, DeleteEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { CreateScheduleCommand, DeleteScheduleCommand } from "@aws-sdk/client-scheduler";
import { SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { requireResponse, type ManualAddition } from "./addition.ts";

const topic = "sns/topic:Topic";
const queue = "sqs/queue:Queue";
const logGroup = "cloudwatch/logGroup:LogGroup";

export const messageAdditions: readonly ManualAddition[] = [
    {
        under: topic,
        item: "subscription",
        opens: /^https:\/\/example\.net\/copy gets all messages of payment-events-dev by https$/,
        add: async ({ sns }, find) => {
            const { SubscriptionArn } = await sns.send(
                new SubscribeCommand({
                    TopicArn: find(topic, "events").arn,
                    Protocol: "https",
                    Endpoint: "https://example.net/copy",
                    ReturnSubscriptionArn: true,
                }),
            );
            return {
                key: "https://example.net/copy",
                remove: () => sns.send(new UnsubscribeCommand({ SubscriptionArn })),
            };
        },
    },
    {
        under: queue,
        item: "policy",
        opens: /^which queues may make it their dead-letter queue: .*allowAll/,
        add: async ({ sqs }, find) => {
            const QueueUrl = find(queue, "validator-dlq").id;
            const set = (RedriveAllowPolicy: string) =>
                sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedriveAllowPolicy } }));
            await set(JSON.stringify({ redrivePermission: "allowAll" }));
            return { key: "RedriveAllowPolicy", remove: () => set("") };
        },
    },
    {
        under: queue,
        item: "event source mapping",
        opens: /payment-validator-dev takes messages out of the queue$/,
        add: async ({ lambda }, find) => {
            const { UUID } = await lambda.send(
                new CreateEventSourceMappingCommand({
                    FunctionName: find("lambda/function:Function").id,
                    EventSourceArn: find(queue, "processing-dlq").arn,
                }),
            );
            return {
                key: requireResponse(UUID),
                remove: () => lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
            };
        },
    },
    {
        under: "cloudwatch/eventRule:EventRule",
        item: "target",
        opens: /payment-events-dev gets the events of payment-deployment-failed-dev$/,
        add: async ({ events }, find) => {
            const Rule = find("cloudwatch/eventRule:EventRule", "deployment-failed").text("name");
            await events.send(
                new PutTargetsCommand({ Rule, Targets: [{ Id: "by-hand", Arn: find(topic, "events").arn }] }),
            );
            return {
                key: "by-hand",
                remove: () => events.send(new RemoveTargetsCommand({ Rule, Ids: ["by-hand"] })),
            };
        },
    },
    {
        under: "scheduler/scheduleGroup:ScheduleGroup",
        item: "schedule",
        opens: /^EventBridge calls .*payment-events-dev by the clock/,
        add: async ({ scheduler }, find) => {
            const at = { GroupName: find("scheduler/scheduleGroup:ScheduleGroup").id, Name: "by-hand" };
            await scheduler.send(
                new CreateScheduleCommand({
                    ...at,
                    ScheduleExpression: "rate(1 hour)",
                    FlexibleTimeWindow: { Mode: "OFF" },
                    Target: { Arn: find(topic, "events").arn, RoleArn: find("iam/role:Role", "recovery").arn },
                }),
            );
            return { key: "by-hand", remove: () => scheduler.send(new DeleteScheduleCommand(at)) };
        },
    },
    {
        under: logGroup,
        item: "subscription filter",
        opens: /payment-validator-dev gets every line of the log$/,
        add: async ({ logs }, find) => {
            const at = { logGroupName: find(logGroup, "payment-api").id, filterName: "by-hand" };
            const destinationArn = find("lambda/function:Function").arn;
            await logs.send(new PutSubscriptionFilterCommand({ ...at, filterPattern: "", destinationArn }));
            return { key: "by-hand", remove: () => logs.send(new DeleteSubscriptionFilterCommand(at)) };
        },
    },
    {
        under: logGroup,
        item: "metric filter",
        opens: /^lines of the log count in PaymentPlatform by-hand/,
        add: async ({ logs }, find) => {
            const at = { logGroupName: find(logGroup, "payment-api").id, filterName: "by-hand" };
            const metric = { metricName: "by-hand", metricNamespace: "PaymentPlatform", metricValue: "1" };
            await logs.send(new PutMetricFilterCommand({ ...at, filterPattern: "", metricTransformations: [metric] }));
            return { key: "by-hand", remove: () => logs.send(new DeleteMetricFilterCommand(at)) };
        },
    },
];
