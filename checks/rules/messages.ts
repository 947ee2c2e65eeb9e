import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    deadLetterQueueArn,
    getPath,
    inputJson,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** ARNs of dead-letter queues. */
function deadLetterArns(plan: Plan): string[] {
    return [
        ...[
            ...resourcesOfType(plan, "sqs/queue:Queue"),
            ...resourcesOfType(plan, "sns/topicSubscription:TopicSubscription"),
        ].map(deadLetterQueueArn),
        ...resourcesOfType(plan, "lambda/function:Function").map((node) =>
            inputText(node, "deadLetterConfig.targetArn"),
        ),
        ...resourcesOfType(plan, "cloudwatch/eventTarget:EventTarget").map((node) =>
            inputText(node, "deadLetterConfig.arn"),
        ),
    ];
}

/** An older message is gone. */
const maxAgeSeconds = ({ inputs }: PlanNode): number => Number(inputs.messageRetentionSeconds ?? 4 * 86_400);

export const messageRules: readonly Rule[] = [
    {
        name: "failed-messages-set-aside",
        description: "Every queue moves failed messages to a dead-letter queue of its own",
        fix: "Give the queue a redrive policy, and its dead-letter queue a redrive allow policy that names this queue alone.",
        check: (plan, { queues: wanted }) => {
            const queues = resourcesOfType(plan, "sqs/queue:Queue");
            const deadLetters = deadLetterArns(plan);
            const mainQueues = queues.filter((queue) => !deadLetters.includes(arnOf(queue)));
            const redriveAllowPolicies = resourcesOfType(plan, "sqs/redriveAllowPolicy:RedriveAllowPolicy");
            const hasOwnDeadLetterQueue = (queue: PlanNode) => {
                const target = queues.find((each) => arnOf(each) === deadLetterQueueArn(queue));
                const policy = redriveAllowPolicies.find((each) => inputText(each, "queueUrl") === target?.outputs.url);
                const sources = policy && inputJson(policy, "redriveAllowPolicy");
                return (
                    getPath(sources, "redrivePermission") === "byQueue" &&
                    JSON.stringify(getPath(sources, "sourceQueueArns")) === JSON.stringify([arnOf(queue)])
                );
            };
            return [
                ...stackFindingUnless(
                    mainQueues.length >= Object.keys(wanted).length,
                    "there are fewer queues than in the settings",
                ),
                ...findingsUnless(mainQueues, hasOwnDeadLetterQueue, "have a dead-letter queue of its own"),
                ...findingsUnless(
                    mainQueues,
                    (queue) => Number(getPath(inputJson(queue, "redrivePolicy"), "maxReceiveCount")) >= 2,
                    "receive a message at least twice before the dead-letter queue",
                ),
                ...findingsUnless(
                    queues.filter((queue) => !mainQueues.includes(queue)),
                    ({ inputs }) => inputs.messageRetentionSeconds === 14 * 86_400,
                    "keep messages for 14 days, the maximum of SQS",
                ),
            ];
        },
    },
    {
        name: "queues-watched",
        description:
            "Every queue has an alarm on the age of its messages, and every dead-letter queue one on its first message, or on more by `alarmThresholds`",
        fix: "Add an alarm on that metric of the queue, with a threshold that it can reach.",
        check: (plan, { alarmThresholds }) => {
            const deadLetters = deadLetterArns(plan);
            const highest = (queue: PlanNode) =>
                deadLetters.includes(arnOf(queue)) ? (alarmThresholds["dead-letters"] ?? 0) : maxAgeSeconds(queue);
            const hasAlarm = (queue: PlanNode, metric: string) =>
                resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").some(
                    ({ inputs }) =>
                        inputs.metricName === metric &&
                        inputs.statistic === "Maximum" &&
                        getPath(inputs, "dimensions.QueueName") === queue.inputs.name &&
                        inputs.comparisonOperator === "GreaterThanThreshold" &&
                        Number(inputs.threshold) <= highest(queue),
                );
            const queues = resourcesOfType(plan, "sqs/queue:Queue");
            const metricOf = (queue: PlanNode) =>
                deadLetters.includes(arnOf(queue))
                    ? "ApproximateNumberOfMessagesVisible"
                    : "ApproximateAgeOfOldestMessage";
            return findingsUnless(
                queues,
                (queue) => hasAlarm(queue, metricOf(queue)),
                (queue) => `have an alarm on ${metricOf(queue)}`,
            );
        },
    },
    {
        name: "events-reach-queues",
        description:
            "Every queue subscription delivers to a queue of the stack, and has a dead-letter queue of the stack; no subscription leaves out messages",
        fix: "Subscribe a queue of the stack, with a redrive policy to a dead-letter queue of the stack, and without a filter policy.",
        check: (plan, settings) => {
            const queues = resourcesOfType(plan, "sqs/queue:Queue").map(arnOf);
            const wanted = Object.values(settings.queues).reduce(
                (sum, { subscribesTo }) => sum + subscribesTo.length,
                0,
            );
            const subscribed = resourcesOfType(plan, "sns/topicSubscription:TopicSubscription").filter(
                ({ inputs }) => inputs.protocol === "sqs",
            );
            return [
                ...stackFindingUnless(
                    subscribed.length >= wanted,
                    "there are fewer queue subscriptions than in the settings",
                ),
                ...findingsUnless(
                    subscribed,
                    (node) =>
                        [inputText(node, "endpoint"), deadLetterQueueArn(node)].every((arn) => queues.includes(arn)),
                    "deliver to a queue of the stack, with a dead-letter queue of the stack",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "sns/topicSubscription:TopicSubscription"),
                    ({ inputs }) => inputs.filterPolicy === undefined,
                    "have no filter policy: the topic has nothing but what its subscribers need",
                ),
            ];
        },
    },
    {
        name: "failed-events-set-aside",
        description:
            "Every target of an EventBridge rule sends events that it cannot deliver to a dead-letter queue of the stack",
        fix: "Name a queue of the stack in `deadLetterConfig`, whose policy allows `events.amazonaws.com` to send messages.",
        check: (plan) => {
            const queues = resourcesOfType(plan, "sqs/queue:Queue").map(arnOf);
            const targets = resourcesOfType(plan, "cloudwatch/eventTarget:EventTarget");
            const rules = resourcesOfType(plan, "cloudwatch/eventRule:EventRule");
            return [
                ...stackFindingUnless(rules.length > 0, "there are no EventBridge rules"),
                ...findingsUnless(
                    rules,
                    (rule) => targets.some((target) => inputText(target, "rule") === inputText(rule, "name")),
                    "have a target",
                ),
                ...findingsUnless(
                    targets,
                    (target) => queues.includes(inputText(target, "deadLetterConfig.arn")),
                    "have a dead-letter queue of the stack",
                ),
            ];
        },
    },
];
