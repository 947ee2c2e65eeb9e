import {
    GetBucketEncryptionCommand,
    GetBucketLifecycleConfigurationCommand,
    GetBucketLoggingCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetBucketTaggingCommand,
    GetBucketVersioningCommand,
    GetObjectLockConfigurationCommand,
    GetPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { camel, tagsOf, type Row } from "./row.ts";

export const bucketRows: readonly Row[] = [
    {
        type: "s3/bucket:Bucket",
        read: async ({ s3 }, { name }) => {
            const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket: name }));
            return { bucket: name, tagsAll: tagsOf(TagSet) };
        },
    },
    {
        type: "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        read: async ({ s3 }, { text }) => {
            const { PublicAccessBlockConfiguration: found } = await s3.send(
                new GetPublicAccessBlockCommand({ Bucket: text("bucket") }),
            );
            return (
                found && {
                    blockPublicAcls: found.BlockPublicAcls,
                    blockPublicPolicy: found.BlockPublicPolicy,
                    ignorePublicAcls: found.IgnorePublicAcls,
                    restrictPublicBuckets: found.RestrictPublicBuckets,
                }
            );
        },
    },
    {
        type: "s3/bucketOwnershipControls:BucketOwnershipControls",
        read: async ({ s3 }, { text }) => {
            const { OwnershipControls } = await s3.send(
                new GetBucketOwnershipControlsCommand({ Bucket: text("bucket") }),
            );
            return { rule: { objectOwnership: OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
        },
    },
    {
        type: "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        read: async ({ s3 }, { text }) => {
            const { ServerSideEncryptionConfiguration: found } = await s3.send(
                new GetBucketEncryptionCommand({ Bucket: text("bucket") }),
            );
            return (
                found && {
                    rules: found.Rules?.map((rule) => ({
                        applyServerSideEncryptionByDefault: {
                            sseAlgorithm: rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
                            kmsMasterKeyId: rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
                        },
                        bucketKeyEnabled: rule.BucketKeyEnabled,
                    })),
                }
            );
        },
    },
    {
        type: "s3/bucketVersioning:BucketVersioning",
        read: async ({ s3 }, { text }) => {
            const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: text("bucket") }));
            return { versioningConfiguration: { status: Status } };
        },
    },
    {
        type: "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        read: async ({ s3 }, { text }) => {
            const { ObjectLockConfiguration: found } = await s3.send(
                new GetObjectLockConfigurationCommand({ Bucket: text("bucket") }),
            );
            const { Mode: mode, Days: days } = found?.Rule?.DefaultRetention ?? {};
            return { rule: { defaultRetention: { mode, days } } };
        },
    },
    {
        type: "s3/bucketPolicy:BucketPolicy",
        read: async ({ s3 }, { text }) => {
            const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: text("bucket") }));
            return { policy: Policy };
        },
    },
    {
        type: "s3/bucketLogging:BucketLogging",
        read: async ({ s3 }, { text }) => {
            const { LoggingEnabled: found } = await s3.send(new GetBucketLoggingCommand({ Bucket: text("bucket") }));
            return found && { targetBucket: found.TargetBucket, targetPrefix: found.TargetPrefix };
        },
    },
    {
        type: "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        read: async ({ s3 }, { text }) => {
            const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: text("bucket") }));
            // S3 may leave an empty filter out.
            return Rules && { rules: camel(Rules.map((rule) => ({ ...rule, Filter: rule.Filter ?? {} }))) };
        },
        // A further limit keeps records for less time.
        exact: ["rules"],
    },
];
