import { toText } from "../../../../plan/query.ts";
import { changeInputs, replaceText, removeResources, setInput, type FaultsByRule, type PlanChange } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const composite = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

const changeContainers = (from: string, to: string): PlanChange =>
    changeInputs("aws:ecs/taskDefinition:TaskDefinition", "", replaceText("containerDefinitions", from, to));
const containerWeak =
    "payment-api-prod must run no container as root, privileged, with capabilities, with devices or with a writable root filesystem";

export const monitoringFaults: FaultsByRule = {
    "failed-messages-set-aside": {
        "no dead-letter queue": [
            changeInputs(queue, "payment-processing-prod", { redrivePolicy: "{}" }),
            "payment-processing-dlq-prod must have a dead-letter queue of its own",
        ],
        "a dead-letter queue for all queues": [
            changeInputs("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "processing", {
                redriveAllowPolicy: '{"redrivePermission":"allowAll"}',
            }),
            "payment-processing-prod must have a dead-letter queue of its own",
        ],
    },
    "queues-watched": {
        "no alarm on a dead-letter queue": [
            removeResources(alarm, "processing-dead-letters"),
            "payment-processing-dlq-prod must have an alarm on ApproximateNumberOfMessagesVisible",
        ],
        "an alarm that no dead letter reaches": [
            changeInputs(alarm, "processing-dead-letters", { threshold: 1_000_000 }),
            "payment-processing-dlq-prod must have an alarm on ApproximateNumberOfMessagesVisible",
        ],
        "an alarm on an age that no message reaches": [
            changeInputs(alarm, "processing-oldest-message", { threshold: 1_000_000_000 }),
            "payment-processing-prod must have an alarm on ApproximateAgeOfOldestMessage",
        ],
        "no alarm on the dead-letter queue of EventBridge": [
            removeResources(alarm, "alerts-dead-letters"),
            "payment-alerts-dlq-prod must have an alarm on ApproximateNumberOfMessagesVisible",
        ],
        "no alarm on a function's dead-letter queue": [
            removeResources(alarm, "validator-dead-letters"),
            "payment-validator-dlq-prod must have an alarm on ApproximateNumberOfMessagesVisible",
        ],
    },
    "failed-events-set-aside": {
        "no dead-letter queue": [
            changeInputs("aws:cloudwatch/eventTarget:EventTarget", "deployment-failed", { deadLetterConfig: {} }),
            "payment-deployment-failed-prod must have a dead-letter queue of the stack",
        ],
        "a dead-letter queue of another stack": [
            changeInputs("aws:cloudwatch/eventTarget:EventTarget", "deployment-failed", {
                deadLetterConfig: { arn: "arn:aws:sqs:us-east-1:123456789012:other" },
            }),
            "payment-deployment-failed-prod must have a dead-letter queue of the stack",
        ],
        "a rule without a target": [
            removeResources("aws:cloudwatch/eventTarget:EventTarget", "deployment-failed"),
            "payment-deployment-failed-prod must have a target",
        ],
    },
    "events-reach-queues": {
        "a queue that does not exist": [
            changeInputs(subscription, "", { endpoint: "arn:aws:sqs:us-east-1:123456789012:other" }),
            "payment-notifications-events-prod must deliver to a queue of the stack, with a dead-letter queue of the stack",
        ],
        "no dead-letter queue": [
            changeInputs(subscription, "", { redrivePolicy: "{}" }),
            "payment-notifications-events-prod must deliver to a queue of the stack, with a dead-letter queue of the stack",
        ],
        "a filter that leaves out messages": [
            changeInputs(subscription, "alerts-critical", { filterPolicy: '{"x":["y"]}' }),
            "payment-alerts-critical-251df359-prod must have no filter policy: the topic has nothing but what its subscribers need",
        ],
        "no subscription": [
            removeResources(subscription, ""),
            "the stack there are fewer queue subscriptions than in the settings",
        ],
    },
    "alarms-notify-topics": {
        "no alarm action": [
            changeInputs(alarm, "processing-dead-letters", { alarmActions: [] }),
            "payment-processing-dead-letters-prod must notify a topic of the stack in `alarmActions` and `okActions`",
        ],
        "a description that is too short": [
            changeInputs(composite, "fast", { alarmDescription: "Alarm" }),
            "payment-budget-burns-fast-prod must describe the first action to take, in 20 characters or more",
        ],
    },
    "composite-alarms-whole": {
        "an alarm that does not exist": [
            removeResources(alarm, "budget-burns-fast-5m"),
            "payment-budget-burns-fast-prod must refer to two or more alarms of the stack, joined by AND or by OR",
        ],
        "a rule that is never true": [
            changeInputs(composite, "fast", ({ alarmRule }) => ({ alarmRule: `${toText(alarmRule)} AND FALSE` })),
            "payment-budget-burns-fast-prod must refer to two or more alarms of the stack, joined by AND or by OR",
        ],
        "a rule that is true when no alarm fires": [
            changeInputs(composite, "fast", ({ alarmRule }) => ({ alarmRule: `NOT (${toText(alarmRule)})` })),
            "payment-budget-burns-fast-prod must refer to two or more alarms of the stack, joined by AND or by OR",
        ],
        "an alarm on something else, which would notify nobody": [
            changeInputs(composite, "fast", ({ alarmRule }) => ({
                alarmRule: `${toText(alarmRule)} AND ALARM("payment-processing-dead-letters-prod")`,
            })),
            "payment-budget-burns-fast-prod must refer to alarms on the same metrics",
        ],
    },
    "deployments-roll-back": {
        "no alarm": [
            removeResources(alarm, "api-target-5xx"),
            "payment-api-prod must roll back on the deployment circuit breaker and on alarms of the stack",
        ],
        "a circuit breaker that is off": [
            setInput("ecs/service:Service", "deploymentCircuitBreaker.enable", false),
            "payment-api-prod must roll back on the deployment circuit breaker and on alarms of the stack",
        ],
        "alarms that are off": [
            setInput("ecs/service:Service", "alarms.enable", false),
            "payment-api-prod must roll back on the deployment circuit breaker and on alarms of the stack",
        ],
    },
    "containers-hardened": {
        "the root user": [changeContainers("1000:1000", "0:0"), containerWeak],
        "the root user, with another spelling": [changeContainers("1000:1000", "00:00"), containerWeak],
        "a user whose number the image decides": [changeContainers("1000:1000", "app"), containerWeak],
        "a group that the image decides": [changeContainers("1000:1000", "1000"), containerWeak],
        "the root group": [changeContainers("1000:1000", "1000:0"), containerWeak],
        "a capability": [changeContainers('"drop":["ALL"]', '"drop":["ALL"],"add":["SYS_PTRACE"]'), containerWeak],
        "a privileged container": [changeContainers('"essential"', '"privileged":true,"essential"'), containerWeak],
        "a device of the host": [
            changeContainers('"initProcessEnabled"', '"devices":[{"hostPath":"/dev/x"}],"initProcessEnabled"'),
            containerWeak,
        ],
    },
};
