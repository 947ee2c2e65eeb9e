import { keepAliveSeconds } from "../../contract/container.ts";
import { resourcesOfType, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import {
    gatewayTimeoutSeconds,
    integrationTimeoutMs,
    numberAt,
    ecsServicesOf,
    findingUnlessAnyService,
    stopTimeoutSeconds,
    receivesRequests,
    serviceFindingsUnless,
    type PlannedService,
} from "../../plan/ecs-services.ts";
import type { PlanNode } from "../../plan/plan.ts";

const healthCheckNumber = (group: PlanNode | undefined, key: string): number =>
    numberAt(group?.inputs, `healthCheck.${key}`);

/** Seconds from a container's start to ECS's own verdict, where the container has a check of its own. */
const containerCheckSeconds = ({ containers }: PlannedService): number =>
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

const gracePeriodSeconds = ({ service }: PlannedService): number =>
    numberAt(service.inputs, "healthCheckGracePeriodSeconds", 0);

/** As much time to start, and as little to stay sick, as behind the load balancer. Defaults are those of ECS. */
const isSuitableContainerCheck = (check: unknown): boolean =>
    numberAt(check, "startPeriod", 0) >= 50 && numberAt(check, "interval", 30) * numberAt(check, "retries", 3) <= 60;

/** Seconds in which a slow starter fails the load balancer's check until it is sick, then passes it until it is well. */
const slowStartSeconds = ({ targetGroup }: PlannedService): number =>
    healthCheckNumber(targetGroup, "interval") *
    (healthCheckNumber(targetGroup, "unhealthyThreshold") + healthCheckNumber(targetGroup, "healthyThreshold"));

/** How the times of checks, requests, messages and stops fit together. */
export const timeoutRules: readonly Rule[] = [
    {
        name: "health-checks-add-up",
        description: "a task that starts slowly is not killed for it, and a sick one leaves within a minute",
        fix: "Let `healthCheckGracePeriodSeconds` outlast the checks of the load balancer and of the container.",
        check: (plan) => [
            ...findingUnlessAnyService(ecsServicesOf(plan)),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    !receivesRequests(each) ||
                    healthCheckNumber(each.targetGroup, "timeout") < healthCheckNumber(each.targetGroup, "interval"),
                "be checked with a timeout that is shorter than the interval",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => !receivesRequests(each) || gracePeriodSeconds(each) >= slowStartSeconds(each),
                (each) =>
                    `have ${slowStartSeconds(each)} s of grace: until it fails the load balancer's check, then passes it`,
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => !receivesRequests(each) || gracePeriodSeconds(each) >= containerCheckSeconds(each),
                (each) => `have ${containerCheckSeconds(each)} s of grace: until its container's own check can fail`,
            ),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    !receivesRequests(each) ||
                    healthCheckNumber(each.targetGroup, "interval") *
                        healthCheckNumber(each.targetGroup, "unhealthyThreshold") <=
                        60,
                "lose a sick task within 60 s",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    receivesRequests(each) ||
                    each.containers.some(({ healthCheck }) => isSuitableContainerCheck(healthCheck)),
                "have a container health check with a startPeriod of 50 s or more, that finds a sick task within 60 s: no load balancer checks a worker",
            ),
        ],
    },
    {
        name: "timeouts-nest",
        description: "no request is cut off: each party waits longer than the one behind it",
        fix: "Order the times: API Gateway's timeout, deregistration delay and idle timeout of the load balancer, keep-alive.",
        check: (plan) => {
            const apiGatewayTimeoutSeconds = gatewayTimeoutSeconds(plan);
            const balancers = resourcesOfType(plan, "lb/loadBalancer:LoadBalancer");
            const idleTimeoutSeconds = ({ inputs }: PlanNode) => numberAt(inputs, "idleTimeout", 60);
            const deregistrationDelaySeconds = ({ targetGroup }: PlannedService) =>
                numberAt(targetGroup?.inputs, "deregistrationDelay", 300);
            return [
                ...stackFindingUnless(balancers.length > 0, "there is no load balancer"),
                ...findingsUnless(
                    balancers,
                    (each) => idleTimeoutSeconds(each) < keepAliveSeconds,
                    `close idle connections before its targets do, at ${keepAliveSeconds} s, or they answer with a reset`,
                ),
                ...findingsUnless(
                    balancers,
                    (each) => idleTimeoutSeconds(each) > apiGatewayTimeoutSeconds,
                    `wait longer than API Gateway's ${apiGatewayTimeoutSeconds} s`,
                ),
                // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration").filter(
                        (each) => inputText(each, "type") !== "MOCK",
                    ),
                    (each) => integrationTimeoutMs(each) <= 29_000,
                    "wait 29 s at most: more takes a quota that AWS raises on request only",
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) => !receivesRequests(each) || deregistrationDelaySeconds(each) >= apiGatewayTimeoutSeconds,
                    `drain for ${apiGatewayTimeoutSeconds} s, as long as API Gateway waits for an answer`,
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) => !receivesRequests(each) || stopTimeoutSeconds(each) > deregistrationDelaySeconds(each),
                    (each) =>
                        `have longer to stop than the ${deregistrationDelaySeconds(each)} s in which the load balancer drains it`,
                ),
                // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout
                ...serviceFindingsUnless(
                    plan,
                    (each) => stopTimeoutSeconds(each) <= 120,
                    "stop within Fargate's 120 s",
                ),
            ];
        },
    },
    {
        name: "messages-outlast-consumers",
        description: "a consumer that is told to stop finishes its message before another one gets it",
        fix: "Raise `visibilityTimeoutSeconds` of the queue to the `stopTimeout` of its consumer, or more.",
        check: (plan) => {
            const consumers = ecsServicesOf(plan).filter(({ queue }) => queue !== undefined);
            // SQS's own value unless told (AWS, `SetQueueAttributes`).
            const visibilityTimeoutSeconds = ({ queue }: PlannedService) =>
                numberAt(queue?.inputs, "visibilityTimeoutSeconds", 30);
            return consumers.flatMap((each): Finding[] => {
                const { queue } = each;
                const wait = numberAt(queue?.inputs, "receiveWaitTimeSeconds", 0);
                const least = Math.max(stopTimeoutSeconds(each), wait);
                return queue === undefined || visibilityTimeoutSeconds(each) >= least
                    ? []
                    : [
                          {
                              node: queue,
                              reason: `must hide a message for ${least} s, as long as ${inputText(each.service, "name")} may take to stop, not ${visibilityTimeoutSeconds(each)} s`,
                          },
                      ];
            });
        },
    },
];
