import { isNonEmptyText, requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { resourcesOfType, getPath, inputText } from "../../plan/query.ts";

/** Node.js runtimes with security updates (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const supportedRuntimes: ReadonlySet<unknown> = new Set(["nodejs22.x", "nodejs24.x"]);

const hasLifecyclePolicy: InputPredicate = (name, _node, plan) =>
    resourcesOfType(plan, "ecr/lifecyclePolicy:LifecyclePolicy").some(
        (policy) => inputText(policy, "repository") === name,
    );

const allContainersLog: InputPredicate = (definitions) => {
    const containers: unknown = JSON.parse(typeof definitions === "string" ? definitions : "null");
    return (
        Array.isArray(containers) &&
        containers.length > 0 &&
        containers.every((container) => getPath(container, "logConfiguration.logDriver") === "awslogs")
    );
};

const hasContainerInsights: InputPredicate = (settings) =>
    Array.isArray(settings) &&
    settings.some(
        (setting) =>
            getPath(setting, "name") === "containerInsights" &&
            ["enabled", "enhanced"].includes(String(getPath(setting, "value"))),
    );

export const computeRules: readonly Rule[] = [
    {
        name: "repositories-scanned",
        description: "images are scanned when they are pushed, and old ones go",
        fix: "Turn scanOnPush on and give the repository a lifecycle policy.",
        check: requireInputs({
            types: ["ecr/repository:Repository"],
            inputs: [
                { path: "imageScanningConfiguration.scanOnPush", expected: true },
                { path: "name", expected: hasLifecyclePolicy, requirement: "have a lifecycle policy" },
            ],
        }),
    },
    {
        name: "tasks-isolated",
        description: "every task has a network interface, a process table, roles and a log of its own",
        fix: "Use awsvpc, no pidMode, two roles, and the awslogs driver in each container.",
        check: requireInputs({
            types: ["ecs/taskDefinition:TaskDefinition"],
            inputs: [
                { path: "networkMode", expected: "awsvpc" },
                { path: "pidMode", expected: undefined },
                {
                    path: "taskRoleArn",
                    expected: (role, { inputs }) => role !== inputs.executionRoleArn,
                    requirement: "have two roles",
                },
                {
                    path: "containerDefinitions",
                    expected: allContainersLog,
                    requirement: "log every container to CloudWatch",
                },
            ],
        }),
    },
    {
        name: "services-current",
        description: "every service runs on the latest platform of Fargate",
        fix: "Leave platformVersion out.",
        check: requireInputs({
            types: ["ecs/service:Service"],
            inputs: [
                {
                    path: "platformVersion",
                    expected: (value) => value === undefined || value === "LATEST",
                    requirement: "run on the latest platform",
                },
            ],
        }),
    },
    {
        name: "clusters-observed",
        description: "clusters send metrics, and record what is done in a container under a key of the platform",
        fix: "Turn containerInsights on, and log ECS Exec to an encrypted log group.",
        check: requireInputs({
            types: ["ecs/cluster:Cluster"],
            inputs: [
                { path: "settings", expected: hasContainerInsights, requirement: "have containerInsights on" },
                { path: "configuration.executeCommandConfiguration.logging", expected: "OVERRIDE" },
                { path: "configuration.executeCommandConfiguration.kmsKeyId", expected: isNonEmptyText },
                {
                    path: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled",
                    expected: true,
                },
            ],
        }),
    },
    {
        name: "functions-supported",
        description: "every function runs on a runtime that AWS maintains, and says what it does",
        fix: "Set runtime to one that AWS supports, and a description.",
        check: requireInputs({
            types: ["lambda/function:Function"],
            inputs: [
                {
                    path: "runtime",
                    expected: (value) => supportedRuntimes.has(value),
                    requirement: "run on a supported runtime",
                },
                { path: "description", expected: isNonEmptyText },
            ],
        }),
    },
];
