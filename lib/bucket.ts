import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyJson, type Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import type { Scope } from "./scope.ts";

export interface BucketArgs {
    readonly scope: Scope;
    /** Key of the objects; without one S3's own (targets of access logs take no other). */
    readonly keyArn?: pulumi.Input<string>;
    /** Days that objects are kept, and 90 days more as replaced versions. */
    readonly retentionDays: number;
    /** Bucket that hears of each request to this one. */
    readonly accessLogs?: { readonly bucket: pulumi.Input<string>; readonly prefix: string };
    /** Who else may write here, given the bucket's ARN. */
    readonly statements: (bucketArn: pulumi.Output<string>) => Statement[];
}

/** A private, versioned, encrypted bucket for records: TLS only, no ACLs, tiered to colder storage as it ages. */
export class Bucket extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    /** Name of the bucket, once its policy lets writers in. */
    public readonly bucketName: pulumi.Output<string>;

    constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Bucket", name, {}, opts);
        const { scope, keyArn, retentionDays } = args;
        const inside = { parent: this };

        const { bucket, arn } = new aws.s3.Bucket(
            name,
            {
                // Bucket names are shared by all of AWS.
                bucket: pulumi.interpolate`${name}-${scope.accountId}`,
                // No retention by itself: it lets an operator lock records (PCI DSS 10.5.1) and stays destroyable.
                objectLockEnabled: keyArn !== undefined,
                forceDestroy: !scope.deletionProtection,
            },
            { ...inside, protect: scope.deletionProtection },
        );
        new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, inside);
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
        new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: lifecycleRules(retentionDays) }, inside);
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
            // S3 refuses two changes of a bucket's access at once (OperationAborted).
            { ...inside, dependsOn: privacy },
        );

        this.arn = arn;
        this.bucketName = after(bucket, [bucketPolicy]);
        this.registerOutputs({ arn: this.arn, bucketName: this.bucketName });
    }
}

/** Days after which objects move: looked at in the first month, searched in the first quarter, then kept for the auditor. */
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
            // S3 refuses a move on or after the day of expiry.
            transitions: storageTiers.filter(({ days }) => days < retentionDays),
            expiration: { days: retentionDays },
            noncurrentVersionExpiration: { noncurrentDays: 90 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
    ];
}
