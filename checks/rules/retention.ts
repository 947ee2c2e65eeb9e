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

/** Patterns of the log groups that a key admits. */
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
        description: "records are kept as long as the stack says, and S3 takes the rule",
        fix: "Expire objects after `logs.auditRetentionDays`, and leave out moves that come no sooner.",
        controls: ["PCI-10.5.1", "S3.10", "S3.13", "CKV2_AWS_61"],
        resourceTypes: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
        check: (plan, { logs }) =>
            findingsUnless(
                resourcesOfType(plan, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
                ({ inputs }) => {
                    const rule = getPath(inputs, "rules.0");
                    const transitions = getPath(rule, "transitions");
                    const steps = Array.isArray(transitions) ? transitions.map((step) => daysAt(step, "days")) : [];
                    const days = daysAt(rule, "expiration.days");
                    // S3 refuses a rule whose objects go before their last move.
                    return (
                        days === logs.auditRetentionDays &&
                        steps.every((step) => step < days) &&
                        getPath(rule, "status") === "Enabled"
                    );
                },
                `expire after ${logs.auditRetentionDays} days, later than each move to a colder tier`,
            ),
    },
    {
        name: "records-lockable",
        description: "records can be locked by an operator",
        fix: "Set `objectLockEnabled` on the bucket, without a default retention.",
        controls: ["S3.15", "CKV_AWS_143"],
        resourceTypes: ["s3/bucket:Bucket"],
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "s3/bucket:Bucket").filter(({ name }) => name.startsWith("payment-audit-")),
                ({ inputs }) => getPath(inputs, "objectLockEnabled") === true,
                "have object lock",
            ),
    },
    {
        name: "transactions-kept-as-set",
        description: "a transaction is kept as long as the stack says, and can be brought back where it says so",
        fix: "Take lifetime and point-in-time recovery of the table from `transactions` in the settings.",
        controls: ["PCI-3.2.1", "DynamoDB.2", "CKV_AWS_28"],
        resourceTypes: ["dynamodb/table:Table", "lambda/function:Function"],
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
                    "let go what has expired",
                ),
                ...findingsUnless(
                    writers,
                    ({ inputs }) => getPath(inputs, "environment.variables.RECORD_TTL_DAYS") === `${retentionDays}`,
                    `let a transaction expire after ${retentionDays} days`,
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
        description: "every log is kept as long as the stack says, under a key that admits it",
        fix: "Take the retention from `logs` in the settings, and give the group a name that the policy of its key admits.",
        controls: ["PCI-10.5.1", "CloudWatch.16", "CKV_AWS_66", "CKV_AWS_158"],
        resourceTypes: ["cloudwatch/logGroup:LogGroup"],
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
                    (node) => `keep ${days(node)} days`,
                ),
                ...findingsUnless(
                    groups,
                    (node) =>
                        allowedLogGroupPatterns(keys.get(inputText(node, "kmsKeyId"))).some((pattern) =>
                            matchesArnPattern(arnOf(node), pattern),
                        ),
                    (node) => `have a key that admits ${arnOf(node)}`,
                ),
            ];
        },
    },
];
