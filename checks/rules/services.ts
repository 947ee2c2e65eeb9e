import {
    resourcesOfType,
    isObjectOrArray,
    getPath,
    inputJson,
    toText,
    inputText,
    findingsUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

export const ecsServiceRules: readonly Rule[] = [
    {
        name: "deployments-roll-back",
        description: "A failed ECS deployment rolls back",
        fix: "Enable rollback for the deployment circuit breaker and for alarms, and name alarms of the stack.",
        check: (plan) => {
            const alarms = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) =>
                inputText(alarm, "name"),
            );
            return findingsUnless(
                resourcesOfType(plan, "ecs/service:Service"),
                ({ inputs }) => {
                    const names = getPath(inputs, "alarms.alarmNames");
                    return (
                        getPath(inputs, "deploymentCircuitBreaker.rollback") === true &&
                        getPath(inputs, "alarms.rollback") === true &&
                        Array.isArray(names) &&
                        names.length > 0 &&
                        names.every((name) => alarms.includes(String(name)))
                    );
                },
                "roll back on the deployment circuit breaker and on alarms of the stack",
            );
        },
    },
    {
        name: "containers-hardened",
        description: "Containers run as a non-root user, unprivileged and with a read-only root filesystem",
        fix: "Run the container as a non-root user, unprivileged, without capabilities and with a read-only root filesystem.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition"),
                (task) => {
                    const containers = inputJson(task, "containerDefinitions");
                    return (
                        Array.isArray(containers) &&
                        containers.length > 0 &&
                        containers.every(
                            (container) =>
                                isObjectOrArray(container) &&
                                container.readonlyRootFilesystem === true &&
                                container.privileged === undefined &&
                                getPath(container, "linuxParameters.capabilities.drop.0") === "ALL" &&
                                !/^(0|root)?(:|$)/.test(toText(container.user ?? "")),
                        )
                    );
                },
                "run no container as root, privileged, with capabilities or with a writable root filesystem",
            ),
    },
];
