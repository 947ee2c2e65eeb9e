import { regionalHost } from "../../../lib/partitions.ts";
import type { Finding } from "../../../plan/finding.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { visitNonSecretStrings } from "../../../plan/value.ts";
import { resourcesOfType, arnOf, deadLetterQueueArn, inputText, inputTexts } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

const keyActions = ["kms:GenerateDataKey", "kms:Decrypt"];

/**
 * Permissions of an AWS service that uses a key as itself, for a topic or queue: SNS and SQS put its ARN into the encryption
 * context.
 */
const serviceKeyPermissions = (
    owner: PlanNode,
    service: string,
    encrypted: PlanNode,
    source: RequiredPermission["context"],
): RequiredPermission[] => {
    const key = inputText(encrypted, "kmsMasterKeyId");
    const name = encrypted.type === "aws:sns/topic:Topic" ? "aws:sns:topicArn" : "aws:sqs:arn";
    return key === ""
        ? []
        : requirePermissions(owner, service, keyActions, {
              resource: key,
              context: { ...source, [`kms:EncryptionContext:${name}`]: arnOf(encrypted) },
          });
};

/** Permissions of an AWS service to send messages to an encrypted queue. */
const sendPermissions = (
    owner: PlanNode,
    service: string,
    queue: PlanNode,
    source: RequiredPermission["context"],
): RequiredPermission[] => [
    ...requirePermissions(owner, service, ["sqs:SendMessage"], { resource: arnOf(queue), context: source }),
    ...serviceKeyPermissions(owner, service, queue, source),
];

/** A subscription sends messages to its queue, and to its dead-letter queue where that fails. */
const subscriptionPermissions = (plan: Plan): RequiredPermission[] =>
    resourcesOfType(plan, "sns/topicSubscription:TopicSubscription")
        .filter((node) => inputText(node, "protocol") === "sqs")
        .flatMap((node) => {
            const targets = [inputText(node, "endpoint"), deadLetterQueueArn(node)];
            return resourcesOfType(plan, "sqs/queue:Queue")
                .filter((queue) => targets.includes(arnOf(queue)))
                .flatMap((queue) =>
                    sendPermissions(node, "sns.amazonaws.com", queue, { "aws:SourceArn": inputText(node, "topic") }),
                );
        });

/** A type whose service sends to topics and queues: the inputs that name them, the service, and for which resource it acts. */
interface Sender {
    readonly type: string;
    readonly targets: (node: PlanNode) => readonly string[];
    readonly service: string;
    readonly source?: (node: PlanNode, plan: Plan) => string;
}

/** CloudWatch invokes a scaling policy without a policy of a resource. */
const isScalingPolicyArn = (arn: string): boolean => arn.split(":")[2] === "autoscaling";

const alarmSender: Omit<Sender, "type"> = {
    targets: (node) =>
        [...inputTexts(node, "alarmActions"), ...inputTexts(node, "okActions")].filter(
            (action) => !isScalingPolicyArn(action),
        ),
    service: "cloudwatch.amazonaws.com",
    source: arnOf,
};

const senders: readonly Sender[] = [
    { type: "cloudwatch/metricAlarm:MetricAlarm", ...alarmSender },
    { type: "cloudwatch/compositeAlarm:CompositeAlarm", ...alarmSender },
    {
        type: "cloudwatch/eventTarget:EventTarget",
        targets: (node) => [inputText(node, "arn"), inputText(node, "deadLetterConfig.arn")],
        service: "events.amazonaws.com",
        source: (node, plan) =>
            resourcesOfType(plan, "cloudwatch/eventRule:EventRule")
                .filter((rule) => inputText(rule, "name") === inputText(node, "rule"))
                .map(arnOf)
                .join(),
    },
    {
        type: "rds/eventSubscription:EventSubscription",
        targets: (node) => [inputText(node, "snsTopic")],
        service: "events.rds.amazonaws.com",
    },
];

/** Types that name a topic or queue without that their service sends to it as itself. */
const otherUsers = [
    ...["sns/topicPolicy:TopicPolicy", "sns/topicSubscription:TopicSubscription", "sqs/queuePolicy:QueuePolicy"],
    ...["sqs/redriveAllowPolicy:RedriveAllowPolicy", "lambda/function:Function"],
];

