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

/** Seconds from the start of a container until its own health check can fail; 0 without one. */
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

/** The same times to start and to fail as with the load balancer's check. Defaults are those of ECS. */
const isSuitableContainerCheck = (check: unknown): boolean =>
    numberAt(check, "startPeriod", 0) >= 50 && numberAt(check, "interval", 30) * numberAt(check, "retries", 3) <= 60;

/** Seconds in which a slow start fails the load balancer's check to its threshold, then passes it to its threshold. */
const slowStartSeconds = ({ targetGroup }: PlannedService): number =>
    healthCheckNumber(targetGroup, "interval") *
    (healthCheckNumber(targetGroup, "unhealthyThreshold") + healthCheckNumber(targetGroup, "healthyThreshold"));

/** Relations between timeouts of health checks, requests, messages and stops. */
export const timeoutRules: readonly Rule[] = [
    {
        name: "health-checks-add-up",
        description: "Health checks give a task time to start, and remove an unhealthy task within a minute",
        fix: "Make `healthCheckGracePeriodSeconds` longer than the checks of the load balancer and of the container.",
        check: (plan) => [
            ...findingUnlessAnyService(ecsServicesOf(plan)),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    !receivesRequests(each) ||
                    healthCheckNumber(each.targetGroup, "timeout") < healthCheckNumber(each.targetGroup, "interval"),
                "have a health check timeout that is shorter than its interval",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => !receivesRequests(each) || gracePeriodSeconds(each) >= slowStartSeconds(each),
                (each) =>
                    `have a grace period of ${slowStartSeconds(each)} s: the load balancer's check fails, then passes in that time`,
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => !receivesRequests(each) || gracePeriodSeconds(each) >= containerCheckSeconds(each),
                (each) =>
                    `have a grace period of ${containerCheckSeconds(each)} s: the container's check can fail in that time`,
            ),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    !receivesRequests(each) ||
                    healthCheckNumber(each.targetGroup, "interval") *
                        healthCheckNumber(each.targetGroup, "unhealthyThreshold") <=
                        60,
                "replace an unhealthy task within 60 s",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    receivesRequests(each) ||
                    each.containers.some(({ healthCheck }) => isSuitableContainerCheck(healthCheck)),
                "have a container health check with a startPeriod of 50 s or more that detects an unhealthy task within 60 s: no load balancer checks a worker",
            ),
        ],
    },
    {
        name: "timeouts-nest",
        description: "Timeouts are ordered so that no request in progress is cut off",
        fix: "Order the timeouts: API Gateway timeout, deregistration delay, idle timeout of the load balancer, keep-alive.",
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
                    `have an idle timeout below ${keepAliveSeconds} s, after which its targets close idle connections`,
                ),
                ...findingsUnless(
                    balancers,
                    (each) => idleTimeoutSeconds(each) > apiGatewayTimeoutSeconds,
                    `have an idle timeout above API Gateway's timeout of ${apiGatewayTimeoutSeconds} s`,
                ),
                // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration").filter(
                        (each) => inputText(each, "type") !== "MOCK",
                    ),
                    (each) => integrationTimeoutMs(each) <= 29_000,
                    "have a timeout of 29 s at most: more requires a quota increase",
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) => !receivesRequests(each) || deregistrationDelaySeconds(each) >= apiGatewayTimeoutSeconds,
                    `have a deregistration delay of at least ${apiGatewayTimeoutSeconds} s, the timeout of API Gateway`,
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) => !receivesRequests(each) || stopTimeoutSeconds(each) > deregistrationDelaySeconds(each),
                    (each) =>
                        `have a stop timeout above the deregistration delay of ${deregistrationDelaySeconds(each)} s`,
                ),
                // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_timeout
                ...serviceFindingsUnless(
                    plan,
                    (each) => stopTimeoutSeconds(each) <= 120,
                    "have a stop timeout of at most 120 s, the maximum of Fargate",
                ),
            ];
        },
    },
    {
        name: "messages-outlast-consumers",
        description: "The visibility timeout of a queue is at least the stop timeout of its consumer",
        fix: "Raise `visibilityTimeoutSeconds` of the queue to the `stopTimeout` of its consumer, or more.",
        check: (plan) => {
            const consumers = ecsServicesOf(plan).filter(({ queue }) => queue !== undefined);
            // Default of SQS (AWS, `SetQueueAttributes`).
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
                              reason: `must have a visibility timeout of at least ${least} s, the stop timeout of ${inputText(each.service, "name")}, not ${visibilityTimeoutSeconds(each)} s`,
                          },
                      ];
            });
        },
    },
];
