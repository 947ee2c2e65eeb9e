import { given, type Configuration } from "../configuration.ts";

export const auditConfiguration: readonly Configuration[] = [
    {
        name: "uploads-aborted",
        promise: "uploads that never end are cleared away",
        fix: "Add abortIncompleteMultipartUpload to the rule.",
        controls: ["CKV_AWS_300"],
        types: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
        expects: [
            {
                path: "rules.0.abortIncompleteMultipartUpload.daysAfterInitiation",
                is: (value) => Number(value) >= 1,
                must: "give up unfinished uploads",
            },
        ],
    },
    {
        name: "trail-complete",
        promise: "the trail covers all regions, proves that nobody changed it and is searchable",
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
        types: ["cloudtrail/trail:Trail"],
        optional: true,
        expects: [
            { path: "isMultiRegionTrail", is: true },
            { path: "includeGlobalServiceEvents", is: true },
            { path: "enableLogFileValidation", is: true },
            { path: "enableLogging", is: (value) => value !== false, must: "be on" },
            { path: "cloudWatchLogsGroupArn", is: given },
        ],
    },
    {
        name: "keys-described",
        promise: "every key is on, says what it protects and can be managed",
        fix: "Give the key a description, and leave isEnabled and bypassPolicyLockoutSafetyCheck alone.",
        controls: [
            "CKV_AWS_227",
            "aws-kms-key-missing-description",
            "aws-kms-key-disallow-bypass-policy-lockout-safety-check",
        ],
        types: ["kms/key:Key"],
        expects: [
            { path: "description", is: given },
            { path: "isEnabled", is: (value) => value !== false, must: "be on" },
            {
                path: "bypassPolicyLockoutSafetyCheck",
                is: (value) => value !== true,
                must: "refuse a policy that locks all out",
            },
        ],
    },
    {
        name: "secrets-described",
        promise: "every secret says what it opens",
        fix: "Give the secret a description.",
        controls: ["aws-secretsmanager-secret-missing-description"],
        types: ["secretsmanager/secret:Secret"],
        expects: [{ path: "description", is: given }],
    },
    {
        name: "no-administrators",
        promise: "no role has a policy of AWS that lets it do everything",
        fix: "Grant the actions that are needed, on the resources that are.",
        controls: ["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
        types: ["iam/rolePolicyAttachment:RolePolicyAttachment"],
        optional: true,
        expects: [
            {
                path: "policyArn",
                is: (value) => !/(Administrator|FullAccess|PowerUser)/.test(String(value)),
                must: "grant less",
            },
        ],
    },
];