/** Sending to a topic outside the plan counts as denied, because no policy of the plan allows it. */
function sendingPermissions(plan: Plan): RequiredPermission[] {
    const [topics, queues] = [resourcesOfType(plan, "sns/topic:Topic"), resourcesOfType(plan, "sqs/queue:Queue")];
    return senders.flatMap(({ type, targets, service, source }) =>
        resourcesOfType(plan, type).flatMap((node) =>
            [...new Set(targets(node))].flatMap((target) => {
                const context = source === undefined ? {} : { "aws:SourceArn": source(node, plan) };
                const queue = queues.find((each) => arnOf(each) === target);
                const topic = topics.find((each) => arnOf(each) === target);
                return queue
                    ? sendPermissions(node, service, queue, context)
                    : [
                          ...requirePermissions(node, service, ["sns:Publish"], { resource: target, context }),
                          ...(topic ? serviceKeyPermissions(node, service, topic, context) : []),
                      ];
            }),
        ),
    );
}

/** Resources that name a topic or queue of the plan, and of whose type it is not known which service sends to it. */
export function unknownSenders(plan: Plan): Finding[] {
    const targets = [...resourcesOfType(plan, "sns/topic:Topic"), ...resourcesOfType(plan, "sqs/queue:Queue")];
    const arns = new Map(targets.map((node) => [arnOf(node), node.name]));
    const known = [...senders.map(({ type }) => type), ...otherUsers].map((type) => `aws:${type}`);
    return plan.nodes
        .filter(({ type }) => type.startsWith("aws:") && !known.includes(type))
        .flatMap((node) => {
            const named: string[] = [];
            visitNonSecretStrings(node.inputs, (text) => void named.push(...(arns.has(text) ? [text] : [])));
            return [...new Set(named)].map((arn) => ({
                node,
                reason: `names ${arns.get(arn)}: add its service to \`senders\` in analysis/iam/required-permissions/deliveries.ts`,
            }));
        });
}

/** Access logs, which S3 and load balancers write to a bucket. */
const accessLogPermissions = (plan: Plan, { account, partition }: AccountPolicies): RequiredPermission[] => {
    const bucketArn = (bucket: string) => `arn:${partition}:s3:::${bucket}`;
    const objects = (bucket: string, prefix: string) => `${bucketArn(bucket)}/${prefix}*`;
    return [
        ...resourcesOfType(plan, "s3/bucketLogging:BucketLogging").flatMap((node) =>
            requirePermissions(node, "logging.s3.amazonaws.com", ["s3:PutObject"], {
                resource: objects(inputText(node, "targetBucket"), inputText(node, "targetPrefix")),
                context: { "aws:SourceArn": bucketArn(inputText(node, "bucket")) },
            }),
        ),
        ...resourcesOfType(plan, "lb/loadBalancer:LoadBalancer")
            .filter((node) => inputText(node, "accessLogs.bucket") !== "")
            .flatMap((node) =>
                requirePermissions(node, "logdelivery.elasticloadbalancing.amazonaws.com", ["s3:PutObject"], {
                    resource: objects(
                        inputText(node, "accessLogs.bucket"),
                        `${inputText(node, "accessLogs.prefix")}/AWSLogs/${account}/`,
                    ),
                    context: { "aws:SourceArn": arnOf(node) },
                }),
            ),
    ];
};

/** CloudWatch Logs encrypts each log group with the ARN of the group as encryption context (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). */
const logGroupKeyPermissions = (plan: Plan, { region }: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "cloudwatch/logGroup:LogGroup")
        .filter((group) => inputText(group, "kmsKeyId") !== "")
        .flatMap((group) =>
            requirePermissions(group, regionalHost("logs", region), [...keyActions, "kms:Encrypt", "kms:DescribeKey"], {
                resource: inputText(group, "kmsKeyId"),
                context: { "kms:EncryptionContext:aws:logs:arn": arnOf(group) },
            }),
        );

/** Permissions that AWS services need to deliver messages, alarms and access logs, and to encrypt log groups. */
export const deliveryPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] => [
    ...subscriptionPermissions(plan),
    ...sendingPermissions(plan),
    ...accessLogPermissions(plan, access),
    ...logGroupKeyPermissions(plan, access),
];
