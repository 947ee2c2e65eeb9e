import { isNonEmptyText, requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { expiredImages, type RepositoryImage } from "../../analysis/images/lifecycle.ts";
import { deployedTag } from "../../lib/compute/deployed-tag.ts";
import { resourcesOfType, getPath, inputText, kmsKeysByArn, toText } from "../../plan/query.ts";

/** Node.js runtimes with security updates (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html). */
const supportedRuntimes: ReadonlySet<unknown> = new Set(["nodejs22.x", "nodejs24.x"]);

const hasLifecyclePolicy: InputPredicate = (name, _node, plan) =>
    resourcesOfType(plan, "ecr/lifecyclePolicy:LifecyclePolicy").some(
        (policy) => inputText(policy, "repository") === name,
    );

/** Many more pushes than there are between two deployments. */
const laterPushes: readonly RepositoryImage[] = Array.from({ length: 1000 }, (_, i) => ({
    digest: `pushed-${i}`,
    tags: [`build-${i}`],
    pushed: i + 1,
}));

/** Whether a deployed image outlives the pushes after it. A policy that the model of ECR does not know does not count. */
const keepsDeployedImages: InputPredicate = (policy) => {
    const deployed = { digest: "deployed", tags: ["1.0.0", deployedTag("deployed")], pushed: 0 };
    try {
        return !expiredImages(toText(policy ?? null), [deployed, ...laterPushes]).includes(deployed.digest);
    } catch {
        return false;
    }
};

const allContainersLog: InputPredicate = (definitions) => {
    const containers: unknown = JSON.parse(typeof definitions === "string" ? definitions : "null");
    return (
        Array.isArray(containers) &&
        containers.length > 0 &&
        containers.every((container) => getPath(container, "logConfiguration.logDriver") === "awslogs")
    );
};

const execution = "configuration.executeCommandConfiguration";

const isLogGroupName: InputPredicate = (name, _node, plan) =>
    resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").some((group) => inputText(group, "name") === name);

export const computeRules: readonly Rule[] = [
    {
        name: "repositories-scanned",
        description: "ECR repositories scan images on push and have a lifecycle policy",
        fix: "Enable scanOnPush and add a lifecycle policy.",
        check: requireInputs({
            types: ["ecr/repository:Repository"],
            inputs: [
                { path: "imageScanningConfiguration.scanOnPush", expected: true },
                { path: "name", expected: hasLifecyclePolicy, requirement: "have a lifecycle policy" },
            ],
        }),
    },
    {
        name: "deployed-images-kept",
        description: "No number of pushes to a repository expires an image that was recorded for its service",
        fix: "Give the lifecycle policy a first rule for the tag prefix `deployed-`, with a high count.",
        check: requireInputs({
            types: ["ecr/lifecyclePolicy:LifecyclePolicy"],
            inputs: [
                {
                    path: "policy",
                    expected: keepsDeployedImages,
                    requirement: "keep images that are tagged as deployed, however many are pushed after them",
                },
            ],
        }),
    },
    {
        name: "tasks-isolated",
        description:
            "Task definitions use awsvpc, separate task and execution roles and CloudWatch Logs, and no processes of the host",
        fix: "Use awsvpc, no pidMode, two roles, and the awslogs driver in each container.",
        check: requireInputs({
            types: ["ecs/taskDefinition:TaskDefinition"],
            inputs: [
                { path: "networkMode", expected: "awsvpc" },
                { path: "pidMode", expected: undefined },
                {
                    path: "taskRoleArn",
                    expected: (role, { inputs }) => role !== inputs.executionRoleArn,
                    requirement: "have different task and execution roles",
                },
                {
                    path: "containerDefinitions",
                    expected: allContainersLog,
                    requirement: "log every container to CloudWatch Logs",
                },
            ],
        }),
    },
    {
        name: "services-current",
        description: "ECS services and schedules run on the latest Fargate platform version",
        fix: "Leave platformVersion out.",
        check: (plan, settings) =>
            [
                ["ecs/service:Service", "platformVersion"],
                ["scheduler/schedule:Schedule", "target.ecsParameters.platformVersion"],
            ].flatMap(([type = "", path = ""]) =>
                requireInputs({
                    types: [type],
                    inputs: [
                        {
                            path,
                            expected: (value) => value === undefined || value === "LATEST",
                            requirement: "run on the latest platform version",
                        },
                    ],
                })(plan, settings),
            ),
    },
    {
        name: "clusters-observed",
        description:
            "ECS clusters have Container Insights, and log ECS Exec sessions encrypted with a KMS key of the platform",
        fix: "Enable containerInsights, and log ECS Exec only to an encrypted log group of the stack.",
        check: requireInputs({
            types: ["ecs/cluster:Cluster"],
            inputs: [
                { path: "settings.*.name", expected: "containerInsights" },
                {
                    path: "settings.*.value",
                    expected: (value) => value === "enabled" || value === "enhanced",
                    requirement: "have containerInsights enabled",
                },
                { path: `${execution}.logging`, expected: "OVERRIDE" },
                {
                    path: `${execution}.kmsKeyId`,
                    expected: (key, _node, plan) => kmsKeysByArn(plan).has(toText(key ?? "")),
                    requirement: "encrypt ECS Exec with a KMS key of the platform",
                },
                { path: `${execution}.logConfiguration.cloudWatchEncryptionEnabled`, expected: true },
                {
                    path: `${execution}.logConfiguration.cloudWatchLogGroupName`,
                    expected: isLogGroupName,
                    requirement: "log ECS Exec to a log group of the stack",
                },
            ],
            otherInputs: ["name"],
        }),
    },
    {
        name: "functions-supported",
        description: "Lambda functions have a supported runtime and a description",
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
