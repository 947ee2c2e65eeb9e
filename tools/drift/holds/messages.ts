import { ListTargetsByRuleCommand, type Target } from "@aws-sdk/client-eventbridge";
import { paginateListEventSourceMappings, type EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { paginateListSchedules } from "@aws-sdk/client-scheduler";
import { paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { allOf } from "../../deploy/clients.ts";
import { everything, lists, read } from "../../../analysis/deployer/grant.ts";
import { eventRules, queues, topics } from "../../../analysis/deployer/grants/observing.ts";
import { pages } from "../asking.ts";
import { listing, type Holds, type Lister, type Resource } from "../listing.ts";
import { allowedIn, orUnknown } from "../words.ts";

const subscriptions = listing({
    item: "subscription",
    rights: [read("sns: ListSubscriptionsByTopic", topics)],
    list: ({ sns: client }, { arn }) =>
        allOf(paginateListSubscriptionsByTopic({ client }, { TopicArn: arn }), (page) => page.Subscriptions),
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
export const eventSources = (
    opens: (mapping: EventSourceMappingConfiguration) => string,
    by: (resource: Resource) => { EventSourceArn: string } | { FunctionName: string },
): Lister =>
    listing<EventSourceMappingConfiguration>({
        item: "event source mapping",
        rights: [read("lambda: ListEventSourceMappings", everything(lists))],
        list: ({ lambda: client }, parent) =>
            allOf(paginateListEventSourceMappings({ client }, by(parent)), (page) => page.EventSourceMappings),
        key: ({ UUID }) => UUID,
        planned: { "lambda/eventSourceMapping:EventSourceMapping": ({ id }) => id },
        opens,
        remove: ({ UUID }) => `aws lambda delete-event-source-mapping --uuid ${UUID}`,
    });

const queuePolicies = listing<readonly [name: string, document: string]>({
    item: "policy",
    rights: [read("sqs: GetQueueAttributes", queues)],
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
        name === "Policy" ? allowedIn(document) : `which queues may make it their dead-letter queue: ${document}`,
    remove: ([name], { id }) => `aws sqs set-queue-attributes --queue-url ${id} --attributes ${name}=`,
});

const targets = listing<Target>({
    item: "target",
    rights: [read("events: ListTargetsByRule", eventRules)],
    list: ({ events }, { text }) =>
        pages(async (NextToken) => {
            const rule = { Rule: text("name"), EventBusName: text("eventBusName") || undefined };
            const answer = await events.send(new ListTargetsByRuleCommand({ ...rule, NextToken }));
            return { items: answer.Targets, next: answer.NextToken };
        }),
    key: ({ Id }, { text }) => `${text("name")} ${Id}`,
    planned: { "cloudwatch/eventTarget:EventTarget": ({ text }) => `${text("rule")} ${text("targetId")}` },
    opens: ({ Arn }, { name }) => `${Arn} gets the events of ${name}`,
    remove: ({ Id }, { text }) => `aws events remove-targets --rule ${text("name")} --ids ${Id}`,
});

const schedules = listing({
    item: "schedule",
    rights: [read("scheduler: ListSchedules", everything(lists))],
    list: ({ scheduler: client }, { id }) =>
        allOf(paginateListSchedules({ client }, { GroupName: id }), (page) => page.Schedules),
    key: ({ GroupName, Name }) => `${GroupName}/${Name}`,
    planned: { "scheduler/schedule:Schedule": ({ text }) => `${text("groupName")}/${text("name")}` },
    opens: ({ Target: target }) =>
        `EventBridge calls ${orUnknown(target?.Arn)} by the clock, with a role of the account`,
    remove: ({ GroupName, Name }) => `aws scheduler delete-schedule --group-name ${GroupName} --name ${Name}`,
});

const isPolicy = "it is a policy of its queue or topic, which Pulumi's refresh compares";

export const messages: Readonly<Record<string, Holds>> = {
    "sns/topic:Topic": [subscriptions],
    "sns/topicPolicy:TopicPolicy": isPolicy,
    "sns/topicSubscription:TopicSubscription": "it says who gets a topic's messages, and nothing else",
    "sqs/queue:Queue": [
        queuePolicies,
        eventSources(
            ({ FunctionArn }) => `${FunctionArn} takes messages out of the queue`,
            ({ arn }) => ({ EventSourceArn: arn }),
        ),
    ],
    "sqs/queuePolicy:QueuePolicy": isPolicy,
    "sqs/redriveAllowPolicy:RedriveAllowPolicy": isPolicy,
    "cloudwatch/eventRule:EventRule": [targets],
    "cloudwatch/eventTarget:EventTarget": "it says who gets a rule's events, and nothing else",
    "scheduler/scheduleGroup:ScheduleGroup": [schedules],
    "scheduler/schedule:Schedule": "its target is an argument of its own, which Pulumi's refresh compares",
};
