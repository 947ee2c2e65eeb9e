import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, deadLetterQueueArn, inputText, inputTexts } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

const keyActions = ["kms:GenerateDataKey", "kms:Decrypt"];

/** Permissions of an AWS service that uses a key as itself. */
const serviceKeyPermissions = (owner: PlanNode, service: string, key: string): RequiredPermission[] =>
    key === "" ? [] : requirePermissions(owner, service, keyActions, { resource: key });

/** A subscription sends messages to its queue, and to its dead-letter queue where that fails. */
const subscriptionPermissions = (plan: Plan): RequiredPermission[] =>
    resourcesOfType(plan, "sns/topicSubscription:TopicSubscription")
        .filter((node) => inputText(node, "protocol") === "sqs")
        .flatMap((node) => {
            const targets = [inputText(node, "endpoint"), deadLetterQueueArn(node)];
            return resourcesOfType(plan, "sqs/queue:Queue")
                .filter((queue) => targets.includes(arnOf(queue)))
                .flatMap((queue) => [
                    ...requirePermissions(node, "sns.amazonaws.com", ["sqs:SendMessage"], {
                        resource: arnOf(queue),
                        context: { "aws:SourceArn": inputText(node, "topic") },
                    }),
                    ...serviceKeyPermissions(node, "sns.amazonaws.com", inputText(queue, "kmsMasterKeyId")),
                ]);
        });

/** A type that publishes to topics: the inputs that name them, the service that publishes, and its `aws:SourceArn` if AWS sends one. */
interface TopicPublisher {
    readonly type: string;
    readonly topics: (node: PlanNode) => readonly string[];
    readonly service: string;
    readonly source?: (node: PlanNode, plan: Plan) => string;
}

const alarmPublisher: Omit<TopicPublisher, "type"> = {
    topics: (node) => [...inputTexts(node, "alarmActions"), ...inputTexts(node, "okActions")],
    service: "cloudwatch.amazonaws.com",
    source: arnOf,
};

const topicPublishers: readonly TopicPublisher[] = [
    { type: "cloudwatch/metricAlarm:MetricAlarm", ...alarmPublisher },
    { type: "cloudwatch/compositeAlarm:CompositeAlarm", ...alarmPublisher },
    {
        type: "cloudwatch/eventTarget:EventTarget",
        topics: (node) => [inputText(node, "arn")],
        service: "events.amazonaws.com",
        source: (node, plan) =>
            resourcesOfType(plan, "cloudwatch/eventRule:EventRule")
                .filter((rule) => inputText(rule, "name") === inputText(node, "rule"))
                .map(arnOf)
                .join(),
    },
    {
        type: "rds/eventSubscription:EventSubscription",
        topics: (node) => [inputText(node, "snsTopic")],
        service: "events.rds.amazonaws.com",
    },
];

/** Publishing to a topic outside the plan counts as denied, because no policy of the plan allows it. */
function topicPublishPermissions(plan: Plan): RequiredPermission[] {
    const keys = new Map(
        resourcesOfType(plan, "sns/topic:Topic").map((node) => [arnOf(node), inputText(node, "kmsMasterKeyId")]),
    );
    return topicPublishers.flatMap(({ type, topics, service, source }) =>
        resourcesOfType(plan, type).flatMap((node) =>
            [...new Set(topics(node))].flatMap((topic) => [
                ...requirePermissions(node, service, ["sns:Publish"], {
                    resource: topic,
                    context: source === undefined ? {} : { "aws:SourceArn": source(node, plan) },
                }),
                ...serviceKeyPermissions(node, service, keys.get(topic) ?? ""),
            ]),
        ),
    );
}

/** CloudWatch Logs encrypts each log group with the ARN of the group as encryption context (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). */
const logGroupKeyPermissions = (plan: Plan, { region }: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "cloudwatch/logGroup:LogGroup")
        .filter((group) => inputText(group, "kmsKeyId") !== "")
        .flatMap((group) =>
            requirePermissions(
                group,
                `logs.${region}.amazonaws.com`,
                [...keyActions, "kms:Encrypt", "kms:DescribeKey"],
                {
                    resource: inputText(group, "kmsKeyId"),
                    context: { "kms:EncryptionContext:aws:logs:arn": arnOf(group) },
                },
            ),
        );

/** Permissions that AWS services need to deliver messages and alarms, and to encrypt log groups. */
export const deliveryPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] => [
    ...subscriptionPermissions(plan),
    ...topicPublishPermissions(plan),
    ...logGroupKeyPermissions(plan, access),
];
