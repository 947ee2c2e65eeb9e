import { becomes, eachOf, fewer, lowered, noLonger, removed, shortened } from "./checks.ts";
import { storedInTheOpen, type WeakerInput } from "./weaker-input.ts";

const rds = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";
const s3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const kms = "https://docs.aws.amazon.com/kms/latest/developerguide";
const elasticache = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg";
const queueEncryption =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html";

/** What protects data where it lies, by type. */
export const stores: Readonly<Record<string, readonly WeakerInput[]>> = {
    "aws:rds/cluster:Cluster": [
        {
            check: lowered("backupRetentionPeriod", 1),
            risk: "AWS deletes the older backups at once, and no later setting brings them back",
            source: `${rds}/Aurora.Managing.Backups.html`,
        },
        {
            check: noLonger("iamDatabaseAuthenticationEnabled", true),
            risk: "services need passwords",
            source: `${rds}/UsingWithRDS.IAMDBAuth.html`,
        },
        {
            check: fewer("enabledCloudwatchLogsExports"),
            risk: "the database's log is kept nowhere else",
            source: `${rds}/AuroraPostgreSQL.CloudWatch.html`,
        },
    ],
    "aws:rds/clusterInstance:ClusterInstance": [
        {
            check: becomes("publiclyAccessible", true),
            risk: "the database gets a public address",
            source: `${rds}/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
        },
    ],
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": [
        {
            check: eachOf("parameters", "name", [noLonger("value", "1")], ({ value }) =>
                value === "1" ? "goes" : undefined,
            ),
            risk: "the database takes connections without TLS, or logs less",
            source: `${rds}/AuroraPostgreSQL.Security.html`,
        },
    ],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
        {
            check: lowered("snapshotRetentionLimit"),
            risk: "the older snapshots are deleted",
            source: `${elasticache}/backups-automatic.html`,
        },
        {
            check: noLonger("transitEncryptionEnabled", true),
            risk: "sessions and the token cross the network in the open",
            source: `${elasticache}/in-transit-encryption.html`,
        },
        {
            check: noLonger("transitEncryptionMode", "required"),
            risk: "the cache takes connections without TLS",
            source: `${elasticache}/in-transit-encryption.html`,
        },
        {
            check: removed("authToken"),
            risk: "whoever reaches the cache may read it",
            source: `${elasticache}/auth.html`,
        },
    ],
    "aws:dynamodb/table:Table": [
        {
            check: noLonger("pointInTimeRecovery.enabled", true),
            risk: "AWS deletes the continuous backups",
            source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
        },
        {
            check: lowered("pointInTimeRecovery.recoveryPeriodInDays", 35),
            risk: "the older restore points go",
            source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
        },
        {
            check: removed("serverSideEncryption.kmsKeyArn"),
            risk: storedInTheOpen,
            source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
        },
    ],
    "aws:s3/bucketVersioning:BucketVersioning": [
        {
            check: noLonger("versioningConfiguration.status", "Enabled"),
            risk: "what is overwritten or deleted is gone",
            source: `${s3}/Versioning.html`,
        },
    ],
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
        {
            check: noLonger("rule.defaultRetention.mode", "COMPLIANCE"),
            risk: "records can be deleted before their time",
            source: `${s3}/object-lock.html`,
        },
        {
            check: lowered("rule.defaultRetention.days"),
            risk: "new records can be deleted earlier",
            source: `${s3}/object-lock.html`,
        },
    ],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
        {
            check: eachOf("rules", "id", [
                shortened("expiration.days"),
                shortened("noncurrentVersionExpiration.noncurrentDays"),
            ]),
            risk: "S3 deletes the objects that are older",
            source: `${s3}/intro-lifecycle-rules.html`,
        },
    ],
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
        {
            check: removed("rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId"),
            risk: storedInTheOpen,
            source: `${s3}/UsingKMSEncryption.html`,
        },
    ],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((input) => ({
            check: noLonger(input, true),
            risk: "a policy or an ACL can make the bucket public",
            source: `${s3}/access-control-block-public-access.html`,
        })),
    ],
    "aws:kms/key:Key": [
        {
            check: noLonger("enableKeyRotation", true),
            risk: "the key material is never renewed",
            source: `${kms}/rotate-keys.html`,
        },
    ],
    "aws:sqs/queue:Queue": [
        { check: removed("kmsMasterKeyId"), risk: storedInTheOpen, source: queueEncryption },
        {
            check: lowered("messageRetentionSeconds", 345_600),
            risk: "SQS deletes the messages that are older",
            source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
        },
        {
            check: removed("redrivePolicy"),
            risk: "messages that nobody can handle are deleted in the end",
            source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        },
    ],
    "aws:sns/topic:Topic": [
        {
            check: removed("kmsMasterKeyId"),
            risk: storedInTheOpen,
            source: "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
        },
    ],
    "aws:secretsmanager/secret:Secret": [
        {
            check: removed("kmsKeyId"),
            risk: storedInTheOpen,
            source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        },
    ],
    "aws:ecr/repository:Repository": [
        {
            check: noLonger("imageScanningConfiguration.scanOnPush", true),
            risk: "known vulnerabilities of images are not found",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
        },
        {
            check: noLonger("imageTagMutability", "IMMUTABLE"),
            risk: "an image can be exchanged under its tag",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        },
    ],
};
