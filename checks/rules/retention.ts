import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    kmsKeysByArn,
    getPath,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
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
                      /^logs\.[a-z0-9-]+\.amazonaws\.com$/.test(String(Principal.Service)),
              )
              .flatMap(({ Condition }) => toArray(Condition?.ArnLike?.["kms:EncryptionContext:aws:logs:arn"]));

const daysAt = (values: unknown, path: string): number => Number(getPath(values, path) ?? NaN);

export const retentionRules: readonly Rule[] = [
    {
        name: "records-kept-as-set",
        description: "Objects in buckets expire after the retention that the stack sets",
        fix: "Expire objects after `logs.auditRetentionDays`, without a transition on that day or later.",
        check: (plan, { logs }) =>
            findingsUnless(
                resourcesOfType(plan, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
                ({ inputs }) => {
                    const rule = getPath(inputs, "rules.0");
                    const transitions = getPath(rule, "transitions");
                    const steps = Array.isArray(transitions) ? transitions.map((step) => daysAt(step, "days")) : [];
                    const days = daysAt(rule, "expiration.days");
                    // S3 rejects a rule with an expiration before its last transition.
                    return (
                        days === logs.auditRetentionDays &&
                        steps.every((step) => step < days) &&
                        getPath(rule, "status") === "Enabled"
                    );
                },
                `have an enabled rule that expires objects after ${logs.auditRetentionDays} days, later than each transition`,
            ),
    },
    {
        name: "records-lockable",
        description: "The audit bucket has S3 Object Lock enabled",
        fix: "Set `objectLockEnabled` on the bucket, without a default retention.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "s3/bucket:Bucket").filter(({ name }) => name.startsWith("payment-audit-")),
                ({ inputs }) => getPath(inputs, "objectLockEnabled") === true,
                "have objectLockEnabled true",
            ),
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
