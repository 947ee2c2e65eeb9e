import type { ControlGroup } from "./control-group.ts";

/** Containers, images and functions. */
export const computeControls: readonly ControlGroup[] = [
    {
        ids: ["ECS.1", "ECS.17"],
        title: "Tasks have network interfaces of their own",
        requirements: ["PCI-1.3.1"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.2", "ECS.16", "CKV_AWS_333"],
        title: "Tasks have no public addresses",
        requirements: ["PCI-1.4.4"],
        rules: ["no-public-addresses", "public-edge-only"],
    },
    {
        ids: ["ECS.3", "CKV_AWS_335"],
        title: "Tasks see no processes of the host",
        requirements: ["PCI-2.2.6"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.4", "CKV_AWS_334"],
        title: "Containers are not privileged",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["ECS.5", "CKV_AWS_336"],
        title: "Containers cannot change their files",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["ECS.8"],
        title: "Containers find no secrets in their environment",
        requirements: ["PCI-8.6.2"],
        rules: ["no-open-secrets", "containers-hardened", "no-secret-as-plain-variable", "no-credential-in-the-open"],
    },
    {
        ids: ["ECS.9"],
        title: "Containers log to CloudWatch",
        requirements: ["PCI-10.2.1"],
        rules: ["tasks-isolated"],
    },
    {
        ids: ["ECS.10", "CKV_AWS_332"],
        title: "Services run on the latest platform",
        requirements: ["PCI-6.3.3"],
        rules: ["services-current"],
    },
    {
        ids: ["ECS.12", "CKV_AWS_65"],
        title: "Clusters have Container Insights",
        requirements: ["PCI-10.7.2"],
        rules: ["clusters-observed"],
    },
    {
        ids: ["ECS.13", "ECS.14", "ECS.15"],
        title: "Services, clusters and task definitions are tagged",
        requirements: ["PCI-6.5.3"],
        rules: ["one-tagged-provider", "everything-tagged"],
    },
    {
        ids: ["ECS.20"],
        title: "Containers do not run as root",
        requirements: ["PCI-2.2.6"],
        rules: ["containers-hardened"],
    },
    {
        ids: ["CKV_AWS_223", "CKV_AWS_224"],
        title: "What is done in a container is recorded, encrypted",
        requirements: ["PCI-10.2.1"],
        rules: ["clusters-observed"],
    },
    {
        ids: ["CKV_AWS_249"],
        title: "Tasks and their agent have different roles",
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
        title: "Images are scanned when they are pushed",
        requirements: ["PCI-6.3.3", "PCI-11.3.1"],
        rules: ["repositories-scanned"],
    },
    {
        ids: ["ECR.2", "CKV_AWS_51", "aws-ecr-repository-disallow-mutable-image"],
        title: "Tags of images cannot be moved",
        requirements: ["PCI-11.5.2"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["ECR.3"],
        title: "Old images go",
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
        title: "Images are encrypted with a key of the platform",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["Inspector.1", "Inspector.2", "Inspector.3", "Inspector.4"],
        title: "Inspector scans functions and images",
        requirements: ["PCI-11.3.1"],
        unmetReason: "A service of the whole account, which its owner turns on; images are scanned on push",
    },
    {
        ids: ["Lambda.2", "CKV_AWS_363"],
        title: "Functions run on supported runtimes",
        requirements: ["PCI-6.3.3"],
        rules: ["functions-supported"],
    },
    {
        ids: ["Lambda.3", "Lambda.5", "CKV_AWS_117"],
        title: "Functions run in the VPC, in two zones",
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
        title: "Functions are traced",
        requirements: ["PCI-10.7.2"],
        rules: ["functions-contained"],
    },
    {
        ids: ["CKV_AWS_115"],
        title: "Functions have reserved concurrency",
        requirements: ["PCI-12.10.1"],
        unmetReason: "A new account's quota leaves none to reserve; the API throttles callers instead",
    },
    {
        ids: ["CKV_AWS_116"],
        title: "Events that fail are set aside",
        requirements: ["PCI-10.7.2"],
        rules: ["functions-contained"],
    },
    {
        ids: ["CKV_AWS_173"],
        title: "Environments of functions are encrypted",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["CKV_AWS_45"],
        title: "Functions find no secrets in their environment",
        requirements: ["PCI-8.6.2"],
        rules: ["no-open-secrets", "no-secret-as-plain-variable", "no-credential-in-the-open"],
    },
    {
        ids: ["CKV_AWS_272"],
        title: "Code of functions is signed",
        requirements: ["PCI-11.5.2"],
        unmetReason:
            "Signing needs a profile and a pipeline of the account; Pulumi uploads the bundle and records its hash",
    },
    {
        ids: ["aws-lambda-function-missing-description"],
        title: "Functions say what they do",
        requirements: ["PCI-2.2.6"],
        rules: ["functions-supported"],
    },
];
