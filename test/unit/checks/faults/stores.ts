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
        "AWS's own key": changeInputs(queue, "processing-dlq", { kmsMasterKeyId: "alias/aws/sqs" }),
        "no key": changeInputs(cluster, "", { kmsKeyId: "" }),
        "AWS's own key for transactions": changeInputs(table, "", { serverSideEncryption: { enabled: true } }),
        "AWS's own key for a function's variables": changeInputs(lambda, "", { kmsKeyArn: "" }),
        "AWS's own key for what a schedule hands on": changeInputs(schedule, "", { kmsKeyArn: "" }),
        "S3's own key for records": changeInputs(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "-audit-",
            { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        ),
    },
    "stores-locked-down": {
        "an old key for ever": changeInputs(key, "data", { enableKeyRotation: false }),
        "DynamoDB's own key": changeInputs(table, "", withValueAt("serverSideEncryption.enabled", false)),
        "plain text to the cache": changeInputs(replicationGroup, "", { transitEncryptionMode: "preferred" }),
        "a public bucket": changeInputs(publicAccessBlock, "-audit-", { blockPublicPolicy: false }),
    },
    "buckets-complete": {
        "one not private": removeResources(publicAccessBlock, "-audit-"),
        "reads that nobody hears of": removeResources("aws:s3/bucketLogging:BucketLogging"),
    },
    "records-kept-as-set": {
        "gone too soon": changeInputs(lifecycle, "-audit-", {
            rules: [{ status: "Enabled", expiration: { days: 30 } }],
        }),
    },
    "records-lockable": { "no lock": changeInputs(bucket, "-audit-", { objectLockEnabled: false }) },
    "transactions-kept-as-set": {
        "for ever": changeInputs(table, "", withValueAt("ttl.enabled", false)),
        "gone too soon": changeInputs(lambda, "", withValueAt("environment.variables.RECORD_TTL_DAYS", "1")),
        "lost for good": changeInputs(table, "", withValueAt("pointInTimeRecovery.enabled", false)),
    },
    "logs-kept-as-set": {
        "for ever": changeInputs(logGroup, "payment-api", { retentionInDays: 0 }),
        "a name that the key does not know": changeResources(logGroup, "payment-api", (node) => [
            {
                ...node,
                outputs: { ...node.outputs, arn: "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/api-prod" },
            },
        ]),
    },
};
