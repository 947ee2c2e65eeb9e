import { expect, test } from "@jest/globals";
import { accessLogPrefixes, Audit, auditPrefixes } from "../../lib/audit.ts";
import { findNode, inputsOf, nodesOf, componentPlanner } from "../recorder.ts";
import { matchesResource } from "../../analysis/iam/wildcards.ts";
import { operationsPrefix } from "../../tools/frame/operation-record.ts";
import { getPath, transitiveDependencies, toText } from "../../plan/query.ts";
import { accountId, keyArns, onlyNode, testScope, policyStatements, typeTokens } from "./fixtures.ts";

const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const trailType = "aws:cloudtrail/trail:Trail";
const auditBucket = `payment-audit-test-${accountId}`;
const trailName = `arn:aws:cloudtrail:eu-west-1:${accountId}:trail/payment-trail-test`;

const build = (cloudTrail = true, objectLock = false) =>
    new Audit("payment-records-test", {
        scope: testScope(),
        settings: { cloudTrail, objectLock },
        retentionDays: 400,
        keyArn: keyArns.logs,
    });
const planned = componentPlanner(build);

const trailOf = async () => onlyNode(await planned(), trailType).inputs;

test("the trail covers every region, validates its log files and writes to CloudWatch Logs, too", async () => {
    expect(await trailOf()).toMatchObject({
        name: "payment-trail-test",
        s3BucketName: auditBucket,
        s3KeyPrefix: "cloudtrail",
        kmsKeyId: keyArns.logs,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        cloudWatchLogsGroupArn: expect.stringMatching(/:log-group:\/cloudtrail\/payment-trail-test:\*$/) as unknown,
    });
    // A trail that is made stopped would see nothing.
    expect((await trailOf()).enableLogging ?? true).toBe(true);
});

