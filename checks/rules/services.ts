import { all, isTree, look, parsed, shown, text, unless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

export const serviceRules: readonly Rule[] = [
    {
        name: "deployments-roll-back",
        promise: "a failed deployment rolls back",
        fix: "Turn on roll-back of the circuit breaker and of alarms, and name alarms of the stack.",
        controls: [],
        about: ["ecs/service:Service"],
        check: (plan) => {
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
    },
    {
        name: "containers-hardened",
        promise: "every container runs hardened, with no secret in its environment",
        fix: "Run the container as a user other than root, unprivileged, without capabilities and with a read-only root.",
        controls: ["ECS.4", "CKV_AWS_334", "ECS.5", "CKV_AWS_336", "ECS.8", "ECS.20"],
        about: ["ecs/taskDefinition:TaskDefinition"],
        check: (plan) =>
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
    },
];
