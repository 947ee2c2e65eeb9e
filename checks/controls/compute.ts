import type { ControlGroup } from "./control-group.ts";

/** Containers, images and functions. */
export const computeControls: readonly ControlGroup[] = [
    {
        ids: ["ECS.1", "ECS.17"],
        title: "Task definitions use awsvpc network mode",
        requirements: ["PCI-1.3.1"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.2", "ECS.16", "CKV_AWS_333"],
        title: "ECS services assign no public IP addresses",
        requirements: ["PCI-1.4.4"],
        rules: ["no-public-addresses", "public-edge-only"],
    },
    {
        ids: ["ECS.3", "CKV_AWS_335"],
        title: "Task definitions do not share the host's process namespace",
        requirements: ["PCI-2.2.6"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.4", "CKV_AWS_334"],
        title: "Containers run as non-privileged",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["ECS.5", "CKV_AWS_336"],
        title: "Containers have a read-only root filesystem",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["ECS.8"],
        title: "Containers have no secrets in environment variables",
        requirements: ["PCI-8.6.2"],
        rules: ["no-open-secrets", "containers-hardened", "no-secret-as-plain-variable", "no-credential-in-the-open"],
    },
    {
        ids: ["ECS.9"],
        title: "Task definitions have a logging configuration",
        requirements: ["PCI-10.2.1"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.10", "CKV_AWS_332"],
        title: "ECS services run on the latest Fargate platform version",
        requirements: ["PCI-6.3.3"],
        rules: ["services-current"],
    },
    {
        ids: ["ECS.12", "CKV_AWS_65"],
        title: "ECS clusters use Container Insights",
        requirements: ["PCI-10.7.2"],
        rules: ["clusters-observed"],
    },
    {
        ids: ["ECS.13", "ECS.14", "ECS.15"],
        title: "ECS services, clusters and task definitions are tagged",
        requirements: ["PCI-6.5.3"],
        rules: ["one-tagged-provider", "everything-tagged"],
    },
    {
        ids: ["ECS.20"],
        title: "Containers run as a non-root user",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["CKV_AWS_223", "CKV_AWS_224"],
        title: "ECS Exec sessions are logged and encrypted",
        requirements: ["PCI-10.2.1"],
        rules: ["clusters-observed"],
    },
    {
        ids: ["CKV_AWS_249"],
        title: "Task role and execution role differ",
        requirements: ["PCI-7.2.5"],
        rules: ["tasks-isolated"],
    },
    {
        ids: [
            "ECR.1",
            "CKV_AWS_163",
            "aws-ecr-repository-enable-image-scan",
            "aws-ecr-repository-configure-image-scan",
        ],
        title: "ECR repositories scan images on push",
        requirements: ["PCI-6.3.3", "PCI-11.3.1"],
        rules: ["repositories-scanned"],
    },
    {
        ids: ["ECR.2", "CKV_AWS_51", "aws-ecr-repository-disallow-mutable-image"],
        title: "ECR repositories have tag immutability",
        requirements: ["PCI-11.5.2"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["ECR.3"],
        title: "ECR repositories have a lifecycle policy",
        requirements: ["PCI-6.3.3"],
        rules: ["repositories-scanned"],
    },
    {
        ids: [
            "ECR.5",
            "CKV_AWS_136",
            "aws-ecr-repository-configure-customer-managed-key",
            "aws-ecr-repository-disallow-unencrypted-repository",
        ],
        title: "ECR repositories are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["Inspector.1", "Inspector.2", "Inspector.3", "Inspector.4"],
        title: "Amazon Inspector scanning is enabled for Lambda and ECR",
        requirements: ["PCI-11.3.1"],
        unmetReason: "Inspector is enabled for a whole account, by its owner; images are scanned on push",
    },
    {
        ids: ["Lambda.2", "CKV_AWS_363"],
        title: "Lambda functions use supported runtimes",
        requirements: ["PCI-6.3.3"],
        rules: ["functions-supported"],
    },
    {
        ids: ["Lambda.3", "Lambda.5", "CKV_AWS_117"],
        title: "Lambda functions run in the VPC, in two Availability Zones or more",
        requirements: ["PCI-1.4.1"],
        rules: ["tiers-in-own-subnets", "functions-contained"],
    },
    {
        ids: [
            "Lambda.7",
            "CKV_AWS_50",
            "aws-lambda-function-enable-tracing-config",
            "aws-lambda-function-configure-tracing-config",
        ],
        title: "Lambda functions have X-Ray tracing",
        requirements: ["PCI-10.7.2"],
        rules: ["functions-contained"],
    },
    {
        ids: ["CKV_AWS_115"],
        title: "Lambda functions have reserved concurrency",
        requirements: ["PCI-12.10.1"],
        unmetReason: "The quota of a new account allows no reservation; the API throttles callers instead",
    },
    {
        ids: ["CKV_AWS_116"],
        title: "Lambda functions have a dead-letter queue",
        requirements: ["PCI-10.7.2"],
        rules: ["functions-contained"],
    },
    {
        ids: ["CKV_AWS_173"],
        title: "Lambda environment variables are encrypted with a KMS key",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["CKV_AWS_45"],
        title: "Lambda functions have no secrets in environment variables",
        requirements: ["PCI-8.6.2"],
        rules: ["no-open-secrets", "no-secret-as-plain-variable", "no-credential-in-the-open"],
    },
    {
        ids: ["CKV_AWS_272"],
        title: "Lambda functions have code signing",
        requirements: ["PCI-11.5.2"],
        unmetReason:
            "Code signing requires a signing profile and pipeline of the account; Pulumi uploads the bundle and records its hash",
    },
    {
        ids: ["aws-lambda-function-missing-description"],
        title: "Lambda functions have a description",
        requirements: ["PCI-2.2.6"],
        rules: ["functions-supported"],
    },
];
