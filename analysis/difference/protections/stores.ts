import { changedTo, eachNamedItem, itemsRemoved, lowered, changedFrom, removed, shortened } from "./checks.ts";
import { encryptionRisk, type WeakerInput } from "./weaker-input.ts";

const rds = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";
const s3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";
const kms = "https://docs.aws.amazon.com/kms/latest/developerguide";
const elasticache = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg";
const queueEncryption =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html";

/** What protects data where it lies, by type. */
export const storeProtections: Readonly<Record<string, readonly WeakerInput[]>> = {
    "aws:rds/cluster:Cluster": [
        {
            check: lowered("backupRetentionPeriod", 1),
            risk: "AWS deletes the older backups at once, and no later setting brings them back",
            source: `${rds}/Aurora.Managing.Backups.html`,
        },
        {
            check: changedFrom("iamDatabaseAuthenticationEnabled", true),
            risk: "services need passwords",
            source: `${rds}/UsingWithRDS.IAMDBAuth.html`,
        },
        {
            check: itemsRemoved("enabledCloudwatchLogsExports"),
            risk: "the database's log is kept nowhere else",
            source: `${rds}/AuroraPostgreSQL.CloudWatch.html`,
        },
    ],
    "aws:rds/clusterInstance:ClusterInstance": [
        {
            check: changedTo("publiclyAccessible", true),
            risk: "the database gets a public address",
            source: `${rds}/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
        },
    ],
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": [
        {
            check: eachNamedItem("parameters", "name", [changedFrom("value", "1")], ({ value }) =>
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
            check: changedFrom("transitEncryptionEnabled", true),
            risk: "sessions and the token cross the network in the open",
            source: `${elasticache}/in-transit-encryption.html`,
        },
        {
            check: changedFrom("transitEncryptionMode", "required"),
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
            check: changedFrom("pointInTimeRecovery.enabled", true),
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
            risk: encryptionRisk,
            source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
        },
    ],
    "aws:s3/bucketVersioning:BucketVersioning": [
        {
            check: changedFrom("versioningConfiguration.status", "Enabled"),
            risk: "what is overwritten or deleted is gone",
            source: `${s3}/Versioning.html`,
        },
    ],
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
        {
            check: changedFrom("rule.defaultRetention.mode", "COMPLIANCE"),
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
            check: eachNamedItem("rules", "id", [
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
            risk: encryptionRisk,
            source: `${s3}/UsingKMSEncryption.html`,
        },
    ],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((input) => ({
            check: changedFrom(input, true),
            risk: "a policy or an ACL can make the bucket public",
            source: `${s3}/access-control-block-public-access.html`,
        })),
    ],
    "aws:kms/key:Key": [
        {
            check: changedFrom("enableKeyRotation", true),
            risk: "the key material is never renewed",
            source: `${kms}/rotate-keys.html`,
        },
    ],
    "aws:sqs/queue:Queue": [
        { check: removed("kmsMasterKeyId"), risk: encryptionRisk, source: queueEncryption },
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
            risk: encryptionRisk,
            source: "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
        },
    ],
    "aws:secretsmanager/secret:Secret": [
        {
            check: removed("kmsKeyId"),
            risk: encryptionRisk,
            source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        },
    ],
    "aws:ecr/repository:Repository": [
        {
            check: changedFrom("imageScanningConfiguration.scanOnPush", true),
            risk: "known vulnerabilities of images are not found",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html",
        },
        {
            check: changedFrom("imageTagMutability", "IMMUTABLE"),
            risk: "an image can be exchanged under its tag",
            source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
        },
    ],
};