test("it records every management event, reads included, and every access to the platform's records", async () => {
    const { advancedEventSelectors } = await trailOf();
    expect(advancedEventSelectors).toEqual([
        { name: "Management events", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
        {
            name: "Access to audit records",
            fieldSelectors: [
                { field: "eventCategory", equals: ["Data"] },
                { field: "resources.type", equals: ["AWS::S3::Object"] },
                { field: "resources.ARN", startsWiths: [`arn:aws:s3:::${auditBucket}/audit/`] },
            ],
        },
    ]);
});

test("the trail does not record its own deliveries, which would never end", () => {
    const delivered = `${auditPrefixes.trail}/AWSLogs/${accountId}/CloudTrail/x.json.gz`;
    expect(delivered.startsWith(auditPrefixes.records)).toBe(false);
    expect(auditPrefixes.records.startsWith(auditPrefixes.trail)).toBe(false);
});

test("the trail depends on everything that CloudTrail checks at its creation", async () => {
    const plan = await planned();
    const before = transitiveDependencies(plan, onlyNode(plan, trailType));
    expect(before).toContain(findNode(plan, "payment-audit-test", bucketPolicy).urn);
    expect(before).toContain(onlyNode(plan, typeTokens.policy).urn);
    expect(before).toContain(onlyNode(plan, typeTokens.logGroup).urn);
});

test("CloudTrail may write to the account's own streams of one log group", async () => {
    const plan = await planned();
    expect(policyStatements(onlyNode(plan, typeTokens.policy))).toEqual([
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${toText(onlyNode(plan, typeTokens.logGroup).outputs.arn)}:log-stream:${accountId}_CloudTrail_eu-west-1*`,
        },
    ]);
    expect(onlyNode(plan, typeTokens.logGroup).inputs).toMatchObject({
        retentionInDays: 400,
        kmsKeyId: keyArns.logs,
    });
});

test("a stack without a trail keeps its buckets, and has no other resources for a trail", async () => {
    const plan = await planned(false);
    for (const type of [trailType, typeTokens.logGroup, typeTokens.role, typeTokens.policy]) {
        expect(nodesOf(plan, type)).toEqual([]);
    }
    expect(nodesOf(plan, "aws:s3/bucket:Bucket").map(({ inputs }) => inputs.bucket)).toEqual([
        `payment-access-logs-test-${accountId}`,
        auditBucket,
    ]);
});

test.each([
    [true, ["/cloudtrail/payment-trail-test"]],
    [false, []],
])("the trail's log group is among the outputs when there is one: %s", async (cloudTrail, logGroupNames) => {
    const { outputs } = onlyNode(await planned(cloudTrail), "payment:index:Audit");
    expect(outputs).toEqual({
        auditBucketName: auditBucket,
        auditBucketArn: `arn:aws:s3:::${auditBucket}`,
        recordsArn: `arn:aws:s3:::${auditBucket}/audit/????/*`,
        accessLogBucketName: `payment-access-logs-test-${accountId}`,
        logGroupNames,
    });
});

test("nobody overwrites a record: S3 refuses a write that does not ask it to refuse an existing key", async () => {
    const [, denied] = policyStatements(findNode(await planned(), "payment-audit-test", bucketPolicy));
    expect(denied).toEqual({
        Sid: "DenyOverwrites",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${auditBucket}/audit/*`,
        Condition: { Null: { "s3:if-none-match": "true" } },
    });
});

test("the validator's grant has the keys of its records, and none of the operators'", async () => {
    const { recordsArn } = onlyNode(await planned(), "payment:index:Audit").outputs;
    const allows = (key: string) => matchesResource(`arn:aws:s3:::${auditBucket}/${key}`, toText(recordsArn));
    expect(allows("audit/2027/01/25/6f1c.json")).toBe(true);
    expect(allows(`${operationsPrefix}2027/01/25/a.json`)).toBe(false);
});

test("this stack's trail, and no other, writes to its own folder of the audit bucket", async () => {
    const [, , ...allowed] = policyStatements(findNode(await planned(), "payment-audit-test", bucketPolicy));
    const cloudTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
    expect(allowed).toEqual([
        {
            ...cloudTrail,
            Action: "s3:GetBucketAcl",
            Resource: `arn:aws:s3:::${auditBucket}`,
            Condition: { StringEquals: { "aws:SourceArn": trailName } },
        },
        {
            ...cloudTrail,
            Action: "s3:PutObject",
            Resource: `arn:aws:s3:::${auditBucket}/cloudtrail/AWSLogs/${accountId}/*`,
            Condition: {
                StringEquals: { "aws:SourceArn": trailName, "s3:x-amz-acl": "bucket-owner-full-control" },
            },
        },
    ]);
});

test("without a trail CloudTrail may not write to the audit bucket", async () => {
    const policy = policyStatements(findNode(await planned(false), "payment-audit-test", bucketPolicy));
    expect(policy.map(({ Effect }) => Effect)).toEqual(["Deny", "Deny"]);
});

test("access logs of buckets and load balancers of this account are accepted, each in its own folder", async () => {
    const arn = `arn:aws:s3:::payment-access-logs-test-${accountId}`;
    const [, ...allowed] = policyStatements(findNode(await planned(), "payment-access-logs-test", bucketPolicy));
    expect(allowed).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: `${arn}/${accessLogPrefixes.buckets}/*`,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
        {
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: `${arn}/${accessLogPrefixes.loadBalancer}/AWSLogs/${accountId}/*`,
            Condition: {
                ArnLike: { "aws:SourceArn": `arn:aws:elasticloadbalancing:eu-west-1:${accountId}:loadbalancer/*` },
            },
        },
    ]);
});

test("access to records is logged in the other bucket, which does not log itself", async () => {
    expect(nodesOf(await planned(), "aws:s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs)).toEqual([
        { bucket: auditBucket, targetBucket: `payment-access-logs-test-${accountId}`, targetPrefix: "s3/" },
    ]);
});

test("records use the platform's key, access logs S3's own: AWS delivers them with no other", async () => {
    const plan = await planned();
    const algorithmOf = (name: string) =>
        findNode(plan, name, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
            .inputs.rules;
    expect(algorithmOf("payment-audit-test")).toEqual([
        {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArns.logs },
            bucketKeyEnabled: true,
        },
    ]);
    expect(algorithmOf("payment-access-logs-test")).toEqual([
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
});

test.each([
    [true, [400]],
    [false, []],
])("records are locked for as long as they are kept: %s", async (objectLock, days) => {
    const locks = inputsOf(
        await planned(false, objectLock),
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    );
    expect(locks.map(({ rule }) => getPath(rule, "defaultRetention.days"))).toEqual(days);
    expect(locks.every(({ bucket }) => bucket === auditBucket)).toBe(true);
});
