import { containersOf } from "../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { getPath, inputText, itemsOf, resourcesOfType, splitPart, textAtPath, toText } from "../../plan/query.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

export interface PlannedQueue {
    readonly name: string;
    /** In the words of SQS. */
    readonly attributes: Readonly<Record<string, string>>;
}

export interface PlannedSubscription {
    readonly topic: string;
    readonly queue: string;
    /** In the words of SNS. */
    readonly attributes: Readonly<Record<string, string>>;
}

/** What a machine takes from the plan of a stack. ARNs, endpoints and URLs in it are those that the plan has invented. */
export interface PlannedPlatform {
    readonly region: string;
    /** The environment of each container of the stack's tasks, by the name of the container. */
    readonly environments: Readonly<Record<string, Environment>>;
    readonly queues: readonly PlannedQueue[];
    readonly topics: readonly string[];
    readonly subscriptions: readonly PlannedSubscription[];
}

/** Attributes of SQS, by the inputs of `aws.sqs.Queue` that become them. */
const queueAttributes = {
    delaySeconds: "DelaySeconds",
    maxMessageSize: "MaximumMessageSize",
    messageRetentionSeconds: "MessageRetentionPeriod",
    receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
    redrivePolicy: "RedrivePolicy",
    visibilityTimeoutSeconds: "VisibilityTimeout",
};

/** Attributes of SNS, by the inputs of `aws.sns.TopicSubscription` that become them. */
const subscriptionAttributes = {
    filterPolicy: "FilterPolicy",
    filterPolicyScope: "FilterPolicyScope",
    rawMessageDelivery: "RawMessageDelivery",
    redrivePolicy: "RedrivePolicy",
};

/** Reads from the plan of a stack what its services find: their environment, the queues and the topics. */
export function plannedPlatform(plan: Plan): PlannedPlatform {
    const environments = Object.fromEntries(
        resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition")
            .flatMap(containersOf)
            .map((container) => [textAtPath(container, "name"), environmentOf(container)]),
    );
    return {
        region: Object.values(environments)[0]?.AWS_REGION ?? "",
        environments,
        queues: resourcesOfType(plan, "sqs/queue:Queue").map((queue) => ({
            name: inputText(queue, "name"),
            attributes: attributesOf(queue, queueAttributes),
        })),
        topics: resourcesOfType(plan, "sns/topic:Topic").map((topic) => inputText(topic, "name")),
        subscriptions: resourcesOfType(plan, "sns/topicSubscription:TopicSubscription")
            .filter((subscription) => inputText(subscription, "protocol") === "sqs")
            .map((subscription) => ({
                topic: nameInArn(inputText(subscription, "topic")),
                queue: nameInArn(inputText(subscription, "endpoint")),
                attributes: attributesOf(subscription, subscriptionAttributes),
            })),
    };
}

const environmentOf = (container: unknown): Environment =>
    Object.fromEntries(
        itemsOf(getPath(container, "environment")).map((variable) => [
            textAtPath(variable, "name"),
            textAtPath(variable, "value"),
        ]),
    );

const attributesOf = ({ inputs }: PlanNode, names: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
        Object.entries(names).flatMap(([input, attribute]) => {
            const value = inputs[input];
            return value === undefined ? [] : [[attribute, toText(value)]];
        }),
    );

/** The name of a queue or a topic. */
const nameInArn = (arn: string): string => splitPart(arn, ":", -1);
