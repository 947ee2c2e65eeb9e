import type { Target } from "@aws-sdk/client-eventbridge";
import { paginateListEventSourceMappings, type EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { paginateListSchedules } from "@aws-sdk/client-scheduler";
import { paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { collectPages } from "../../frame/aws-clients.ts";
import { listEventTargets } from "../../frame/aws-lists.ts";
import { readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { eventRuleArns } from "../../../plan/catalogue/events.ts";
import { topics } from "../../../plan/catalogue/sns.ts";
import { queues } from "../../../plan/catalogue/sqs.ts";
import { defineLister, type ChildListers, type ChildLister, type DriftResource } from "../listing.ts";
import { describePolicy, textOrUnknown } from "../text.ts";

const subscriptionLister = defineLister({
    item: "subscription",
    permissions: [readGrant("sns: ListSubscriptionsByTopic", topics)],
    list: ({ sns: client }, { arn }) =>
        collectPages(paginateListSubscriptionsByTopic({ client }, { TopicArn: arn }), (page) => page.Subscriptions),
    // One that nobody has confirmed yet has no ARN.
    key: ({ Protocol, Endpoint }, { arn }) => `${arn} ${Protocol} ${Endpoint}`,
    planned: {
        "sns/topicSubscription:TopicSubscription": ({ text }) =>
            `${text("topic")} ${text("protocol")} ${text("endpoint")}`,
    },
    opens: ({ Protocol, Endpoint }, { name }) => `${Endpoint} gets all messages of ${name} by ${Protocol}`,
    remove: ({ SubscriptionArn }) => `aws sns unsubscribe --subscription-arn ${SubscriptionArn}`,
});

/** Functions that Lambda calls with what a queue, a stream or a table has. */
export const eventSourceMappingLister = (
    opens: (mapping: EventSourceMappingConfiguration) => string,
    by: (resource: DriftResource) => { EventSourceArn: string } | { FunctionName: string },
): ChildLister =>
    defineLister<EventSourceMappingConfiguration>({
        item: "event source mapping",
        permissions: [listGrant("lambda: ListEventSourceMappings")],
        list: ({ lambda: client }, parent) =>
            collectPages(paginateListEventSourceMappings({ client }, by(parent)), (page) => page.EventSourceMappings),
        key: ({ UUID }) => UUID,
        planned: { "lambda/eventSourceMapping:EventSourceMapping": ({ id }) => id },
        opens,
        remove: ({ UUID }) => `aws lambda delete-event-source-mapping --uuid ${UUID}`,
    });

const queuePolicyLister = defineLister<readonly [name: string, document: string]>({
    item: "policy",
    permissions: [readGrant("sqs: GetQueueAttributes", queues)],
    list: async ({ sqs }, { id }) => {
        const { Attributes = {} } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["Policy", "RedriveAllowPolicy"] }),
        );
        return Object.entries(Attributes).filter(([, document]) => document !== "");
    },
    key: ([name], { id }) => `${name} ${id}`,
    planned: {
        "sqs/queuePolicy:QueuePolicy": ({ text }) => `Policy ${text("queueUrl")}`,
        "sqs/redriveAllowPolicy:RedriveAllowPolicy": ({ text }) => `RedriveAllowPolicy ${text("queueUrl")}`,
    },
    typeOf: ([name]) =>
        name === "Policy" ? "sqs/queuePolicy:QueuePolicy" : "sqs/redriveAllowPolicy:RedriveAllowPolicy",
    opens: ([name, document]) =>
        name === "Policy" ? describePolicy(document) : `which queues may make it their dead-letter queue: ${document}`,
    remove: ([name], { id }) => `aws sqs set-queue-attributes --queue-url ${id} --attributes ${name}=`,
});

const eventTargetLister = defineLister<Target>({
    item: "target",
    permissions: [readGrant("events: ListTargetsByRule", eventRuleArns)],
    list: (clients, { text }) =>
        listEventTargets(clients, { Rule: text("name"), EventBusName: text("eventBusName") || undefined }),
    key: ({ Id }, { text }) => `${text("name")} ${Id}`,
    planned: { "cloudwatch/eventTarget:EventTarget": ({ text }) => `${text("rule")} ${text("targetId")}` },
    opens: ({ Arn }, { name }) => `${Arn} gets the events of ${name}`,
    remove: ({ Id }, { text }) => `aws events remove-targets --rule ${text("name")} --ids ${Id}`,
});

const scheduleLister = defineLister({
    item: "schedule",
    permissions: [listGrant("scheduler: ListSchedules")],
    list: ({ scheduler: client }, { id }) =>
        collectPages(paginateListSchedules({ client }, { GroupName: id }), (page) => page.Schedules),
    key: ({ GroupName, Name }) => `${GroupName}/${Name}`,
    planned: { "scheduler/schedule:Schedule": ({ text }) => `${text("groupName")}/${text("name")}` },
    opens: ({ Target: target }) =>
        `EventBridge calls ${textOrUnknown(target?.Arn)} by the clock, with a role of the account`,
    remove: ({ GroupName, Name }) => `aws scheduler delete-schedule --group-name ${GroupName} --name ${Name}`,
});

export const messagingListersByType: Readonly<Record<string, ChildListers>> = {
    "sns/topic:Topic": [subscriptionLister],
    "sqs/queue:Queue": [
        queuePolicyLister,
        eventSourceMappingLister(
            ({ FunctionArn }) => `${FunctionArn} takes messages out of the queue`,
            ({ arn }) => ({ EventSourceArn: arn }),
        ),
    ],
    "cloudwatch/eventRule:EventRule": [eventTargetLister],
    "scheduler/scheduleGroup:ScheduleGroup": [scheduleLister],
};
