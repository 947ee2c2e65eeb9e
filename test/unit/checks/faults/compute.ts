import { toText } from "../../../../plan/query.ts";
import { changeInputs, removeResources, setInput, type FaultsByRule } from "../fault.ts";

const task = "ecs/taskDefinition:TaskDefinition";
const ecsCluster = "ecs/cluster:Cluster";
const exec = "configuration.executeCommandConfiguration";

const countAllImages = JSON.stringify({
    rules: [
        {
            rulePriority: 1,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 },
            action: { type: "expire" },
        },
    ],
});

export const computeFaults: FaultsByRule = {
    "repositories-scanned": {
        "no scan": [
            setInput("ecr/repository:Repository", "imageScanningConfiguration.scanOnPush", false, "api"),
            "payment-api-prod must have imageScanningConfiguration.scanOnPush true, not false",
        ],
        "no lifecycle policy": [
            removeResources("aws:ecr/lifecyclePolicy:LifecyclePolicy", "api"),
            "payment-api-prod must have a lifecycle policy",
        ],
    },
    "deployed-images-kept": {
        "one rule that counts all images": [
            setInput("ecr/lifecyclePolicy:LifecyclePolicy", "policy", countAllImages, "api"),
            "payment-api-prod must keep images that are tagged as deployed, however many are pushed after them",
        ],
        "a policy of rules that are not known": [
            setInput("ecr/lifecyclePolicy:LifecyclePolicy", "policy", "{}", "api"),
            "payment-api-prod must keep images that are tagged as deployed, however many are pushed after them",
        ],
    },
    "tasks-isolated": {
        "the network of the host": [
            setInput(task, "networkMode", "host", "api"),
            "payment-api-prod must have networkMode awsvpc, not host",
        ],
        "the processes of the host": [
            setInput(task, "pidMode", "host", "api"),
            "payment-api-prod must have pidMode unset, not host",
        ],
        "one role for task and execution": [
            changeInputs(`aws:${task}`, "api", ({ executionRoleArn = null }) => ({
                taskRoleArn: executionRoleArn,
            })),
            "payment-api-prod must have different task and execution roles",
        ],
        "another log driver": [
            changeInputs(`aws:${task}`, "api", ({ containerDefinitions }) => ({
                containerDefinitions: toText(containerDefinitions).replace(
                    '"logDriver":"awslogs"',
                    '"logDriver":"none"',
                ),
            })),
            "payment-api-prod must log every container to CloudWatch Logs",
        ],
    },
    "services-current": {
        "an old platform version": [
            setInput("ecs/service:Service", "platformVersion", "1.3.0", "api"),
            "payment-api-prod must run on the latest platform version",
        ],
    },
    "clusters-observed": {
        "no Container Insights": [
            setInput(ecsCluster, "settings", [{ name: "containerInsights", value: "disabled" }]),
            "payment-cluster-prod must have containerInsights enabled",
        ],
        "no log of ECS Exec": [
            setInput(ecsCluster, `${exec}.logging`, "NONE"),
            "payment-cluster-prod must have configuration.executeCommandConfiguration.logging OVERRIDE, not NONE",
        ],
        "no key for ECS Exec": [
            setInput(ecsCluster, `${exec}.kmsKeyId`, null),
            "payment-cluster-prod must encrypt ECS Exec with a KMS key of the platform",
        ],
        "a key of another account for ECS Exec": [
            setInput(ecsCluster, `${exec}.kmsKeyId`, "arn:aws:kms:us-east-1:210987654321:key/other"),
            "payment-cluster-prod must encrypt ECS Exec with a KMS key of the platform",
        ],
        "a log group of another stack for ECS Exec": [
            setInput(ecsCluster, `${exec}.logConfiguration.cloudWatchLogGroupName`, "/other"),
            "payment-cluster-prod must log ECS Exec to a log group of the stack",
        ],
        "a bucket for the log of ECS Exec": [
            setInput(ecsCluster, `${exec}.logConfiguration.s3BucketName`, "other"),
            "payment-cluster-prod must not have configuration.executeCommandConfiguration.logConfiguration.s3BucketName, which the rule does not know",
        ],
        "two values of Container Insights": [
            setInput(ecsCluster, "settings", [
                { name: "containerInsights", value: "enabled" },
                { name: "containerInsights", value: "disabled" },
            ]),
            "payment-cluster-prod must have containerInsights enabled",
        ],
        "an unencrypted log of ECS Exec": [
            setInput(ecsCluster, `${exec}.logConfiguration.cloudWatchEncryptionEnabled`, false),
            "payment-cluster-prod must have configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled true, not false",
        ],
    },
    "functions-supported": {
        "an old runtime": [
            setInput("lambda/function:Function", "runtime", "nodejs16.x"),
            "payment-validator-prod must run on a supported runtime",
        ],
        "no description": [
            setInput("lambda/function:Function", "description", null),
            "payment-validator-prod must have description, not unset",
        ],
    },
};
