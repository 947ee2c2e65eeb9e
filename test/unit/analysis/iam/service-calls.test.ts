import { expect, test } from "@jest/globals";
import { contextsSentBy, serviceCalls, serviceCallsOf } from "../../../../analysis/iam/service-calls.ts";

const here = { account: "123456789012", region: "eu-west-1" };
const topic = { "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:eu-west-1:123456789012:a" };
const queue = { "kms:EncryptionContext:aws:sqs:arn": "arn:aws:sqs:eu-west-1:123456789012:a" };
const rule = { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/a" };
const ownAccount = { "aws:SourceAccount": here.account };

test("EventBridge sends nothing but the encryption context for an encrypted topic", () => {
    const request = { principal: "events.amazonaws.com", action: "kms:Decrypt", context: { ...rule, ...topic } };
    expect(contextsSentBy(here, request)).toEqual([topic]);
});

test("keys of which AWS says nothing are missing once, and sent once", () => {
    const request = { principal: "events.amazonaws.com", action: "kms:Decrypt", context: { ...rule, ...queue } };
    expect(contextsSentBy(here, request)).toEqual([queue, { ...ownAccount, ...rule, ...queue }]);
});

test("parameters of a request stay, whatever the service sends", () => {
    const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };
    const source = { "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/a" };
    const request = {
        principal: "cloudtrail.amazonaws.com",
        action: "s3:PutObject",
        context: { ...acl, ...source },
    };
    expect(contextsSentBy(here, request)).toEqual([{ ...acl, ...source }]);
});

test("the principal of CloudWatch Logs has the Region of the plan", () => {
    const context = { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:a" };
    const request = { principal: "logs.eu-west-1.amazonaws.com", action: "kms:Encrypt", context };
    expect(contextsSentBy(here, request)).toEqual([context]);
    expect(contextsSentBy({ ...here, region: "us-east-1" }, request)).toEqual([]);
});

test("a role's request keeps its context", () => {
    const request = { principal: "arn:aws:iam::123456789012:role/a", action: "sqs:SendMessage", context: rule };
    expect(contextsSentBy(here, request)).toEqual([rule]);
});

test("a call without a row has no context", () => {
    expect(contextsSentBy(here, { principal: "budgets.amazonaws.com", action: "sns:Publish" })).toEqual([]);
    expect(contextsSentBy(here, { principal: "sns.amazonaws.com", action: "kms:Decrypt", context: topic })).toEqual([]);
});

test("a pattern for actions finds every row that it could be", () => {
    const rows = serviceCallsOf(here.region, "events.amazonaws.com", "kms:GenerateDataKey*");
    expect(rows.flatMap(({ sends }) => sends)).toEqual([...Object.keys(topic), ...Object.keys(queue)]);
});

test("each row cites a page of AWS, sends the account or says why that is safe, and no key is both sent and doubtful", () => {
    for (const { principal, actions, sends, maySend = [], safeWithoutAccount, source } of serviceCalls) {
        expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html/);
        expect([principal, actions, sends.length > 0 || safeWithoutAccount !== undefined]).toEqual([
            principal,
            actions,
            true,
        ]);
        expect(sends.filter((key) => maySend.includes(key))).toEqual([]);
    }
});
