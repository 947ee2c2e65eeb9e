import { withValueAt, changeInputs, changeResources, removeResources, type FaultsByRule } from "../fault.ts";

const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const bucket = "aws:s3/bucket:Bucket";
const cluster = "aws:rds/cluster:Cluster";
const replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const table = "aws:dynamodb/table:Table";
const lambda = "aws:lambda/function:Function";
const schedule = "aws:scheduler/schedule:Schedule";

export const storeFaults: FaultsByRule = {
    "encrypted-with-own-keys": {
        "AWS's own key": [
            changeInputs(queue, "processing-dlq", { kmsMasterKeyId: "alias/aws/sqs" }),
            "payment-processing-dlq-prod must have a KMS key of the platform as kmsMasterKeyId",
        ],
        "no key": [
            changeInputs(cluster, "", { kmsKeyId: "" }),
            "payment-database-prod must have a KMS key of the platform as kmsKeyId",
        ],
        "AWS's own key for transactions": [
            changeInputs(table, "", { serverSideEncryption: { enabled: true } }),
            "payment-transactions-prod must have a KMS key of the platform as serverSideEncryption.kmsKeyArn",
        ],
        "AWS's own key for a function's variables": [
            changeInputs(lambda, "", { kmsKeyArn: "" }),
            "payment-validator-prod must have a KMS key of the platform as kmsKeyArn",
        ],
        "AWS's own key for what a schedule hands on": [
            changeInputs(schedule, "", { kmsKeyArn: "" }),
            "payment-recovery-prod must have a KMS key of the platform as kmsKeyArn",
        ],
        "S3's own key for records": [
            changeInputs(
                "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                "-audit-",
                { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
            ),
            "payment-audit-prod must encrypt with a KMS key of the platform",
        ],
    },
    "stores-locked-down": {
        "an old key for ever": [
            changeInputs(key, "data", { enableKeyRotation: false }),
            "payment-data-prod must have enableKeyRotation true, not false",
        ],
        "DynamoDB's own key": [
            changeInputs(table, "", withValueAt("serverSideEncryption.enabled", false)),
            "payment-transactions-prod must have serverSideEncryption.enabled true, not false",
        ],
        "plain text to the cache": [
            changeInputs(replicationGroup, "", { transitEncryptionMode: "preferred" }),
            "payment-cache-prod must have transitEncryptionMode required, not preferred",
        ],
        "a public bucket": [
            changeInputs(publicAccessBlock, "-audit-", { blockPublicPolicy: false }),
            "payment-audit-prod must have blockPublicPolicy true, not false",
        ],
    },
    "buckets-complete": {
        "one not private": [
            removeResources(publicAccessBlock, "-audit-"),
            "payment-audit-prod must have one s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        ],
        "reads that nobody hears of": [
            removeResources("aws:s3/bucketLogging:BucketLogging"),
            "payment-audit-prod must have access logging",
        ],
    },
    "records-kept-as-set": {
        "gone too soon": [
            changeInputs(lifecycle, "-audit-", {
                rules: [{ status: "Enabled", expiration: { days: 30 } }],
            }),
            "payment-audit-prod must have an enabled rule that expires objects after 731 days, later than each transition",
        ],
    },
    "records-lockable": {
        "no lock": [
            changeInputs(bucket, "-audit-", { objectLockEnabled: false }),
            "payment-audit-prod must have objectLockEnabled true",
        ],
    },
    "transactions-kept-as-set": {
        "for ever": [
            changeInputs(table, "", withValueAt("ttl.enabled", false)),
            "payment-transactions-prod must have TTL enabled on expires_at",
        ],
        "gone too soon": [
            changeInputs(lambda, "", withValueAt("environment.variables.RECORD_TTL_DAYS", "1")),
            "payment-validator-prod must set RECORD_TTL_DAYS to 400",
        ],
        "lost for good": [
            changeInputs(table, "", withValueAt("pointInTimeRecovery.enabled", false)),
            "payment-transactions-prod must have point-in-time recovery true",
        ],
    },
    "logs-kept-as-set": {
        "for ever": [
            changeInputs(logGroup, "payment-api", { retentionInDays: 0 }),
            "payment-api-prod must keep logs for 365 days",
        ],
        "a name that the key does not know": [
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
