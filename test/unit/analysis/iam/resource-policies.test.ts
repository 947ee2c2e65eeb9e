import { expect, test } from "@jest/globals";
import { policiesAttachedTo } from "../../../../analysis/iam/resource-policies.ts";
import { findNode } from "../../../recorder.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs } from "../../checks/fault.ts";

const table = ["payment-transactions-prod", "aws:dynamodb/table:Table"] as const;

test.each([
    ["payment-audit-prod", "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"],
    ["payment-processing-prod", "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"],
    ["payment-alerts-critical-prod", "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"],
])("the policy of %s is found by its %s", async (name, type, policyType) => {
    const plan = await planTestStack("prod");
    expect(policiesAttachedTo(plan, findNode(plan, name, type)).map((policy) => policy.type)).toEqual([policyType]);
});

test("a resource has neither the policy of another type nor that of another resource", async () => {
    const plan = await planTestStack("prod");
    expect(policiesAttachedTo(plan, findNode(plan, ...table))).toEqual([]);
    const elsewhere = changeInputs("aws:sqs/queuePolicy:QueuePolicy", "payment-processing-prod", {
        queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/other",
    })(plan);
    expect(
        policiesAttachedTo(elsewhere, findNode(elsewhere, "payment-processing-prod", "aws:sqs/queue:Queue")),
    ).toEqual([]);
});
