import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    arnOf,
    findingsUnless,
    getPath,
    inputText,
    itemsOf,
    resourcesOfType,
    splitPart,
    textAtPath,
    toText,
} from "../../plan/query.ts";
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

/** What takes a key from its users. */
const keyCalls = {
    source: "aws.kms",
    names: ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"],
    by: "detail.resources.ARN",
} as const;

/** A caller may name a trail either way. */
const trailNames = (trail: PlanNode): string[] => [inputText(trail, "name"), arnOf(trail)];

/** What ends a trail's recording, or deletes what it recorded, with the parameter that names the part and its values. */
const trailCalls = [
    {
        source: "aws.cloudtrail",
        names: ["StopLogging", "DeleteTrail", "UpdateTrail"],
        parameter: "name",
        namesOf: trailNames,
    },
    {
        source: "aws.cloudtrail",
        names: ["PutEventSelectors"],
        parameter: "trailName",
        namesOf: trailNames,
    },
    {
        source: "aws.logs",
        names: ["DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"],
        parameter: "logGroupName",
        namesOf: (trail: PlanNode) =>
            [splitPart(inputText(trail, "cloudWatchLogsGroupArn"), ":", 6)].filter((name) => name !== ""),
    },
    {
        source: "aws.s3",
        names: ["PutBucketPolicy", "DeleteBucketPolicy"],
        parameter: "bucketName",
        namesOf: (trail: PlanNode) => [inputText(trail, "s3BucketName")],
    },
] as const;

/** Whether one of a pattern's alternatives asks for a parameter of the request alone, and has all these values of it. */
const namesParameter = (alternatives: unknown, parameter: string, values: readonly string[]): boolean => {
    const path = `requestParameters.${parameter}`;
    return itemsOf(alternatives).some((alternative) => {
        const named = itemsOf(getPath(alternative, path));
        return values.every((value) => named.includes(value)) && unjudgedPaths(alternative, [path]).length === 0;
    });
};

const isTrailChangeReported = (trail: PlanNode, plan: Plan): boolean =>
    trailCalls.every(({ parameter, namesOf, ...reported }) =>
        hasEventReport(plan, { ...reported, by: "detail.$or" }, (alternatives) =>
            namesParameter(alternatives, parameter, namesOf(trail)),
        ),
    );

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
        description:
            "Whoever disables a KMS key of the stack, schedules its deletion or changes its policy is reported",
        fix: "Name the key's ARN in an EventBridge rule on `DisableKey`, `ScheduleKeyDeletion` and `PutKeyPolicy` that notifies a topic, without another condition.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "kms/key:Key"),
                (key) => hasEventReport(plan, keyCalls, (arns) => itemsOf(arns).includes(arnOf(key))),
                "have an EventBridge rule that notifies a topic of `DisableKey`, `ScheduleKeyDeletion` and `PutKeyPolicy`",
            ),
    },
    {
        name: "trail-change-reported",
        description:
            "Whoever stops, changes or deletes the stack's trail, deletes from its log group or changes who may use its bucket is reported",
        fix: "Name the trail, its log group and its bucket in an EventBridge rule that notifies a topic, as lib/monitoring.ts does.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "cloudtrail/trail:Trail"),
                (trail) => isTrailChangeReported(trail, plan),
                "have an EventBridge rule that notifies a topic of what ends its recording",
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
        check: requireInputs(
            ...[
                ["iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn"],
                ["iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "policyArns"],
                ["iam/role:Role", "managedPolicyArns"],
            ].map(([type = "", path = ""]) => ({
                types: [type],
                isOptional: true as const,
                inputs: [
                    {
                        path,
                        expected: (value: unknown) => !/(Administrator|FullAccess|PowerUser)/.test(String(value)),
                        requirement: "grant no administrator, power user or full access",
                    },
                ],
            })),
        ),
    },
];
