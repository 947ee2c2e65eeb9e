import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { all, arnOf, parsed, text, textAt, texts } from "../../look.ts";
import type { Access } from "../access.ts";
import { needs, type Need } from "./need.ts";

const ofKey = ["kms:GenerateDataKey", "kms:Decrypt"];

/** What a service must be able to do with a key in its own name. */
const useKey = (owner: PlanNode, service: string, key: string): Need[] =>
    key === "" ? [] : needs(owner, service, ofKey, { resource: key });

/** A subscription hands messages to its queue, and to the queue of those that it cannot hand on. */
const subscriptionNeeds = (plan: Plan): Need[] =>
    all(plan, "sns/topicSubscription:TopicSubscription")
        .filter((node) => text(node, "protocol") === "sqs")
        .flatMap((node) => {
            const deadLetters = textAt(parsed(node, "redrivePolicy"), "deadLetterTargetArn");
            const targets = [text(node, "endpoint"), deadLetters];
            return all(plan, "sqs/queue:Queue")
                .filter((queue) => targets.includes(arnOf(queue)))
                .flatMap((queue) => [
                    ...needs(node, "sns.amazonaws.com", ["sqs:SendMessage"], {
                        resource: arnOf(queue),
                        context: { "aws:SourceArn": text(node, "topic") },
                    }),
                    ...useKey(node, "sns.amazonaws.com", text(queue, "kmsMasterKeyId")),
                ]);
        });

/** Who reports to topics: the input that names them, and the service that speaks. */
const reporters: readonly { type: string; topics: (node: PlanNode) => string[]; service: string; source: boolean }[] = [
    ...["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"].map((type) => ({
        type,
        topics: (node: PlanNode) => [...texts(node, "alarmActions"), ...texts(node, "okActions")],
        service: "cloudwatch.amazonaws.com",
        source: true,
    })),
    {
        type: "rds/eventSubscription:EventSubscription",
        topics: (node) => [text(node, "snsTopic")],
        service: "events.rds.amazonaws.com",
        source: false,
    },
];

const reportNeeds = (plan: Plan): Need[] =>
    reporters.flatMap(({ type, topics, service, source }) =>
        all(plan, type).flatMap((node) => {
            const named = new Set(topics(node));
            return all(plan, "sns/topic:Topic")
                .filter((topic) => named.has(arnOf(topic)))
                .flatMap((topic) => [
                    ...needs(node, service, ["sns:Publish"], {
                        resource: arnOf(topic),
                        context: source ? { "aws:SourceArn": arnOf(node) } : {},
                    }),
                    ...useKey(node, service, text(topic, "kmsMasterKeyId")),
                ]);
        }),
    );

/** CloudWatch Logs encrypts each group for itself (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). */
const logGroupNeeds = (plan: Plan, { region }: Access): Need[] =>
    all(plan, "cloudwatch/logGroup:LogGroup")
        .filter((group) => text(group, "kmsKeyId") !== "")
        .flatMap((group) =>
            needs(group, `logs.${region}.amazonaws.com`, [...ofKey, "kms:Encrypt", "kms:DescribeKey"], {
                resource: text(group, "kmsKeyId"),
                context: { "kms:EncryptionContext:aws:logs:arn": arnOf(group) },
            }),
        );

/** What services must be able to do to deliver: messages, reports, and logs under a key. */
export const deliveryNeeds = (plan: Plan, access: Access): Need[] => [
    ...subscriptionNeeds(plan),
    ...reportNeeds(plan),
    ...logGroupNeeds(plan, access),
];
