import { isNonEmptyText, requireInputs } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

export const auditRules: readonly Rule[] = [
    {
        name: "uploads-aborted",
        description: "uploads that never end are cleared away",
        fix: "Add abortIncompleteMultipartUpload to the rule.",
        check: requireInputs({
            types: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
            inputs: [
                {
                    path: "rules.0.abortIncompleteMultipartUpload.daysAfterInitiation",
                    expected: (value) => Number(value) >= 1,
                    requirement: "give up unfinished uploads",
                },
            ],
        }),
    },
    {
        name: "trail-complete",
        description: "the trail covers all regions, proves that nobody changed it and is searchable",
        fix: "Set the input to the value that the rule names.",
        check: requireInputs({
            types: ["cloudtrail/trail:Trail"],
            isOptional: true,
            inputs: [
                { path: "isMultiRegionTrail", expected: true },
                { path: "includeGlobalServiceEvents", expected: true },
                { path: "enableLogFileValidation", expected: true },
                { path: "enableLogging", expected: (value) => value !== false, requirement: "be on" },
                { path: "cloudWatchLogsGroupArn", expected: isNonEmptyText },
            ],
        }),
    },
    {
        name: "keys-described",
        description: "every key is on, says what it protects and can be managed",
        fix: "Give the key a description, and leave isEnabled and bypassPolicyLockoutSafetyCheck alone.",
        check: requireInputs({
            types: ["kms/key:Key"],
            inputs: [
                { path: "description", expected: isNonEmptyText },
                { path: "isEnabled", expected: (value) => value !== false, requirement: "be on" },
                {
                    path: "bypassPolicyLockoutSafetyCheck",
                    expected: (value) => value !== true,
                    requirement: "refuse a policy that locks all out",
                },
            ],
        }),
    },
    {
        name: "secrets-described",
        description: "every secret says what it opens",
        fix: "Give the secret a description.",
        check: requireInputs({
            types: ["secretsmanager/secret:Secret"],
            inputs: [{ path: "description", expected: isNonEmptyText }],
        }),
    },
    {
        name: "no-administrators",
        description: "no role has a policy of AWS that lets it do everything",
        fix: "Grant the actions that are needed, on the resources that are.",
        check: requireInputs({
            types: ["iam/rolePolicyAttachment:RolePolicyAttachment"],
            isOptional: true,
            inputs: [
                {
                    path: "policyArn",
                    expected: (value) => !/(Administrator|FullAccess|PowerUser)/.test(String(value)),
                    requirement: "grant less",
                },
            ],
        }),
    },
];
