import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyJson, type Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import type { Scope } from "./scope.ts";

export interface BucketArgs {
    readonly scope: Scope;
    /** KMS key of the objects. Without it S3 uses its own keys, the only ones that access log buckets support. */
    readonly keyArn?: pulumi.Input<string>;
    /** Days until objects expire. What is deleted or overwritten earlier is kept for as many days as a noncurrent version. */
    readonly retentionDays: number;
    /**
     * Days for which S3 Object Lock keeps each object, in governance mode; with 0 an operator can lock objects one by one.
     * @default no Object Lock
     */
    readonly objectLockDays?: number;
    /** Where S3 writes the access logs of this bucket. */
    readonly accessLogs?: { readonly bucket: pulumi.Input<string>; readonly prefix: string };
    /** Further statements of the bucket policy, given the bucket's ARN. */
    readonly statements: (bucketArn: pulumi.Output<string>) => Statement[];
}

/** A private, versioned, encrypted bucket: TLS only, no ACLs, with transitions of objects from 128 KB on to cheaper storage classes. */
export class Bucket extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    /** Name of the bucket, once its policy allows the writers. */
    public readonly bucketName: pulumi.Output<string>;

    constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Bucket", name, {}, opts);
        const { scope, keyArn, retentionDays, objectLockDays } = args;
        const inside = { parent: this };

        const { bucket, arn } = new aws.s3.Bucket(
            name,
            {
                // Bucket names are global.
                bucket: pulumi.interpolate`${name}-${scope.accountId}`,
                objectLockEnabled: objectLockDays !== undefined,
                forceDestroy: !scope.deletionProtection,
            },
            // S3 cannot switch Object Lock off: without this, the provider would replace a bucket of an older release.
            { ...inside, protect: scope.deletionProtection, ignoreChanges: ["objectLockEnabled"] },
        );
        const versioning = new aws.s3.BucketVersioning(
            name,
            { bucket, versioningConfiguration: { status: "Enabled" } },
            inside,
        );
        new aws.s3.BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, inside);
        new aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            {
                bucket,
                rules: [
                    keyArn
                        ? {
                              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
                              bucketKeyEnabled: true,
                          }
                        : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
                ],
            },
            inside,
        );
        new aws.s3.BucketLifecycleConfiguration(
            name,
            {
                bucket,
                rules: lifecycleRules(retentionDays),
                // Small objects, as most records are, stay in S3 Standard until they expire: a transition costs more than it saves.
                transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
            },
            inside,
        );
        if (objectLockDays !== undefined && objectLockDays > 0) {
            new aws.s3.BucketObjectLockConfiguration(
                name,
                { bucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: objectLockDays } } },
                // S3 changes it only while versioning is enabled, also when both are deleted.
                { ...inside, dependsOn: versioning },
            );
        }
        if (args.accessLogs) {
            const { bucket: targetBucket, prefix: targetPrefix } = args.accessLogs;
            new aws.s3.BucketLogging(name, { bucket, targetBucket, targetPrefix }, inside);
        }
        const privacy = new aws.s3.BucketPublicAccessBlock(
            name,
            {
                bucket,
                blockPublicAcls: true,
                blockPublicPolicy: true,
                ignorePublicAcls: true,
                restrictPublicBuckets: true,
            },
            inside,
        );
        const bucketPolicy = new aws.s3.BucketPolicy(
            name,
            {
                bucket,
                policy: policyJson([
                    denyInsecureTransport("s3:*", [arn, pulumi.interpolate`${arn}/*`]),
                    ...args.statements(arn),
                ]),
            },
            // S3 rejects concurrent changes of a bucket's access settings (OperationAborted).
            { ...inside, dependsOn: privacy },
        );

        this.arn = arn;
        this.bucketName = after(bucket, [bucketPolicy]);
        this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
    }
}

/** Days after which objects of 128 KB or more change their storage class: read in the first month, rarely in the first quarter, then archived. */
const storageTiers = [
    { days: 30, storageClass: "STANDARD_IA" },
    { days: 90, storageClass: "GLACIER_IR" },
    { days: 365, storageClass: "DEEP_ARCHIVE" },
];

function lifecycleRules(retentionDays: number): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
    return [
        {
            id: "tier-and-expire",
            status: "Enabled",
            filter: {},
            // S3 rejects a transition on or after the day of expiration.
            transitions: storageTiers.filter(({ days }) => days < retentionDays),
            expiration: { days: retentionDays },
            noncurrentVersionExpiration: { noncurrentDays: retentionDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
    ];
}
