import { storage } from "../../lib/manifest/storage-by-type.ts";
import { dnsSuffixOf, regionalHost } from "../../lib/partitions.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import { denyGrant, readGrant, writeGrant, type DeployerGrant, type ResourceScope } from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom, eachNamedItem, encryptionRisk, lowered, removed, shortened } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const buckets: ResourceScope = { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] };
export const objects: ResourceScope = { arns: buckets.arns.map((bucket) => `${bucket}/*`) };

/** The objects of the one bucket that may have a default retention. */
const lockedObjects: ResourceScope = { arns: ["arn:{partition}:s3:::payment-audit-{suffix}-{account}/*"] };

/** The provider reads every setting of a bucket, also those that no stack sets. */
const readBucket = readGrant(
    "s3: GetAccelerateConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket ListTagsForResource",
    buckets,
);

const bucketInputs = ["bucket", "expectedBucketOwner"];
const s3Guide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";

const unlockedRisk = "records can be deleted before their time";

const bucketSettingGrants = (...actions: string[]): DeployerGrant[] => [
    writeGrant(`s3: ${actions.join(" ")}`, buckets),
    readBucket,
];

export const s3: ServiceRows = {
    "aws:s3/bucket:Bucket": {
        name: { input: "bucket", maxLength: maxNameLengths.bucket },
        summary: ["emptied on destroy{forceDestroy?}", "{bucket}"],
        fakeOutputs: {
            arn: (request) => request.arn("s3", request.physicalName, { region: "", account: "" }),
            bucketDomainName: ({ physicalName, region }) => `${physicalName}.s3.${dnsSuffixOf(region)}`,
            bucketRegionalDomainName: ({ physicalName, region }) => `${physicalName}.${regionalHost("s3", region)}`,
        },
        forceNew: forceNew("s3/bucket", ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"], {
            // In place since hashicorp/aws 6.63.0.
            conditions: { objectLockEnabled: (_, { objectLockEnabled }) => objectLockEnabled === false },
            keptWhenRemoved: ["objectLockEnabled"],
        }),
        loss: { content: "audit records and access logs", losesData: true },
        storage: storage["aws:s3/bucket:Bucket"],
        storeKind: "Buckets",
        deletion: { inputs: [{ input: "forceDestroy", unprotected: true, protected: false }], pulumiProtect: true },
        exclusive: [refused("s3", "CreateBucket", "bucket", "BucketAlreadyOwnedByYou")],
        recovery: { importId: "{bucket}" },
        children: "listed",
        grants: [
            writeGrant(
                "s3: CreateBucket DeleteBucket PutBucketObjectLockConfiguration PutBucketTagging TagResource UntagResource",
                buckets,
            ),
            // Forced deletion empties the bucket, where Object Lock is on against governance retention and legal holds. The
            // deployer of a protected stack may do neither, and no deployer where objects get a default retention (below).
            { ...writeGrant("s3: DeleteObject DeleteObjectVersion", objects), onlyWith: { forceDestroy: true } },
            {
                ...writeGrant("s3: BypassGovernanceRetention PutObjectLegalHold", objects),
                onlyWith: { forceDestroy: true, objectLockEnabled: true },
            },
            readGrant("s3: ListBucketVersions", buckets),
            readBucket,
        ],
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        forceNew: forceNew("s3/bucket_lifecycle_configuration", bucketInputs, {
            keptWhenRemoved: ["expectedBucketOwner"],
        }),
        weakerInputs: [
            {
                check: eachNamedItem("rules", "id", [
                    shortened("expiration.days"),
                    shortened("noncurrentVersionExpiration.noncurrentDays"),
                ]),
                risk: "S3 deletes the objects that are older",
                source: `${s3Guide}/intro-lifecycle-rules.html`,
            },
        ],
        exclusive: [merged("s3", "PutBucketLifecycleConfiguration", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutLifecycleConfiguration"),
    },
    "aws:s3/bucketLogging:BucketLogging": {
        forceNew: forceNew("s3/bucket_logging", bucketInputs),
        protector: { risk: "requests to the bucket leave no record", protects: "aws:s3/bucket:Bucket" },
        exclusive: [merged("s3", "PutBucketLogging", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutBucketLogging"),
    },
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
        summary: ["{rule.defaultRetention.mode}", "{rule.defaultRetention.days} days"],
        forceNew: forceNew("s3/bucket_object_lock_configuration", [...bucketInputs, "objectLockEnabled"]),
        weakerInputs: [
            {
                check: changedFrom("rule.defaultRetention.mode", "COMPLIANCE"),
                risk: unlockedRisk,
                source: `${s3Guide}/object-lock.html`,
            },
            {
                check: lowered("rule.defaultRetention.days"),
                risk: "new records can be deleted earlier",
                source: `${s3Guide}/object-lock.html`,
            },
        ],
        protector: { risk: unlockedRisk, protects: "aws:s3/bucket:Bucket" },
        exclusive: [merged("s3", "PutObjectLockConfiguration", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: [
            ...bucketSettingGrants("PutBucketObjectLockConfiguration"),
            // The deployer sets the bucket's policy, which could allow all of this to its own role.
            denyGrant(
                "s3: BypassGovernanceRetention DeleteObject DeleteObjectVersion PutObjectLegalHold PutObjectRetention",
                lockedObjects,
            ),
        ],
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        forceNew: forceNew("s3/bucket_ownership_controls", ["bucket"]),
        exclusive: [merged("s3", "PutBucketOwnershipControls", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutBucketOwnershipControls"),
    },
    "aws:s3/bucketPolicy:BucketPolicy": {
        sizeLimits: [
            {
                input: "policy",
                max: 20_480,
                source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
            },
        ],
        forceNew: forceNew("s3/bucket_policy", ["bucket"]),
        policyOf: {
            type: "aws:s3/bucket:Bucket",
            input: "bucket",
            property: "bucket",
            denyPlainHttp: { action: "s3:*", resources: (arn) => [arn, `${arn}/*`] },
        },
        protector: { risk: "S3 answers calls without TLS", protects: "aws:s3/bucket:Bucket" },
        exclusive: [merged("s3", "PutBucketPolicy", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("DeleteBucketPolicy", "PutBucketPolicy"),
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        forceNew: forceNew("s3/bucket_public_access_block", ["bucket"]),
        weakerInputs: [
            ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((input) => ({
                check: changedFrom(input, true),
                risk: "a policy or an ACL can make the bucket public",
                source: `${s3Guide}/access-control-block-public-access.html`,
            })),
        ],
        protector: {
            risk: "a policy or an ACL can make the bucket public",
            protects: "aws:s3/bucket:Bucket",
        },
        exclusive: [merged("s3", "PutPublicAccessBlock", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutBucketPublicAccessBlock"),
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        forceNew: forceNew("s3/bucket_server_side_encryption_configuration", bucketInputs),
        weakerInputs: [
            {
                check: removed("rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId"),
                risk: encryptionRisk,
                source: `${s3Guide}/UsingKMSEncryption.html`,
            },
        ],
        protector: {
            risk: encryptionRisk,
            protects: "aws:s3/bucket:Bucket",
        },
        exclusive: [merged("s3", "PutBucketEncryption", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutEncryptionConfiguration"),
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        forceNew: forceNew("s3/bucket_versioning", bucketInputs),
        weakerInputs: [
            {
                check: changedFrom("versioningConfiguration.status", "Enabled"),
                risk: "what is overwritten or deleted is gone",
                source: `${s3Guide}/Versioning.html`,
            },
        ],
        protector: { risk: "what is overwritten or deleted is gone", protects: "aws:s3/bucket:Bucket" },
        exclusive: [merged("s3", "PutBucketVersioning", "bucket")],
        recovery: { importId: "{bucket}" },
        children: { none: "it is a setting of its bucket, which Pulumi's refresh compares" },
        grants: bucketSettingGrants("PutBucketVersioning"),
    },
};
