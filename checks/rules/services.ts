import {
    resourcesOfType,
    isObjectOrArray,
    getPath,
    inputJson,
    itemsOf,
    inputText,
    textAtPath,
    findingsUnless,
} from "../../plan/query.ts";
import { unjudgedPaths } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

/** Others, such as `capabilities.add` and `devices`, give a container more of its host. */
const linuxParameters = ["capabilities.drop", "initProcessEnabled"];

export const ecsServiceRules: readonly Rule[] = [
    {
        name: "deployments-roll-back",
        description: "A failed ECS deployment rolls back",
        fix: "Enable the deployment circuit breaker and alarms, each with rollback, and name alarms of the stack.",
        check: (plan) => {
            const alarms = resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").map((alarm) =>
                inputText(alarm, "name"),
            );
            return findingsUnless(
                resourcesOfType(plan, "ecs/service:Service"),
                ({ inputs }) => {
                    const names = getPath(inputs, "alarms.alarmNames");
                    return (
                        ["deploymentCircuitBreaker", "alarms"].every((each) =>
                            ["enable", "rollback"].every((part) => getPath(inputs, `${each}.${part}`) === true),
                        ) &&
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
        description: "Containers run as a non-root user and group, unprivileged and with a read-only root filesystem",
        fix: "Run the container with the numbers of a non-root user and group, unprivileged, without capabilities and with a read-only root filesystem.",
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
                                (container.privileged ?? false) === false &&
                                itemsOf(getPath(container, "linuxParameters.capabilities.drop")).includes("ALL") &&
                                unjudgedPaths(container.linuxParameters, linuxParameters).length === 0 &&
                                // The image decides the number of a name, and the group of a user without one. Both can be 0.
                                /^[1-9]\d*:[1-9]\d*$/.test(textAtPath(container, "user")),
                        )
                    );
                },
                "run no container as root, privileged, with capabilities, with devices or with a writable root filesystem",
            ),
    },
];
