import {
    GetSubscriptionAttributesCommand,
    GetTopicAttributesCommand,
    ListTagsForResourceCommand,
} from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueueTagsCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "./clients.ts";
import type { Row } from "./row.ts";
import { tagsOf } from "./row.ts";

const queue = async ({ sqs }: Clients, url: string) =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }))).Attributes;

const topic = async ({ sns }: Clients, arn: string) =>
    (await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }))).Attributes;

export const messageRows: readonly Row[] = [
    {
        type: "sqs/queue:Queue",
        read: async (aws, { id }) => {
            const found = await queue(aws, id);
            const { Tags } = await aws.sqs.send(new ListQueueTagsCommand({ QueueUrl: id }));
            return (
                found && {
                    kmsMasterKeyId: found.KmsMasterKeyId,
                    kmsDataKeyReusePeriodSeconds: found.KmsDataKeyReusePeriodSeconds,
                    messageRetentionSeconds: found.MessageRetentionPeriod,
                    visibilityTimeoutSeconds: found.VisibilityTimeout,
                    receiveWaitTimeSeconds: found.ReceiveMessageWaitTimeSeconds,
                    delaySeconds: found.DelaySeconds,
                    redrivePolicy: found.RedrivePolicy,
                    tagsAll: Tags,
                }
            );
        },
    },
    {
        type: "sqs/queuePolicy:QueuePolicy",
        read: async (aws, { text }) => ({ policy: (await queue(aws, text("queueUrl")))?.Policy }),
    },
    {
        type: "sqs/redriveAllowPolicy:RedriveAllowPolicy",
        read: async (aws, { text }) => ({
            redriveAllowPolicy: (await queue(aws, text("queueUrl")))?.RedriveAllowPolicy,
        }),
    },
    {
        type: "sns/topic:Topic",
        read: async (aws, { arn }) => {
            const found = await topic(aws, arn);
            const { Tags } = await aws.sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
            return found && { kmsMasterKeyId: found.KmsMasterKeyId, tagsAll: tagsOf(Tags) };
        },
    },
    {
        type: "sns/topicPolicy:TopicPolicy",
        read: async (aws, { text }) => ({ policy: (await topic(aws, text("arn")))?.Policy }),
    },
    {
        type: "sns/topicSubscription:TopicSubscription",
        read: async ({ sns }, { arn }) => {
            const { Attributes: found } = await sns.send(
                new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }),
            );
            return (
                found && {
                    topic: found.TopicArn,
                    protocol: found.Protocol,
                    endpoint: found.Endpoint,
                    rawMessageDelivery: found.RawMessageDelivery,
                    redrivePolicy: found.RedrivePolicy,
                }
            );
        },
    },
];
