import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { all, arnOf, isTree, look, shown, text, texts, unless, type Invariants } from "../../../policies/look.ts";
import { mayAct, statementsIn } from "./policies.ts";

const alarmsOf = (plan: Plan) => [
    ...all(plan, "cloudwatch/metricAlarm:MetricAlarm"),
    ...all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
];

/** Names of the alarms that a composite one looks at. */
const windowsOf = (composite: PlanNode): string[] =>
    [...text(composite, "alarmRule").matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name = ""]) => name);

const parsed = (node: PlanNode, path: string): unknown => JSON.parse(text(node, path) || "null");

/** Queues that take what others failed to process. */
function deadLetterArns(plan: Plan): string[] {
    return [
        ...[...all(plan, "sqs/queue:Queue"), ...all(plan, "sns/topicSubscription:TopicSubscription")].map((node) =>
            look(parsed(node, "redrivePolicy"), "deadLetterTargetArn"),
        ),
        ...all(plan, "lambda/function:Function").map(({ inputs }) => look(inputs, "deadLetterConfig.targetArn")),
    ].filter((arn) => typeof arn === "string");
}

/** Who publishes to which topic on whose behalf; AWS drops a message that is refused, and nothing says so. */
function publications(plan: Plan): { service: string; source: string; topic: string; from: PlanNode }[] {
    const rules = new Map(all(plan, "cloudwatch/eventRule:EventRule").map((rule) => [text(rule, "name"), arnOf(rule)]));
    return [
        ...alarmsOf(plan).flatMap((from) =>
            [...texts(from, "alarmActions"), ...texts(from, "okActions")].map((topic) => ({
                service: "cloudwatch.amazonaws.com",
                source: arnOf(from),
                topic,
                from,
            })),
        ),
        ...all(plan, "cloudwatch/eventTarget:EventTarget").map((from) => ({
            service: "events.amazonaws.com",
            source: rules.get(text(from, "rule")) ?? "no rule",
            topic: text(from, "arn"),
            from,
        })),
        ...all(plan, "rds/eventSubscription:EventSubscription").map((from) => ({
            service: "events.rds.amazonaws.com",
            source: "",
            topic: text(from, "snsTopic"),
            from,
        })),
    ];
}

