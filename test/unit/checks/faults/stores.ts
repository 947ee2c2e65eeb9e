import { deep, inputs, where, without, type Faults } from "../fault.ts";

const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const bucket = "aws:s3/bucket:Bucket";
const cluster = "aws:rds/cluster:Cluster";
const cache = "aws:elasticache/replicationGroup:ReplicationGroup";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const privacy = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const table = "aws:dynamodb/table:Table";
const lambda = "aws:lambda/function:Function";
const schedule = "aws:scheduler/schedule:Schedule";

export const storeFaults: Faults = {
    "encrypted-with-own-keys": {
        "AWS's own key": inputs(queue, "processing-dlq", { kmsMasterKeyId: "alias/aws/sqs" }),
        "no key": inputs(cluster, "", { kmsKeyId: "" }),
        "AWS's own key for transactions": inputs(table, "", { serverSideEncryption: { enabled: true } }),
        "AWS's own key for a function's variables": inputs(lambda, "", { kmsKeyArn: "" }),
        "AWS's own key for what a schedule hands on": inputs(schedule, "", { kmsKeyArn: "" }),
        "S3's own key for records": inputs(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "-audit-",
            { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        ),
    },
    "stores-locked-down": {
        "an old key for ever": inputs(key, "data", { enableKeyRotation: false }),
        "DynamoDB's own key": inputs(table, "", deep("serverSideEncryption.enabled", false)),
        "plain text to the cache": inputs(cache, "", { transitEncryptionMode: "preferred" }),
        "a public bucket": inputs(privacy, "-audit-", { blockPublicPolicy: false }),
    },
    "buckets-complete": {
        "one not private": without(privacy, "-audit-"),
        "reads that nobody hears of": without("aws:s3/bucketLogging:BucketLogging"),
    },
    "records-kept-as-set": {
        "gone too soon": inputs(lifecycle, "-audit-", { rules: [{ status: "Enabled", expiration: { days: 30 } }] }),
    },
    "records-lockable": { "no lock": inputs(bucket, "-audit-", { objectLockEnabled: false }) },
    "transactions-kept-as-set": {
        "for ever": inputs(table, "", deep("ttl.enabled", false)),
        "gone too soon": inputs(lambda, "", deep("environment.variables.RECORD_TTL_DAYS", "1")),
        "lost for good": inputs(table, "", deep("pointInTimeRecovery.enabled", false)),
    },
    "logs-kept-as-set": {
        "for ever": inputs(logGroup, "payment-api", { retentionInDays: 0 }),
        "a name that the key does not know": where(logGroup, "payment-api", (node) => [
            {
                ...node,
                outputs: { ...node.outputs, arn: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/api-prod" },
            },
        ]),
    },
};
