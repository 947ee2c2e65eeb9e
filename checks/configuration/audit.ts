import { isNonEmptyText, type ConfigurationRule } from "../configuration.ts";

export const auditConfigurationRules: readonly ConfigurationRule[] = [
    {
        name: "uploads-aborted",
        description: "uploads that never end are cleared away",
        fix: "Add abortIncompleteMultipartUpload to the rule.",
        controls: ["CKV_AWS_300"],
        resourceTypes: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
        expectedInputs: [
            {
                path: "rules.0.abortIncompleteMultipartUpload.daysAfterInitiation",
                expected: (value) => Number(value) >= 1,
                requirement: "give up unfinished uploads",
            },
        ],
    },
    {
        name: "trail-complete",
        description: "the trail covers all regions, proves that nobody changed it and is searchable",
        fix: "Set the input to the value that the rule names.",
        controls: [
            "CloudTrail.1",
            "CloudTrail.3",
            "CKV_AWS_67",
            "CKV_AWS_251",
            "CloudTrail.4",
            "CKV_AWS_36",
            "CloudTrail.5",
            "CKV2_AWS_10",
        ],
        resourceTypes: ["cloudtrail/trail:Trail"],
        isOptional: true,
        expectedInputs: [
            { path: "isMultiRegionTrail", expected: true },
            { path: "includeGlobalServiceEvents", expected: true },
            { path: "enableLogFileValidation", expected: true },
            { path: "enableLogging", expected: (value) => value !== false, requirement: "be on" },
            { path: "cloudWatchLogsGroupArn", expected: isNonEmptyText },
        ],
    },
    {
        name: "keys-described",
        description: "every key is on, says what it protects and can be managed",
        fix: "Give the key a description, and leave isEnabled and bypassPolicyLockoutSafetyCheck alone.",
        controls: [
            "CKV_AWS_227",
            "aws-kms-key-missing-description",
            "aws-kms-key-disallow-bypass-policy-lockout-safety-check",
        ],
        resourceTypes: ["kms/key:Key"],
        expectedInputs: [
            { path: "description", expected: isNonEmptyText },
            { path: "isEnabled", expected: (value) => value !== false, requirement: "be on" },
            {
                path: "bypassPolicyLockoutSafetyCheck",
                expected: (value) => value !== true,
                requirement: "refuse a policy that locks all out",
            },
        ],
    },
    {
        name: "secrets-described",
        description: "every secret says what it opens",
        fix: "Give the secret a description.",
        controls: ["aws-secretsmanager-secret-missing-description"],
        resourceTypes: ["secretsmanager/secret:Secret"],
        expectedInputs: [{ path: "description", expected: isNonEmptyText }],
    },
    {
        name: "no-administrators",
        description: "no role has a policy of AWS that lets it do everything",
        fix: "Grant the actions that are needed, on the resources that are.",
        controls: ["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
        resourceTypes: ["iam/rolePolicyAttachment:RolePolicyAttachment"],
        isOptional: true,
        expectedInputs: [
            {
                path: "policyArn",
                expected: (value) => !/(Administrator|FullAccess|PowerUser)/.test(String(value)),
                requirement: "grant less",
            },
        ],
    },
];
