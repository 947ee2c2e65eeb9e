import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    kmsKeysByArn,
    getPath,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Inputs that name the key of what keeps data. The key of a bucket is in a resource of its own. */
const keyInputs: readonly (readonly [type: string, input: string])[] = [
    ...typesWith("storage")
        .filter(([, { key }]) => key.ofType === undefined)
        .map(([type, { key }]) => [type, key.input] as const),
    ...typesWith("otherKeyInputs").flatMap(([type, inputs]) => inputs.map((input) => [type, input] as const)),
];

/** Flags without which a key alone does nothing. */
const requiredInputs: readonly (readonly [type: string, path: string, value: unknown])[] = [
    ["rds/cluster:Cluster", "storageEncrypted", true],
    ["rds/cluster:Cluster", "manageMasterUserPassword", true],
    ["elasticache/replicationGroup:ReplicationGroup", "atRestEncryptionEnabled", true],
    ["elasticache/replicationGroup:ReplicationGroup", "transitEncryptionEnabled", true],
    ["elasticache/replicationGroup:ReplicationGroup", "transitEncryptionMode", "required"],
    ["dynamodb/table:Table", "serverSideEncryption.enabled", true],
    ["ecr/repository:Repository", "encryptionConfigurations.0.encryptionType", "KMS"],
    ["ecr/repository:Repository", "imageTagMutability", "IMMUTABLE"],
    ["kms/key:Key", "enableKeyRotation", true],
    ["s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "Enabled"],
    ["s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "BucketOwnerEnforced"],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicAcls", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicPolicy", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "ignorePublicAcls", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "restrictPublicBuckets", true],
];

/** Each bucket has one of each. */
const typesForEachBucket = [
    "s3/bucketVersioning:BucketVersioning",
    "s3/bucketOwnershipControls:BucketOwnershipControls",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "s3/bucketPolicy:BucketPolicy",
];

/** Load balancers and S3 deliver access logs to buckets with S3's own key only. */
const isForAccessLogs = (node: PlanNode) => node.name.startsWith("payment-access-logs-");

export const storeRules: readonly Rule[] = [
    {
        name: "encrypted-with-own-keys",
        description: "everything that keeps data is encrypted with a key of the platform",
        fix: "Pass the ARN of the key of the platform that is meant for this data.",
        controls: [
            "PCI-3.5.1",
            "ECR.5",
            "CKV_AWS_136",
            "aws-ecr-repository-configure-customer-managed-key",
            "aws-ecr-repository-disallow-unencrypted-repository",
            "CKV_AWS_173",
            "RDS.27",
            "CKV_AWS_96",
            "CKV_AWS_327",
            "aws-rds-cluster-disallow-unencrypted-storage",
            "aws-rds-cluster-configure-customer-managed-key",
            "RDS.1",
            "RDS.4",
            "CKV_AWS_353",
            "CKV_AWS_354",
            "aws-rds-clusterinstance-enable-performance-insights",
            "aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
            "ElastiCache.4",
            "CKV_AWS_29",
            "CKV_AWS_191",
            "CKV_AWS_119",
            "SQS.1",
            "CKV_AWS_27",
            "CKV2_AWS_73",
            "SNS.1",
            "CKV_AWS_26",
            "CKV_AWS_149",
            "aws-secretsmanager-secret-configure-customer-managed-key",
            "S3.17",
            "CKV_AWS_19",
            "CKV_AWS_145",
            "CloudTrail.2",
            "CKV_AWS_35",
            "CKV_AWS_158",
            "CKV_AWS_297",
        ],
        resourceTypes: [
            "rds/cluster:Cluster",
            "rds/clusterInstance:ClusterInstance",
            "elasticache/replicationGroup:ReplicationGroup",
            "sqs/queue:Queue",
            "sns/topic:Topic",
            "cloudwatch/logGroup:LogGroup",
            "cloudtrail/trail:Trail",
            "secretsmanager/secret:Secret",
            "ecr/repository:Repository",
            "dynamodb/table:Table",
            "lambda/function:Function",
            "cfg/deliveryChannel:DeliveryChannel",
            "scheduler/schedule:Schedule",
            "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        ],
        check: (plan) => {
            const keys = kmsKeysByArn(plan);
            const encryption = resourcesOfType(
                plan,
                "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            );
            const path = "rules.0.applyServerSideEncryptionByDefault";
            return [
                ...keyInputs.flatMap(([type, input]) =>
                    findingsUnless(
                        resourcesOfType(plan, type),
                        (node) => keys.has(inputText(node, input)),
                        `have a key as ${input}`,
                    ),
                ),
                ...findingsUnless(
                    encryption.filter((node) => !isForAccessLogs(node)),
                    (node) =>
                        inputText(node, `${path}.sseAlgorithm`) === "aws:kms" &&
                        keys.has(inputText(node, `${path}.kmsMasterKeyId`)),
                    "encrypt with a key of the platform",
                ),
                ...findingsUnless(
                    encryption.filter(isForAccessLogs),
                    (node) => inputText(node, `${path}.sseAlgorithm`) === "AES256",
                    "use S3's own key: AWS delivers no access logs to another",
                ),
                ...findingsUnless(
                    [
                        ...resourcesOfType(plan, "rds/cluster:Cluster"),
                        ...resourcesOfType(plan, "rds/clusterInstance:ClusterInstance"),
                    ],
                    (node) =>
                        node.inputs.performanceInsightsEnabled !== true ||
                        keys.has(inputText(node, "performanceInsightsKmsKeyId")),
                    "encrypt its insights",
                ),
            ];
        },
    },
    {
        name: "stores-locked-down",
        description: "stores, keys and buckets are locked down",
        fix: "Set the input to the value that the rule names.",
        controls: [
            "PCI-3.5.1",
            "PCI-3.7.4",
            "PCI-4.2.1",
            "ECR.2",
            "CKV_AWS_51",
            "aws-ecr-repository-disallow-mutable-image",
            "RDS.27",
            "CKV_AWS_96",
            "CKV_AWS_327",
            "aws-rds-cluster-disallow-unencrypted-storage",
            "aws-rds-cluster-configure-customer-managed-key",
            "ElastiCache.4",
            "CKV_AWS_29",
            "CKV_AWS_191",
            "ElastiCache.5",
            "CKV_AWS_30",
            "KMS.4",
            "CKV_AWS_7",
            "aws-kms-key-enable-key-rotation",
            "S3.1",
            "S3.2",
            "S3.3",
            "S3.8",
            "CKV_AWS_53",
            "CKV_AWS_54",
            "CKV_AWS_55",
            "CKV_AWS_56",
            "CKV2_AWS_6",
            "S3.12",
            "CKV2_AWS_43",
            "aws-s3-bucket-disallow-public-read",
            "S3.14",
            "CKV_AWS_21",
            "CloudTrail.6",
        ],
        resourceTypes: [
            "rds/cluster:Cluster",
            "elasticache/replicationGroup:ReplicationGroup",
            "dynamodb/table:Table",
            "ecr/repository:Repository",
            "kms/key:Key",
            "s3/bucketVersioning:BucketVersioning",
            "s3/bucketOwnershipControls:BucketOwnershipControls",
            "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ],
        check: (plan) =>
            requiredInputs.flatMap(([type, path, value]) => {
                const nodes = resourcesOfType(plan, type);
                return [
                    ...stackFindingUnless(nodes.length > 0, `there is no ${type}`),
                    ...findingsUnless(
                        nodes,
                        ({ inputs }) => getPath(inputs, path) === value,
                        `have ${path} ${String(value)}`,
                    ),
                ];
            }),
    },
    {
        name: "buckets-complete",
        description: "every bucket is private, versioned and cleared out",
        fix: "Make the bucket by the component `Bucket`, which adds what belongs to one.",
        controls: [
            "S3.1",
            "S3.2",
            "S3.3",
            "S3.8",
            "CKV_AWS_53",
            "CKV_AWS_54",
            "CKV_AWS_55",
            "CKV_AWS_56",
            "CKV2_AWS_6",
            "S3.9",
            "CKV_AWS_18",
            "CloudTrail.7",
            "S3.13",
            "CKV2_AWS_61",
            "S3.14",
            "CKV_AWS_21",
            "CloudTrail.6",
        ],
        resourceTypes: ["s3/bucket:Bucket"],
        check: (plan) => {
            const buckets = resourcesOfType(plan, "s3/bucket:Bucket");
            return [
                ...stackFindingUnless(buckets.length > 0, "there are no buckets"),
                ...typesForEachBucket.flatMap((type) => {
                    const owners = resourcesOfType(plan, type).map((node) => inputText(node, "bucket"));
                    return findingsUnless(
                        buckets,
                        (bucket) => owners.filter((owner) => owner === inputText(bucket, "bucket")).length === 1,
                        `have one ${type}`,
                    );
                }),
                ...findingsUnless(
                    buckets.filter((bucket) => !isForAccessLogs(bucket)),
                    (bucket) =>
                        resourcesOfType(plan, "s3/bucketLogging:BucketLogging").some(
                            (node) => inputText(node, "bucket") === inputText(bucket, "bucket"),
                        ),
                    "log who reads it",
                ),
            ];
        },
    },
];