export const observingInvariants: Invariants = {
    "no message is lost: every queue has a dead-letter queue that takes from it alone": (plan) => {
        const queues = all(plan, "sqs/queue:Queue");
        const deadLetters = deadLetterArns(plan);
        const main = queues.filter((queue) => !deadLetters.includes(arnOf(queue)));
        const admits = all(plan, "sqs/redriveAllowPolicy:RedriveAllowPolicy");
        const takesFrom = (queue: PlanNode) => {
            const target = queues.find(
                (each) => arnOf(each) === look(parsed(queue, "redrivePolicy"), "deadLetterTargetArn"),
            );
            const policy = admits.find((each) => text(each, "queueUrl") === target?.outputs.url);
            const sources = policy && parsed(policy, "redriveAllowPolicy");
            return (
                look(sources, "redrivePermission") === "byQueue" &&
                JSON.stringify(look(sources, "sourceQueueArns")) === JSON.stringify([arnOf(queue)])
            );
        };
        return [
            ...(main.length > 0 ? [] : ["there are no queues"]),
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
    "every queue and dead-letter queue raises an alarm": (plan) => {
        const deadLetters = deadLetterArns(plan);
        const watched = (queue: PlanNode, metric: string) =>
            all(plan, "cloudwatch/metricAlarm:MetricAlarm").some(
                ({ inputs }) =>
                    inputs.metricName === metric && look(inputs, "dimensions.QueueName") === queue.inputs.name,
            );
        const queues = all(plan, "sqs/queue:Queue");
        const metricOf = (queue: PlanNode) =>
            deadLetters.includes(arnOf(queue)) ? "ApproximateNumberOfMessagesVisible" : "ApproximateAgeOfOldestMessage";
        return unless(
            queues,
            (queue) => watched(queue, metricOf(queue)),
            (queue) => `have an alarm on ${metricOf(queue)}`,
        );
    },
    "every alarm is heard, and says what to do": (plan) => {
        const alarms = alarmsOf(plan);
        const windows = all(plan, "cloudwatch/compositeAlarm:CompositeAlarm").flatMap(windowsOf);
        const topics = all(plan, "sns/topic:Topic").map(arnOf);
        const own = (actions: string[]) => actions.length > 0 && actions.every((arn) => topics.includes(arn));
        return [
            ...(alarms.length > 0 ? [] : ["there are no alarms"]),
            ...unless(
                alarms.filter((alarm) => !windows.includes(text(alarm, "name"))),
                (alarm) => own(texts(alarm, "alarmActions")) && own(texts(alarm, "okActions")),
                "tell a topic of its beginning and its end",
            ),
            ...unless(alarms, ({ inputs }) => inputs.actionsEnabled !== false, "have its actions on"),
            ...unless(alarms, (alarm) => text(alarm, "alarmDescription").length >= 20, "say what to do first"),
        ];
    },
    "every composite alarm looks at alarms that exist": (plan) => {
        const names = all(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) => text(alarm, "name"));
        return unless(
            all(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
            (alarm) => windowsOf(alarm).length >= 2 && windowsOf(alarm).every((name) => names.includes(name)),
            "look at alarms of the stack",
        );
    },
    "who reports to a topic is let in by the topic and by its key": (plan) => {
        const topics = new Map(all(plan, "sns/topic:Topic").map((topic) => [arnOf(topic), topic]));
        const keys = new Map(all(plan, "kms/key:Key").map((key) => [arnOf(key), statementsIn(text(key, "policy"))]));
        const policies = new Map(
            all(plan, "sns/topicPolicy:TopicPolicy").map((policy) => [
                text(policy, "arn"),
                statementsIn(text(policy, "policy")),
            ]),
        );
        const reports = publications(plan);
        const refused = reports.filter(({ service, source, topic }) => {
            const found = topics.get(topic);
            const key = found && keys.get(text(found, "kmsMasterKeyId"));
            return !(
                mayAct(policies.get(topic) ?? [], service, "sns:Publish", source) &&
                ["kms:GenerateDataKey", "kms:Decrypt"].every((action) => mayAct(key ?? [], service, action, source))
            );
        });
        return [
            ...(reports.length > 0 ? [] : ["nothing reports"]),
            ...refused.map(({ service, topic, from }) => `${from.name}: ${service} may not publish to ${topic}`),
        ];
    },
    "an event of the topic reaches its queue": (plan) => {
        const queues = new Map(all(plan, "sqs/queue:Queue").map((queue) => [arnOf(queue), queue]));
        const keys = new Map(all(plan, "kms/key:Key").map((key) => [arnOf(key), statementsIn(text(key, "policy"))]));
        const policies = new Map(
            all(plan, "sqs/queuePolicy:QueuePolicy").map((each) => [
                text(each, "queueUrl"),
                statementsIn(text(each, "policy")),
            ]),
        );
        const deliveries = all(plan, "sns/topicSubscription:TopicSubscription").filter(
            ({ inputs }) => inputs.protocol === "sqs",
        );
        const lets = (arn: unknown, topic: string) => {
            const queue = queues.get(String(arn));
            const key = queue && keys.get(text(queue, "kmsMasterKeyId"));
            return (
                mayAct(policies.get(shown(queue?.outputs.url)) ?? [], "sns.amazonaws.com", "sqs:SendMessage", topic) &&
                mayAct(key ?? [], "sns.amazonaws.com", "kms:GenerateDataKey", topic)
            );
        };
        return [
            ...(deliveries.length > 0 ? [] : ["no queue subscribes"]),
            ...unless(
                deliveries,
                (each) =>
                    [each.inputs.endpoint, look(parsed(each, "redrivePolicy"), "deadLetterTargetArn")].every((arn) =>
                        lets(arn, text(each, "topic")),
                    ),
                "be let into its queue and its dead-letter queue",
            ),
        ];
    },
    "a failed deployment rolls back": (plan) => {
        const alarms = all(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) => text(alarm, "name"));
        return unless(
            all(plan, "ecs/service:Service"),
            ({ inputs }) => {
                const names = look(inputs, "alarms.alarmNames");
                return (
                    look(inputs, "deploymentCircuitBreaker.rollback") === true &&
                    look(inputs, "alarms.rollback") === true &&
                    Array.isArray(names) &&
                    names.length > 0 &&
                    names.every((name) => alarms.includes(String(name)))
                );
            },
            "roll back, by alarms that exist",
        );
    },
    "every container runs hardened, with no secret in its environment": (plan) =>
        unless(
            all(plan, "ecs/taskDefinition:TaskDefinition"),
            (task) => {
                const containers = parsed(task, "containerDefinitions");
                return (
                    Array.isArray(containers) &&
                    containers.length > 0 &&
                    containers.every(
                        (container) =>
                            isTree(container) &&
                            container.readonlyRootFilesystem === true &&
                            container.privileged === undefined &&
                            look(container, "linuxParameters.capabilities.drop.0") === "ALL" &&
                            !/^(0|root)?(:|$)/.test(shown(container.user ?? "")),
                    )
                );
            },
            "run no container as root, privileged or with a writable root",
        ),
};
