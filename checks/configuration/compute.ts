import { given, type Configuration, type Holds } from "../configuration.ts";
import { all, look, text } from "../../plan/query.ts";

/** Node.js runtimes with security updates (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const supportedRuntimes: ReadonlySet<unknown> = new Set(["nodejs22.x", "nodejs24.x"]);

const hasLifecycle: Holds = (name, _node, plan) =>
    all(plan, "ecr/lifecyclePolicy:LifecyclePolicy").some((policy) => text(policy, "repository") === name);

const allLog: Holds = (definitions) => {
    const containers: unknown = JSON.parse(typeof definitions === "string" ? definitions : "null");
    return (
        Array.isArray(containers) &&
        containers.length > 0 &&
        containers.every((container) => look(container, "logConfiguration.logDriver") === "awslogs")
    );
};

const hasInsights: Holds = (settings) =>
    Array.isArray(settings) &&
    settings.some(
        (setting) =>
            look(setting, "name") === "containerInsights" &&
            ["enabled", "enhanced"].includes(String(look(setting, "value"))),
    );

export const computeConfiguration: readonly Configuration[] = [
    {
        name: "repositories-scanned",
        promise: "images are scanned when they are pushed, and old ones go",
        fix: "Turn scanOnPush on and give the repository a lifecycle policy.",
        controls: [
            "ECR.1",
            "CKV_AWS_163",
            "aws-ecr-repository-enable-image-scan",
            "aws-ecr-repository-configure-image-scan",
            "ECR.3",
        ],
        types: ["ecr/repository:Repository"],
        expects: [
            { path: "imageScanningConfiguration.scanOnPush", is: true },
            { path: "name", is: hasLifecycle, must: "have a lifecycle policy" },
        ],
    },
    {
        name: "tasks-isolated",
        promise: "every task has a network interface, a process table, roles and a log of its own",
        fix: "Use awsvpc, no pidMode, two roles, and the awslogs driver in each container.",
        controls: ["ECS.1", "ECS.17", "ECS.3", "CKV_AWS_335", "ECS.9", "CKV_AWS_249"],
        types: ["ecs/taskDefinition:TaskDefinition"],
        expects: [
            { path: "networkMode", is: "awsvpc" },
            { path: "pidMode", is: undefined },
            { path: "taskRoleArn", is: (role, { inputs }) => role !== inputs.executionRoleArn, must: "have two roles" },
            { path: "containerDefinitions", is: allLog, must: "log every container to CloudWatch" },
        ],
    },
    {
        name: "services-current",
        promise: "every service runs on the latest platform of Fargate",
        fix: "Leave platformVersion out.",
        controls: ["ECS.10", "CKV_AWS_332"],
        types: ["ecs/service:Service"],
        expects: [
            {
                path: "platformVersion",
                is: (value) => value === undefined || value === "LATEST",
                must: "run on the latest platform",
            },
        ],
    },
    {
        name: "clusters-observed",
        promise: "clusters send metrics, and record what is done in a container under a key of the platform",
        fix: "Turn containerInsights on, and log ECS Exec to an encrypted log group.",
        controls: ["ECS.12", "CKV_AWS_65", "CKV_AWS_223", "CKV_AWS_224"],
        types: ["ecs/cluster:Cluster"],
        expects: [
            { path: "settings", is: hasInsights, must: "have containerInsights on" },
            { path: "configuration.executeCommandConfiguration.logging", is: "OVERRIDE" },
            { path: "configuration.executeCommandConfiguration.kmsKeyId", is: given },
            {
                path: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled",
                is: true,
            },
        ],
    },
    {
        name: "functions-supported",
        promise: "every function runs on a runtime that AWS maintains, and says what it does",
        fix: "Set runtime to one that AWS supports, and a description.",
        controls: ["Lambda.2", "CKV_AWS_363", "aws-lambda-function-missing-description"],
        types: ["lambda/function:Function"],
        expects: [
            { path: "runtime", is: (value) => supportedRuntimes.has(value), must: "run on a supported runtime" },
            { path: "description", is: given },
        ],
    },
];
