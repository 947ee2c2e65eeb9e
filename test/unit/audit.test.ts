import { expect, test } from "@jest/globals";
import { accessLogPrefixes, Audit, auditPrefixes } from "../../lib/audit.ts";
import { nodeNamed, nodesOf, record } from "../recorder.ts";
import { beforeIt, shown } from "../../plan/query.ts";
import { account, keys, onlyNode, scopeOf, statementsOf, types } from "./parts.ts";

const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const trailType = "aws:cloudtrail/trail:Trail";
const auditBucket = `payment-audit-test-${account}`;
const trailName = `arn:aws:cloudtrail:eu-west-1:${account}:trail/payment-trail-test`;

const planned = (cloudTrail = true) =>
    record(
        () =>
            new Audit("payment-records-test", {
                scope: scopeOf(),
                settings: { cloudTrail },
                retentionDays: 400,
                keyArn: keys.logs,
            }),
    );

const trailOf = async () => onlyNode(await planned(), trailType).inputs;

test("the trail sees every region, cannot be forged and is told to CloudWatch, too", async () => {
    expect(await trailOf()).toMatchObject({
        name: "payment-trail-test",
        s3BucketName: auditBucket,
        s3KeyPrefix: "cloudtrail",
        kmsKeyId: keys.logs,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        cloudWatchLogsGroupArn: expect.stringMatching(/:log-group:\/cloudtrail\/payment-trail-test:\*$/) as unknown,
    });
    // A trail that is made stopped would see nothing.
    expect((await trailOf()).enableLogging ?? true).toBe(true);
});

test("it records every change, reads included, and every access to the platform's records", async () => {
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
    const delivered = `${auditPrefixes.trail}/AWSLogs/${account}/CloudTrail/x.json.gz`;
    expect(delivered.startsWith(auditPrefixes.records)).toBe(false);
    expect(auditPrefixes.records.startsWith(auditPrefixes.trail)).toBe(false);
});

test("the trail comes after all that it tries when it is made", async () => {
    const plan = await planned();
    const before = beforeIt(plan, onlyNode(plan, trailType));
    expect(before).toContain(nodeNamed(plan, "payment-audit-test", bucketPolicy).urn);
    expect(before).toContain(onlyNode(plan, types.policy).urn);
    expect(before).toContain(onlyNode(plan, types.logGroup).urn);
});

test("CloudTrail writes to the account's own streams of one log group", async () => {
    const plan = await planned();
    expect(statementsOf(onlyNode(plan, types.policy))).toEqual([
        {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${shown(onlyNode(plan, types.logGroup).outputs.arn)}:log-stream:${account}_CloudTrail_eu-west-1*`,
        },
    ]);
    expect(onlyNode(plan, types.logGroup).inputs).toMatchObject({ retentionInDays: 400, kmsKeyId: keys.logs });
});

test("a stack without a trail keeps its buckets, and makes nothing for a trail", async () => {
    const plan = await planned(false);
    for (const type of [trailType, types.logGroup, types.role, types.policy]) {
        expect(nodesOf(plan, type)).toEqual([]);
    }
    expect(nodesOf(plan, "aws:s3/bucket:Bucket").map(({ inputs }) => inputs.bucket)).toEqual([
        `payment-access-logs-test-${account}`,
        auditBucket,
    ]);
});

test.each([
    [true, ["/cloudtrail/payment-trail-test"]],
    [false, []],
])("the trail's log is among the outputs when there is one: %s", async (cloudTrail, logGroupNames) => {
    const { outputs } = onlyNode(await planned(cloudTrail), "payment:index:Audit");
    expect(outputs).toEqual({
        auditBucketName: auditBucket,
        auditBucketArn: `arn:aws:s3:::${auditBucket}`,
        recordsArn: `arn:aws:s3:::${auditBucket}/audit/*`,
        accessLogBucketName: `payment-access-logs-test-${account}`,
        logGroupNames,
    });
});

test("this stack's trail, and no other, writes to its own folder of the audit bucket", async () => {
    const [, ...allowed] = statementsOf(nodeNamed(await planned(), "payment-audit-test", bucketPolicy));
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
            Resource: `arn:aws:s3:::${auditBucket}/cloudtrail/AWSLogs/${account}/*`,
            Condition: {
                StringEquals: { "aws:SourceArn": trailName, "s3:x-amz-acl": "bucket-owner-full-control" },
            },
        },
    ]);
});

test("access logs of buckets and load balancers of this account arrive, each in its own folder", async () => {
    const arn = `arn:aws:s3:::payment-access-logs-test-${account}`;
    const [, ...allowed] = statementsOf(nodeNamed(await planned(), "payment-access-logs-test", bucketPolicy));
    expect(allowed).toEqual([
        {
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: `${arn}/${accessLogPrefixes.buckets}/*`,
            Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
        {
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: `${arn}/${accessLogPrefixes.loadBalancer}/AWSLogs/${account}/*`,
            Condition: {
                ArnLike: { "aws:SourceArn": `arn:aws:elasticloadbalancing:eu-west-1:${account}:loadbalancer/*` },
            },
        },
    ]);
});

test("who reads records is logged in the other bucket, which does not log itself", async () => {
    expect(nodesOf(await planned(), "aws:s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs)).toEqual([
        { bucket: auditBucket, targetBucket: `payment-access-logs-test-${account}`, targetPrefix: "s3/" },
    ]);
});

test("records take the platform's key, access logs S3's own: AWS delivers to no other", async () => {
    const plan = await planned();
    const algorithmOf = (name: string) =>
        nodeNamed(plan, name, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
            .inputs.rules;
    expect(algorithmOf("payment-audit-test")).toEqual([
        {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keys.logs },
            bucketKeyEnabled: true,
        },
    ]);
    expect(algorithmOf("payment-access-logs-test")).toEqual([
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
});
