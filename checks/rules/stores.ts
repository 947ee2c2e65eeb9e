import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    getPath,
    itemsOf,
    kmsKeysByArn,
    inputText,
    textAtPath,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import { requireInputs } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

/** Inputs that name the key of what keeps data. The key of a bucket is in a resource of its own. */
const keyInputs: readonly (readonly [type: string, input: string])[] = [
    ...typesWith("storage")
        .filter(([, { key }]) => key.ofType === undefined)
        .map(([type, { key }]) => [type, key.input] as const),
    ...typesWith("otherKeyInputs").flatMap(([type, inputs]) => inputs.map((input) => [type, input] as const)),
];

/** Types of which each bucket has one resource. */
const typesForEachBucket = [
    "s3/bucketVersioning:BucketVersioning",
    "s3/bucketOwnershipControls:BucketOwnershipControls",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "s3/bucketPolicy:BucketPolicy",
];

/** Load balancers and S3 deliver access logs only to buckets with SSE-S3. */
const isForAccessLogs = (node: PlanNode) => node.name.startsWith("payment-access-logs-");

export const storeRules: readonly Rule[] = [
    {
        name: "encrypted-with-own-keys",
        description: "All data at rest is encrypted with a KMS key of the platform",
        fix: "Pass the ARN of the platform's key for this data, and keep no copy where the platform has no key.",
        check: (plan) => {
            const keys = kmsKeysByArn(plan);
            const encryption = resourcesOfType(
                plan,
                "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            );
            /** Whether each rule of a bucket's encryption meets a condition. */
            const eachEncrypts = (node: PlanNode, holds: (algorithm: string, key: string) => boolean) => {
                const methods = itemsOf(node.inputs.rules).map((rule) =>
                    getPath(rule, "applyServerSideEncryptionByDefault"),
                );
                return (
                    methods.length > 0 &&
                    methods.every((each) => holds(textAtPath(each, "sseAlgorithm"), textAtPath(each, "kmsMasterKeyId")))
                );
            };
            return [
                ...keyInputs.flatMap(([type, input]) =>
                    findingsUnless(
                        resourcesOfType(plan, type),
                        (node) => keys.has(inputText(node, input)),
                        `have a KMS key of the platform as ${input}`,
                    ),
                ),
                ...findingsUnless(
                    [...new Set(keyInputs.map(([type]) => type))].flatMap((type) => resourcesOfType(plan, type)),
                    ({ inputs }) => itemsOf(inputs.replicas).length === 0,
                    "have no copy in another region: it would not have this key",
                ),
                ...findingsUnless(
                    encryption.filter((node) => !isForAccessLogs(node)),
                    (node) =>
                        eachEncrypts(
                            node,
                            (algorithm, key) => ["aws:kms", "aws:kms:dsse"].includes(algorithm) && keys.has(key),
                        ),
                    "encrypt with a KMS key of the platform",
                ),
                ...findingsUnless(
                    encryption.filter(isForAccessLogs),
                    (node) => eachEncrypts(node, (algorithm) => algorithm === "AES256"),
                    "encrypt with AES256 (SSE-S3): AWS delivers access logs to no bucket with a KMS key",
                ),
                ...findingsUnless(
                    [
                        ...resourcesOfType(plan, "rds/cluster:Cluster"),
                        ...resourcesOfType(plan, "rds/clusterInstance:ClusterInstance"),
                    ],
                    (node) =>
                        node.inputs.performanceInsightsEnabled !== true ||
                        keys.has(inputText(node, "performanceInsightsKmsKeyId")),
                    "encrypt Performance Insights with a KMS key of the platform",
                ),
            ];
        },
    },
    {
        name: "stores-locked-down",
        description:
            "Data stores, keys and buckets have the required encryption, key rotation and public access settings",
        fix: "Set the input to the value in the finding.",
        check: requireInputs(
            {
                types: ["rds/cluster:Cluster"],
                inputs: [
                    { path: "storageEncrypted", expected: true },
                    { path: "manageMasterUserPassword", expected: true },
                ],
            },
            {
                types: ["elasticache/replicationGroup:ReplicationGroup"],
                inputs: [
                    { path: "atRestEncryptionEnabled", expected: true },
                    { path: "transitEncryptionEnabled", expected: true },
                    { path: "transitEncryptionMode", expected: "required" },
                ],
            },
            { types: ["dynamodb/table:Table"], inputs: [{ path: "serverSideEncryption.enabled", expected: true }] },
            {
                types: ["ecr/repository:Repository"],
                inputs: [
                    { path: "encryptionConfigurations.*.encryptionType", expected: "KMS" },
                    { path: "imageTagMutability", expected: "IMMUTABLE" },
                    { path: "imageTagMutabilityExclusionFilters", expected: undefined },
                ],
            },
            { types: ["kms/key:Key"], inputs: [{ path: "enableKeyRotation", expected: true }] },
            {
                types: ["s3/bucketVersioning:BucketVersioning"],
                inputs: [{ path: "versioningConfiguration.status", expected: "Enabled" }],
            },
            {
                types: ["s3/bucketOwnershipControls:BucketOwnershipControls"],
                inputs: [{ path: "rule.objectOwnership", expected: "BucketOwnerEnforced" }],
            },
            {
                types: ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
                inputs: [
                    { path: "blockPublicAcls", expected: true },
                    { path: "blockPublicPolicy", expected: true },
                    { path: "ignorePublicAcls", expected: true },
                    { path: "restrictPublicBuckets", expected: true },
                ],
            },
        ),
    },
    {
        name: "buckets-complete",
        description: "Every bucket blocks public access and has versioning, lifecycle rules and access logging",
        fix: "Create the bucket with the component `Bucket`, which adds these resources.",
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
                    "have access logging",
                ),
            ];
        },
    },
];
