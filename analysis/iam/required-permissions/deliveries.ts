import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { all, arnOf, deadLetterArnOf, text, texts } from "../../../plan/query.ts";
import type { Access } from "../policies.ts";
import { needs, type Need } from "./permission.ts";

const ofKey = ["kms:GenerateDataKey", "kms:Decrypt"];

/** What a service must be able to do with a key in its own name. */
const useKey = (owner: PlanNode, service: string, key: string): Need[] =>
    key === "" ? [] : needs(owner, service, ofKey, { resource: key });

/** A subscription hands messages to its queue, and to the queue of those that it cannot hand on. */
const subscriptionNeeds = (plan: Plan): Need[] =>
    all(plan, "sns/topicSubscription:TopicSubscription")
        .filter((node) => text(node, "protocol") === "sqs")
        .flatMap((node) => {
            const targets = [text(node, "endpoint"), deadLetterArnOf(node)];
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

/** Who reports to topics: the inputs that name them, the service that speaks, and on whose behalf where it says so. */
interface Reporter {
    readonly type: string;
    readonly topics: (node: PlanNode) => readonly string[];
    readonly service: string;
    readonly source?: (node: PlanNode, plan: Plan) => string;
}

const alarmReports: Omit<Reporter, "type"> = {
    topics: (node) => [...texts(node, "alarmActions"), ...texts(node, "okActions")],
    service: "cloudwatch.amazonaws.com",
    source: arnOf,
};

const reporters: readonly Reporter[] = [
    { type: "cloudwatch/metricAlarm:MetricAlarm", ...alarmReports },
    { type: "cloudwatch/compositeAlarm:CompositeAlarm", ...alarmReports },
    {
        type: "cloudwatch/eventTarget:EventTarget",
        topics: (node) => [text(node, "arn")],
        service: "events.amazonaws.com",
        source: (node, plan) =>
            all(plan, "cloudwatch/eventRule:EventRule")
                .filter((rule) => text(rule, "name") === text(node, "rule"))
                .map(arnOf)
                .join(),
    },
    {
        type: "rds/eventSubscription:EventSubscription",
        topics: (node) => [text(node, "snsTopic")],
        service: "events.rds.amazonaws.com",
    },
];

/** A report to a topic that is not of the plan is refused, as no policy of the plan lets it in. */
function reportNeeds(plan: Plan): Need[] {
    const keys = new Map(all(plan, "sns/topic:Topic").map((node) => [arnOf(node), text(node, "kmsMasterKeyId")]));
    return reporters.flatMap(({ type, topics, service, source }) =>
        all(plan, type).flatMap((node) =>
            [...new Set(topics(node))].flatMap((topic) => [
                ...needs(node, service, ["sns:Publish"], {
                    resource: topic,
                    context: source === undefined ? {} : { "aws:SourceArn": source(node, plan) },
                }),
                ...useKey(node, service, keys.get(topic) ?? ""),
            ]),
        ),
    );
}

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
