import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    kmsKeysByArn,
    getPath,
    inputText,
    itemsOf,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import { unjudgedPaths } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { toArray, parseStatements } from "../../analysis/iam/statements.ts";
import { matchesArnPattern } from "../../analysis/iam/wildcards.ts";

/** ARN patterns of the log groups that a key policy allows. */
const allowedLogGroupPatterns = (key: PlanNode | undefined): string[] =>
    key === undefined
        ? []
        : parseStatements(inputText(key, "policy"))
              .filter(
                  ({ Principal }) =>
                      isObjectOrArray(Principal) &&
                      /^logs\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(String(Principal.Service)),
              )
              .flatMap(({ Condition }) => toArray(Condition?.ArnLike?.["kms:EncryptionContext:aws:logs:arn"]));

const daysAt = (values: unknown, path: string): number => Number(getPath(values, path) ?? NaN);

/** Days of the default retention of a bucket's objects in governance mode; 0 without one. */
function lockedDays(plan: Plan, bucket: PlanNode): number {
    const [retention] = resourcesOfType(plan, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
        .filter((node) => inputText(node, "bucket") === inputText(bucket, "bucket"))
        .map(({ inputs }) => getPath(inputs, "rule.defaultRetention"));
    return getPath(retention, "mode") === "GOVERNANCE" ? daysAt(retention, "days") : 0;
}

/** What a rule of a lifecycle configuration may have. */
const lifecycleParts = [
    "id",
    "status",
    "filter",
    "expiration.days",
    "noncurrentVersionExpiration.noncurrentDays",
    "transitions.*.days",
    "transitions.*.storageClass",
    "abortIncompleteMultipartUpload",
];

/** Whether a rule of a lifecycle configuration expires all objects, and deleted ones, after these days. */
const keepsRecordsFor = (rule: unknown, days: number): boolean =>
    getPath(rule, "status") === "Enabled" &&
    itemsOf(getPath(rule, "filter")).length === 0 &&
    daysAt(rule, "expiration.days") === days &&
    daysAt(rule, "noncurrentVersionExpiration.noncurrentDays") === days &&
    // S3 rejects a rule with an expiration before its last transition.
    itemsOf(getPath(rule, "transitions")).every((step) => daysAt(step, "days") < days) &&
    unjudgedPaths(rule, lifecycleParts).length === 0;

export const retentionRules: readonly Rule[] = [
    {
        name: "records-kept-as-set",
        description:
            "Objects in buckets expire after the retention that the stack sets, and deleted ones are kept as long",
        fix: "Expire objects and noncurrent versions after `logs.auditRetentionDays`, without a filter, another limit or a transition on that day or later.",
        check: (plan, { logs }) =>
            findingsUnless(
                resourcesOfType(plan, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
                ({ inputs }) => {
                    const rules = itemsOf(inputs.rules);
                    // Of several rules S3 follows the one that expires an object first.
                    return rules.length > 0 && rules.every((rule) => keepsRecordsFor(rule, logs.auditRetentionDays));
                },
                `have only enabled rules that expire all objects and noncurrent versions after ${logs.auditRetentionDays} days, later than each transition`,
            ),
    },
    {
        name: "records-lockable",
        description: "The audit bucket has S3 Object Lock, with the default retention that the stack sets",
        fix: "Set `objectLockEnabled` on the bucket, and its default retention from `audit.objectLock` and `logs.auditRetentionDays`.",
        check: (plan, { audit, logs }) => {
            const days = audit.objectLock ? logs.auditRetentionDays : 0;
            const buckets = resourcesOfType(plan, "s3/bucket:Bucket").filter(({ name }) =>
                name.startsWith("payment-audit-"),
            );
            return [
                ...findingsUnless(
                    buckets,
                    ({ inputs }) => getPath(inputs, "objectLockEnabled") === true,
                    "have objectLockEnabled true",
                ),
                ...findingsUnless(
                    buckets,
                    (bucket) => lockedDays(plan, bucket) === days,
                    `lock new objects for ${days} days in governance mode`,
                ),
            ];
        },
    },
    {
        name: "config-bucket-unlocked",
        description: "AWS Config delivers to a bucket without S3 Object Lock, the only kind that it supports",
        fix: "Leave `objectLockDays` of the bucket out.",
        check: (plan) => {
            const named = resourcesOfType(plan, "cfg/deliveryChannel:DeliveryChannel").map((channel) =>
                inputText(channel, "s3BucketName"),
            );
            return findingsUnless(
                resourcesOfType(plan, "s3/bucket:Bucket").filter((bucket) =>
                    named.includes(inputText(bucket, "bucket")),
                ),
                (bucket) => bucket.inputs.objectLockEnabled !== true && lockedDays(plan, bucket) === 0,
                "have no Object Lock",
            );
        },
    },
    {
        name: "transactions-kept-as-set",
        description: "The transactions table has the retention and the point-in-time recovery that the stack sets",
        fix: "Set TTL and point-in-time recovery of the table from `transactions` in the settings.",
        check: (plan, settings) => {
            const { pointInTimeRecovery, retentionDays } = settings.transactions;
            const tables = resourcesOfType(plan, "dynamodb/table:Table");
            const writers = resourcesOfType(plan, "lambda/function:Function").filter(({ inputs }) =>
                tables.some((table) => getPath(inputs, "environment.variables.TABLE_NAME") === table.inputs.name),
            );
            return [
                ...stackFindingUnless(tables.length > 0, "there is no table"),
                ...stackFindingUnless(writers.length > 0, "no function writes to the table"),
                ...findingsUnless(
                    tables,
                    ({ inputs }) =>
                        getPath(inputs, "ttl.enabled") === true &&
                        getPath(inputs, "ttl.attributeName") === "expires_at",
                    "have TTL enabled on expires_at",
                ),
                ...findingsUnless(
                    writers,
                    ({ inputs }) => getPath(inputs, "environment.variables.RECORD_TTL_DAYS") === `${retentionDays}`,
                    `set RECORD_TTL_DAYS to ${retentionDays}`,
                ),
                ...findingsUnless(
                    tables,
                    ({ inputs }) => getPath(inputs, "pointInTimeRecovery.enabled") === pointInTimeRecovery,
                    `have point-in-time recovery ${pointInTimeRecovery}`,
                ),
            ];
        },
    },
    {
        name: "logs-kept-as-set",
        description: "Every log group has the retention that the stack sets, and a KMS key that allows it",
        fix: "Set the retention from `logs` in the settings, and name the log group so that the policy of its key allows it.",
        check: (plan, { logs }) => {
            const keys = kmsKeysByArn(plan);
            const groups = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup");
            const days = (node: PlanNode) =>
                inputText(node, "name").startsWith("/cloudtrail/")
                    ? logs.auditRetentionDays
                    : logs.applicationRetentionDays;
            return [
                ...stackFindingUnless(groups.length > 0, "there are no log groups"),
                ...findingsUnless(
                    groups,
                    (node) => node.inputs.retentionInDays === days(node),
                    (node) => `keep logs for ${days(node)} days`,
                ),
                ...findingsUnless(
                    groups,
                    (node) =>
                        allowedLogGroupPatterns(keys.get(inputText(node, "kmsKeyId"))).some((pattern) =>
                            matchesArnPattern(arnOf(node), pattern),
                        ),
                    (node) => `have a KMS key whose policy allows ${arnOf(node)}`,
                ),
            ];
        },
    },
];
