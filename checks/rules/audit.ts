import { arnOf, findingsUnless, getPath, itemsOf, resourcesOfType, textAtPath, toText } from "../../plan/query.ts";
import { hasEventReport } from "../event-reports.ts";
import { isNonEmptyText, requireInputs, unjudgedPaths } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

/** Whether a selector of a trail takes all management events: any further field would exclude some. */
const selectsManagement = (selector: unknown): boolean => {
    const [field, ...others] = itemsOf(getPath(selector, "fieldSelectors"));
    return (
        others.length === 0 &&
        textAtPath(field, "field") === "eventCategory" &&
        toText(getPath(field, "equals") ?? []) === '["Management"]' &&
        unjudgedPaths(field, ["field", "equals"]).length === 0
    );
};

export const auditRules: readonly Rule[] = [
    {
        name: "uploads-aborted",
        description: "Lifecycle rules abort incomplete multipart uploads",
        fix: "Add abortIncompleteMultipartUpload to the rule.",
        check: requireInputs({
            types: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
            inputs: [
                {
                    path: "rules.*.abortIncompleteMultipartUpload.daysAfterInitiation",
                    expected: (value) => Number(value) >= 1,
                    requirement: "abort incomplete multipart uploads",
                },
            ],
        }),
    },
    {
        name: "trail-complete",
        description:
            "CloudTrail logs all management events of all regions, validates log files and sends events to CloudWatch Logs",
        fix: "Set the input to the value in the finding, or leave it out.",
        check: requireInputs({
            types: ["cloudtrail/trail:Trail"],
            isOptional: true,
            inputs: [
                { path: "isMultiRegionTrail", expected: true },
                { path: "includeGlobalServiceEvents", expected: true },
                { path: "enableLogFileValidation", expected: true },
                { path: "enableLogging", expected: (value) => value !== false, requirement: "be enabled" },
                { path: "cloudWatchLogsGroupArn", expected: isNonEmptyText },
                {
                    path: "advancedEventSelectors",
                    expected: (selectors) => selectors === undefined || itemsOf(selectors).some(selectsManagement),
                    requirement: "log all management events",
                },
            ],
            otherInputs: ["cloudWatchLogsRoleArn", "kmsKeyId", "name", "s3BucketName", "s3KeyPrefix"],
        }),
    },
    {
        name: "keys-described",
        description: "Every KMS key is enabled, has a description and keeps the policy lockout safety check",
        fix: "Give the key a description, and leave isEnabled and bypassPolicyLockoutSafetyCheck alone.",
        check: requireInputs({
            types: ["kms/key:Key"],
            inputs: [
                { path: "description", expected: isNonEmptyText },
                { path: "isEnabled", expected: (value) => value !== false, requirement: "be enabled" },
                {
                    path: "bypassPolicyLockoutSafetyCheck",
                    expected: (value) => value !== true,
                    requirement: "keep the policy lockout safety check",
                },
            ],
        }),
    },
    {
        name: "key-loss-reported",
        description: "Whoever disables a KMS key of the stack, or schedules its deletion, is reported",
        fix: "Name the key's ARN in an EventBridge rule on `DisableKey` and `ScheduleKeyDeletion` that notifies a topic, without another condition.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "kms/key:Key"),
                (key) =>
                    hasEventReport(
                        plan,
                        { source: "aws.kms", calls: ["DisableKey", "ScheduleKeyDeletion"], by: "detail.resources.ARN" },
                        (_, pattern) => itemsOf(getPath(pattern, "detail.resources.ARN")).includes(arnOf(key)),
                    ),
                "have an EventBridge rule that notifies a topic of `DisableKey` and `ScheduleKeyDeletion`",
            ),
    },
    {
        name: "secrets-described",
        description: "Every secret has a description",
        fix: "Give the secret a description.",
        check: requireInputs({
            types: ["secretsmanager/secret:Secret"],
            inputs: [{ path: "description", expected: isNonEmptyText }],
        }),
    },
    {
        name: "no-administrators",
        description: "No role has an AWS managed policy with administrator, power user or full access",
        fix: "Grant the required actions on the required resources.",
        check: requireInputs({
            types: ["iam/rolePolicyAttachment:RolePolicyAttachment"],
            isOptional: true,
            inputs: [
                {
                    path: "policyArn",
                    expected: (value) => !/(Administrator|FullAccess|PowerUser)/.test(String(value)),
                    requirement: "grant no administrator, power user or full access",
                },
            ],
        }),
    },
];
