import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, deadLetterArnOf, look, parsed, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Queues that take what others failed to process. */
function deadLetterArns(plan: Plan): string[] {
    return [
        ...[...all(plan, "sqs/queue:Queue"), ...all(plan, "sns/topicSubscription:TopicSubscription")].map(
            deadLetterArnOf,
        ),
        ...all(plan, "lambda/function:Function").map((node) => text(node, "deadLetterConfig.targetArn")),
    ];
}

export const messageRules: readonly Rule[] = [
    {
        name: "failed-messages-set-aside",
        promise: "no message is lost: every queue has a dead-letter queue that takes from it alone",
        fix: "Give the queue a redrive policy to a dead-letter queue whose redrive allow policy names this queue alone.",
        controls: [],
        about: ["sqs/queue:Queue"],
        check: (plan, { queues: wanted }) => {
            const queues = all(plan, "sqs/queue:Queue");
            const deadLetters = deadLetterArns(plan);
            const main = queues.filter((queue) => !deadLetters.includes(arnOf(queue)));
            const admits = all(plan, "sqs/redriveAllowPolicy:RedriveAllowPolicy");
            const takesFrom = (queue: PlanNode) => {
                const target = queues.find((each) => arnOf(each) === deadLetterArnOf(queue));
                const policy = admits.find((each) => text(each, "queueUrl") === target?.outputs.url);
                const sources = policy && parsed(policy, "redriveAllowPolicy");
                return (
                    look(sources, "redrivePermission") === "byQueue" &&
                    JSON.stringify(look(sources, "sourceQueueArns")) === JSON.stringify([arnOf(queue)])
                );
            };
            return [
                ...unlessStack(
                    main.length >= Object.keys(wanted).length,
                    "there are fewer queues than the settings name",
                ),
                ...unless(main, takesFrom, "move what fails to a dead-letter queue of its own"),
                ...unless(
                    main,
                    (queue) => Number(look(parsed(queue, "redrivePolicy"), "maxReceiveCount")) >= 2,
                    "try more than once",
                ),
                ...unless(
                    queues.filter((queue) => !main.includes(queue)),
                    ({ inputs }) => inputs.messageRetentionSeconds === 14 * 86_400,
                    "keep dead letters as long as SQS can",
                ),
            ];
        },
    },
    {
        name: "queues-watched",
        promise: "every queue and dead-letter queue raises an alarm",
        fix: "Add an alarm on the metric for that queue.",
        controls: ["PCI-10.7.2"],
        about: ["sqs/queue:Queue"],
        check: (plan) => {
            const deadLetters = deadLetterArns(plan);
            const watched = (queue: PlanNode, metric: string) =>
                all(plan, "cloudwatch/metricAlarm:MetricAlarm").some(
                    ({ inputs }) =>
                        inputs.metricName === metric && look(inputs, "dimensions.QueueName") === queue.inputs.name,
                );
            const queues = all(plan, "sqs/queue:Queue");
            const metricOf = (queue: PlanNode) =>
                deadLetters.includes(arnOf(queue))
                    ? "ApproximateNumberOfMessagesVisible"
                    : "ApproximateAgeOfOldestMessage";
            return unless(
                queues,
                (queue) => watched(queue, metricOf(queue)),
                (queue) => `have an alarm on ${metricOf(queue)}`,
            );
        },
    },
    {
        name: "events-reach-queues",
        promise:
            "an event of the topic goes to a queue of the stack, and to a dead-letter queue of it where that fails",
        fix: "Subscribe a queue of the stack, with a redrive policy to a dead-letter queue of the stack.",
        controls: [],
        about: ["sns/topicSubscription:TopicSubscription"],
        check: (plan, settings) => {
            const queues = all(plan, "sqs/queue:Queue").map(arnOf);
            const wanted = Object.values(settings.queues).reduce(
                (sum, { subscribesTo }) => sum + subscribesTo.length,
                0,
            );
            const subscribed = all(plan, "sns/topicSubscription:TopicSubscription").filter(
                ({ inputs }) => inputs.protocol === "sqs",
            );
            return [
                ...unlessStack(subscribed.length >= wanted, "fewer queues subscribe than the settings say"),
                ...unless(
                    subscribed,
                    (node) => [text(node, "endpoint"), deadLetterArnOf(node)].every((arn) => queues.includes(arn)),
                    "go to a queue of the stack, with a dead-letter queue of the stack",
                ),
            ];
        },
    },
];
