import { expect, test } from "@jest/globals";
import { Bucket, type BucketArgs } from "../../lib/bucket.ts";
import type { Scope } from "../../lib/scope.ts";
import { logRetentionDays } from "../../lib/settings/fields.ts";
import { findNode, inputsOf, nodesOf, planComponent } from "../recorder.ts";
import { transitiveDependencies } from "../../plan/query.ts";
import { accountId, keyArns, onlyNode, testScope, exposeValue, policyStatements } from "./fixtures.ts";

const s3 = (type: string) => `aws:s3/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
const bucketName = `payment-records-test-${accountId}`;

const planned = (changes: Partial<BucketArgs> = {}, scope: Partial<Scope> = {}) =>
    planComponent(() => {
        const bucket = new Bucket("payment-records-test", {
            scope: testScope(scope),
            retentionDays: 365,
            statements: (arn) => [
                { Effect: "Allow", Principal: { Service: "x" }, Action: "s3:PutObject", Resource: arn },
            ],
            ...changes,
        });
        exposeValue("shown", bucket.bucketName);
    });

test("only the account can read a bucket", async () => {
    const plan = await planned();
    expect(onlyNode(plan, s3("BucketPublicAccessBlock")).inputs).toEqual({
        bucket: bucketName,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    });
    expect(onlyNode(plan, s3("BucketOwnershipControls")).inputs).toEqual({
        bucket: bucketName,
        rule: { objectOwnership: "BucketOwnerEnforced" },
    });
});

test("an overwritten or deleted record can be restored", async () => {
    expect(onlyNode(await planned(), s3("BucketVersioning")).inputs).toEqual({
        bucket: bucketName,
        versioningConfiguration: { status: "Enabled" },
    });
});

test.each([
    [keyArns.data, { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArns.data }, true],
    [undefined, { sseAlgorithm: "AES256" }, undefined],
])("objects are encrypted with the key %s", async (keyArn, applyServerSideEncryptionByDefault, bucketKeyEnabled) => {
    const { inputs } = onlyNode(await planned({ keyArn }), s3("BucketServerSideEncryptionConfiguration"));
    expect(inputs.rules).toEqual([
        bucketKeyEnabled
            ? { applyServerSideEncryptionByDefault, bucketKeyEnabled }
            : { applyServerSideEncryptionByDefault },
    ]);
});

test.each([
    [undefined, false, []],
    [0, true, []],
    [365, true, [{ bucket: bucketName, rule: { defaultRetention: { mode: "GOVERNANCE", days: 365 } } }]],
])("with Object Lock for %s days: %s, %j", async (objectLockDays, enabled, locks) => {
    const plan = await planned({ objectLockDays });
    const { inputs, options } = onlyNode(plan, s3("Bucket"));
    expect(inputs.objectLockEnabled).toBe(enabled);
    // Off again, it would replace the bucket.
    expect(options.ignoreChanges).toEqual(["objectLockEnabled"]);
    expect(inputsOf(plan, s3("BucketObjectLockConfiguration"))).toEqual(locks);
});

const moves = [
    { days: 30, storageClass: "STANDARD_IA" },
    { days: 90, storageClass: "GLACIER_IR" },
    { days: 365, storageClass: "DEEP_ARCHIVE" },
];

test.each([
    [365, moves.slice(0, 2)],
    [400, moves],
    [731, moves],
])(
    "objects kept for %i days move to colder storage in time if they are large, and then expire",
    async (retentionDays, transitions) => {
        expect(onlyNode(await planned({ retentionDays }), s3("BucketLifecycleConfiguration")).inputs).toEqual({
            bucket: bucketName,
            rules: [
                {
                    id: "tier-and-expire",
                    status: "Enabled",
                    filter: {},
                    transitions,
                    expiration: { days: retentionDays },
                    noncurrentVersionExpiration: { noncurrentDays: retentionDays },
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                },
            ],
            transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
        });
    },
);

test.each(logRetentionDays.filter((days) => days < 365))(
    "S3 accepts the rules of a stack that keeps records for %i days",
    async (days) => {
        const { inputs } = onlyNode(await planned({ retentionDays: days }), s3("BucketLifecycleConfiguration"));
        const [rule] = inputs.rules as { expiration: { days: number }; transitions?: { days: number }[] }[];
        expect(rule?.expiration.days).toBe(days);
        // It refuses an object that expires before its last transition.
        expect(rule?.transitions ?? []).toEqual(moves.filter((move) => move.days < days));
    },
);

test("plain HTTP is denied for the bucket and all its objects, before its writers are allowed", async () => {
    const arn = `arn:aws:s3:::${bucketName}`;
    expect(policyStatements(onlyNode(await planned(), s3("BucketPolicy")))).toEqual([
        expect.objectContaining({ Effect: "Deny", Action: "s3:*", Resource: [arn, `${arn}/*`] }),
        { Effect: "Allow", Principal: { Service: "x" }, Action: "s3:PutObject", Resource: arn },
    ]);
});

test("a writer to the bucket depends on its policy, which depends on its public access block", async () => {
    const plan = await planned();
    const policy = onlyNode(plan, s3("BucketPolicy"));
    expect(findNode(plan, "shown").inputs.value).toBe(bucketName);
    expect(transitiveDependencies(plan, findNode(plan, "shown"))).toContain(policy.urn);
    expect(policy.dependencies).toContain(onlyNode(plan, s3("BucketPublicAccessBlock")).urn);
});

test("requests are logged when there is a bucket for them", async () => {
    const accessLogs = { bucket: "logs", prefix: "s3/" };
    expect(onlyNode(await planned({ accessLogs }), s3("BucketLogging")).inputs).toEqual({
        bucket: bucketName,
        targetBucket: "logs",
        targetPrefix: "s3/",
    });
    expect(nodesOf(await planned(), s3("BucketLogging"))).toEqual([]);
});

test.each([true, false])(
    "a protected bucket is kept, any other is deleted with all its objects: %s",
    async (deletionProtection) => {
        const { inputs, options } = onlyNode(await planned({}, { deletionProtection }), s3("Bucket"));
        expect(inputs.forceDestroy).toBe(!deletionProtection);
        expect(options.protect).toBe(deletionProtection);
    },
);
