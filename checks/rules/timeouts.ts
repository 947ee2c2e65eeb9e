import { keepAliveSeconds } from "../../contract/container.ts";
import { all, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import {
    gatewayTimeout,
    integrationTimeout,
    numberAt,
    servicesOf,
    someServices,
    stopTimeoutOf,
    takesRequests,
    unlessServed,
    type PlannedService,
} from "../../plan/ecs-services.ts";
import type { PlanNode } from "../../plan/plan.ts";

const health = (group: PlanNode | undefined, key: string): number => numberAt(group?.inputs, `healthCheck.${key}`);

/** Seconds from a container's start to ECS's own verdict, where the container has a check of its own. */
const ownVerdict = ({ containers }: PlannedService): number =>
    Math.max(
        0,
        ...containers
            .filter(({ healthCheck }) => healthCheck !== undefined)
            .map(
                (container) =>
                    // Defaults: 30 s and three retries (AWS, `HealthCheck`).
                    numberAt(container, "healthCheck.startPeriod", 0) +
                    numberAt(container, "healthCheck.interval", 30) * numberAt(container, "healthCheck.retries", 3),
            ),
    );

const grace = ({ service }: PlannedService): number => numberAt(service.inputs, "healthCheckGracePeriodSeconds", 0);

/** As much time to start, and as little to stay sick, as behind the load balancer. Defaults are those of ECS. */
const isGoodCheck = (check: unknown): boolean =>
    numberAt(check, "startPeriod", 0) >= 50 && numberAt(check, "interval", 30) * numberAt(check, "retries", 3) <= 60;

/** Seconds in which a slow starter fails the load balancer's check until it is sick, then passes it until it is well. */
const slowStart = ({ targetGroup }: PlannedService): number =>
    health(targetGroup, "interval") *
    (health(targetGroup, "unhealthyThreshold") + health(targetGroup, "healthyThreshold"));

/** How the times of checks, requests, messages and stops fit together. */
export const timeoutRules: readonly Rule[] = [
    {
        name: "health-checks-add-up",
        promise: "a task that starts slowly is not killed for it, and a sick one leaves within a minute",
        fix: "Let `healthCheckGracePeriodSeconds` outlast the checks of the load balancer and of the container.",
        controls: [],
        about: ["ecs/service:Service", "lb/targetGroup:TargetGroup"],
        check: (plan) => [
            ...someServices(servicesOf(plan)),
            ...unlessServed(
                plan,
                (each) =>
                    !takesRequests(each) || health(each.targetGroup, "timeout") < health(each.targetGroup, "interval"),
                "be checked with a timeout that is shorter than the interval",
            ),
            ...unlessServed(
                plan,
                (each) => !takesRequests(each) || grace(each) >= slowStart(each),
                (each) =>
                    `have ${slowStart(each)} s of grace: until it fails the load balancer's check, then passes it`,
            ),
            ...unlessServed(
                plan,
                (each) => !takesRequests(each) || grace(each) >= ownVerdict(each),
                (each) => `have ${ownVerdict(each)} s of grace: until its container's own check can fail`,
            ),
            ...unlessServed(
                plan,
                (each) =>
                    !takesRequests(each) ||
                    health(each.targetGroup, "interval") * health(each.targetGroup, "unhealthyThreshold") <= 60,
                "lose a sick task within 60 s",
            ),
            ...unlessServed(
                plan,
                (each) => takesRequests(each) || each.containers.some(({ healthCheck }) => isGoodCheck(healthCheck)),
                "have a container health check with a startPeriod of 50 s or more, that finds a sick task within 60 s: no load balancer checks a worker",
            ),
        ],
    },
    {
        name: "timeouts-nest",
        promise: "no request is cut off: each party waits longer than the one behind it",
        fix: "Order the times: API Gateway's timeout, deregistration delay and idle timeout of the load balancer, keep-alive.",
        controls: [],
        about: [
            "ecs/service:Service",
            "lb/loadBalancer:LoadBalancer",
            "lb/targetGroup:TargetGroup",
            "apigateway/integration:Integration",
        ],
        check: (plan) => {
            const gateway = gatewayTimeout(plan);
            const balancers = all(plan, "lb/loadBalancer:LoadBalancer");
            const idle = ({ inputs }: PlanNode) => numberAt(inputs, "idleTimeout", 60);
            const drain = ({ targetGroup }: PlannedService) =>
                numberAt(targetGroup?.inputs, "deregistrationDelay", 300);
            return [
                ...unlessStack(balancers.length > 0, "there is no load balancer"),
                ...unless(
                    balancers,
                    (each) => idle(each) < keepAliveSeconds,
                    `close idle connections before its targets do, at ${keepAliveSeconds} s, or they answer with a reset`,
                ),
                ...unless(balancers, (each) => idle(each) > gateway, `wait longer than API Gateway's ${gateway} s`),
                // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
                ...unless(
                    all(plan, "apigateway/integration:Integration").filter((each) => text(each, "type") !== "MOCK"),
                    (each) => integrationTimeout(each) <= 29_000,
                    "wait 29 s at most: more takes a quota that AWS raises on request only",
                ),
                ...unlessServed(
                    plan,
                    (each) => !takesRequests(each) || drain(each) >= gateway,
                    `drain for ${gateway} s, as long as API Gateway waits for an answer`,
                ),
                ...unlessServed(
                    plan,
                    (each) => !takesRequests(each) || stopTimeoutOf(each) > drain(each),
                    (each) => `have longer to stop than the ${drain(each)} s in which the load balancer drains it`,
                ),
                // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout
                ...unlessServed(plan, (each) => stopTimeoutOf(each) <= 120, "stop within Fargate's 120 s"),
            ];
        },
    },
    {
        name: "messages-outlast-consumers",
        promise: "a consumer that is told to stop finishes its message before another one gets it",
        fix: "Raise `visibilityTimeoutSeconds` of the queue to the `stopTimeout` of its consumer, or more.",
        controls: [],
        about: ["sqs/queue:Queue", "ecs/taskDefinition:TaskDefinition"],
        check: (plan) => {
            const consumers = servicesOf(plan).filter(({ queue }) => queue !== undefined);
            // SQS's own value unless told (AWS, `SetQueueAttributes`).
            const hidden = ({ queue }: PlannedService) => numberAt(queue?.inputs, "visibilityTimeoutSeconds", 30);
            return consumers.flatMap((each): Finding[] => {
                const { queue } = each;
                const wait = numberAt(queue?.inputs, "receiveWaitTimeSeconds", 0);
                const least = Math.max(stopTimeoutOf(each), wait);
                return queue === undefined || hidden(each) >= least
                    ? []
                    : [
                          {
                              node: queue,
                              reason: `must hide a message for ${least} s, as long as ${text(each.service, "name")} may take to stop, not ${hidden(each)} s`,
                          },
                      ];
            });
        },
    },
];
