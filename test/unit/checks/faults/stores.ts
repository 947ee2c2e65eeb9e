import type { Values } from "../../../../plan/plan.ts";
import { withValueAt, changeInputs, changeResources, removeResources, type FaultsByRule } from "../fault.ts";

const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const bucket = "aws:s3/bucket:Bucket";
const cluster = "aws:rds/cluster:Cluster";
const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const objectLock = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const secret = "aws:secretsmanager/secret:Secret";
const repository = "aws:ecr/repository:Repository";
const table = "aws:dynamodb/table:Table";
const lambda = "aws:lambda/function:Function";
const schedule = "aws:scheduler/schedule:Schedule";

const recordsLost =
    "payment-audit-prod must have only enabled rules that expire all objects and noncurrent versions after 731 days, later than each transition";
const changeRules =
    (changes: Values) =>
    ({ rules }: Values): Values => ({ rules: (rules as Values[]).map((rule) => ({ ...rule, ...changes })) });

export const storeFaults: FaultsByRule = {
    "encrypted-with-own-keys": {
        "the AWS managed key": [
            changeInputs(queue, "processing-dlq", { kmsMasterKeyId: "alias/aws/sqs" }),
            "payment-processing-dlq-prod must have a KMS key of the platform as kmsMasterKeyId",
        ],
        "no key": [
            changeInputs(cluster, "", { kmsKeyId: "" }),
            "payment-database-prod must have a KMS key of the platform as kmsKeyId",
        ],
        "the AWS owned key for the transactions table": [
            changeInputs(table, "", { serverSideEncryption: { enabled: true } }),
            "payment-transactions-prod must have a KMS key of the platform as serverSideEncryption.kmsKeyArn",
        ],
        "the AWS managed key for environment variables": [
            changeInputs(lambda, "", { kmsKeyArn: "" }),
            "payment-validator-prod must have a KMS key of the platform as kmsKeyArn",
        ],
        "the AWS owned key for a schedule": [
            changeInputs(schedule, "", { kmsKeyArn: "" }),
            "payment-recovery-prod must have a KMS key of the platform as kmsKeyArn",
        ],
        "SSE-S3 for audit records": [
            changeInputs(encryption, "-audit-", {
                rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
            }),
            "payment-audit-prod must encrypt with a KMS key of the platform",
        ],
        "a second rule with SSE-S3": [
            changeInputs(encryption, "-audit-", ({ rules }) => ({
                rules: [...(rules as Values[]), { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
            })),
            "payment-audit-prod must encrypt with a KMS key of the platform",
        ],
        "a copy of a secret in another region, where the platform has no key": [
            changeInputs(secret, "cache-token", { replicas: [{ region: "us-west-2" }] }),
            "payment-cache-token-prod must have no copy in another region: it would not have this key",
        ],
        "a copy of a table in another region": [
            changeInputs(table, "", { replicas: [{ regionName: "us-west-2" }] }),
            "payment-transactions-prod must have no copy in another region: it would not have this key",
        ],
    },
    "stores-locked-down": {
        "no key rotation": [
            changeInputs(key, "data", { enableKeyRotation: false }),
            "payment-data-prod must have enableKeyRotation true, not false",
        ],
        "the DynamoDB owned key": [
            changeInputs(table, "", withValueAt("serverSideEncryption.enabled", false)),
            "payment-transactions-prod must have serverSideEncryption.enabled true, not false",
        ],
        "a cache that accepts connections without TLS": [
            changeInputs(replicationGroup, "", { transitEncryptionMode: "preferred" }),
            "payment-cache-prod must have transitEncryptionMode required, not preferred",
        ],
        "image tags that can be moved by exception": [
            changeInputs(repository, "payment-api", {
                imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters: [{ filter: "*", filterType: "WILDCARD" }],
            }),
            "payment-api-prod must have imageTagMutability IMMUTABLE, not IMMUTABLE_WITH_EXCLUSION",
        ],
        "an exception beside the immutable tags": [
            changeInputs(repository, "payment-api", {
                imageTagMutabilityExclusionFilters: [{ filter: "*", filterType: "WILDCARD" }],
            }),
            'payment-api-prod must have imageTagMutabilityExclusionFilters unset, not [{"filter":"*","filterType":"WILDCARD"}]',
        ],
        "an encryption that is not with KMS beside another": [
            changeInputs(repository, "payment-api", ({ encryptionConfigurations }) => ({
                encryptionConfigurations: [...(encryptionConfigurations as Values[]), { encryptionType: "AES256" }],
            })),
            "payment-api-prod must have encryptionConfigurations.*.encryptionType KMS, not AES256",
        ],
        "a public bucket": [
            changeInputs(publicAccessBlock, "-audit-", { blockPublicPolicy: false }),
            "payment-audit-prod must have blockPublicPolicy true, not false",
        ],
    },
    "buckets-complete": {
        "a bucket without public access block": [
            removeResources(publicAccessBlock, "-audit-"),
            "payment-audit-prod must have one s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ],
        "a bucket without access logging": [
            removeResources("aws:s3/bucketLogging:BucketLogging"),
            "payment-audit-prod must have access logging",
        ],
    },
    "records-kept-as-set": {
        "a retention that is too short": [
            changeInputs(lifecycle, "-audit-", {
                rules: [{ status: "Enabled", expiration: { days: 30 } }],
            }),
            recordsLost,
        ],
        "deleted records that are soon gone": [
            changeInputs(lifecycle, "-audit-", changeRules({ noncurrentVersionExpiration: { noncurrentDays: 90 } })),
            recordsLost,
        ],
        "a second rule, which S3 prefers where it expires earlier": [
            changeInputs(lifecycle, "-audit-", ({ rules }) => ({
                rules: (rules as Values[]).flatMap((rule) => [
                    rule,
                    { ...rule, id: "soon", transitions: [], expiration: { days: 1 } },
                ]),
            })),
            recordsLost,
        ],
        "a rule for some objects only": [
            changeInputs(lifecycle, "-audit-", changeRules({ filter: { prefix: "nothing/" } })),
            recordsLost,
        ],
        "a limit of noncurrent versions": [
            changeInputs(
                lifecycle,
                "-audit-",
                changeRules({ noncurrentVersionExpiration: { noncurrentDays: 731, newerNoncurrentVersions: 1 } }),
            ),
            recordsLost,
        ],
    },
    "records-lockable": {
        "no Object Lock": [
            changeInputs(bucket, "-audit-", { objectLockEnabled: false }),
            "payment-audit-prod must have objectLockEnabled true",
        ],
        "no default retention": [
            removeResources(objectLock),
            "payment-audit-prod must lock new objects for 731 days in governance mode",
        ],
        "a lock that is too short": [
            changeInputs(objectLock, "", withValueAt("rule.defaultRetention.days", 1)),
            "payment-audit-prod must lock new objects for 731 days in governance mode",
        ],
    },
    "config-bucket-unlocked": {
        "Object Lock": [
            // The stack has AWS Config from elsewhere: its audit bucket is given a delivery channel.
            changeResources(bucket, "-audit-", (node) => [
                node,
                {
                    ...node,
                    type: "aws:cfg/deliveryChannel:DeliveryChannel",
                    inputs: { s3BucketName: node.inputs.bucket ?? null },
                },
            ]),
            "payment-audit-prod must have no Object Lock",
        ],
    },
    "transactions-kept-as-set": {
        "no expiration": [
            changeInputs(table, "", withValueAt("ttl.enabled", false)),
            "payment-transactions-prod must have TTL enabled on expires_at",
        ],
        "a retention that is too short": [
            changeInputs(lambda, "", withValueAt("environment.variables.RECORD_TTL_DAYS", "1")),
            "payment-validator-prod must set RECORD_TTL_DAYS to 400",
        ],
        "no point-in-time recovery": [
            changeInputs(table, "", withValueAt("pointInTimeRecovery.enabled", false)),
            "payment-transactions-prod must have point-in-time recovery true",
        ],
    },
    "logs-kept-as-set": {
        "no expiration": [
            changeInputs(logGroup, "payment-api", { retentionInDays: 0 }),
            "payment-api-prod must keep logs for 365 days",
        ],
        "a log group that the key policy does not allow": [
            changeResources(logGroup, "payment-api", (node) => [
                {
                    ...node,
                    outputs: { ...node.outputs, arn: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/api-prod" },
                },
            ]),
            "payment-api-prod must have a KMS key whose policy allows arn:aws:logs:us-east-1:123456789012:log-group:/ecs/api-prod",
        ],
    },
};
