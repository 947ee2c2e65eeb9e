import type { PlanNode } from "../../plan/plan.ts";
import { all, arnLike, arnOf, isTree, keysOf, look, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { many, statementsIn } from "../../analysis/iam/statements.ts";

/** Patterns of the log groups that a key admits. */
const admitted = (key: PlanNode | undefined): string[] =>
    key === undefined
        ? []
        : statementsIn(text(key, "policy"))
              .filter(
                  ({ Principal }) =>
                      isTree(Principal) && /^logs\.[a-z0-9-]+\.amazonaws\.com$/.test(String(Principal.Service)),
              )
              .flatMap(({ Condition }) => many(Condition?.ArnLike?.["kms:EncryptionContext:aws:logs:arn"]));

const daysOf = (values: unknown, path: string): number => Number(look(values, path) ?? NaN);

export const retentionRules: readonly Rule[] = [
    {
        name: "records-kept-as-set",
        promise: "records are kept as long as the stack says, and S3 takes the rule",
        fix: "Expire objects after `logs.auditRetentionDays`, and leave out moves that come no sooner.",
        controls: ["PCI-10.5.1", "S3.10", "S3.13", "CKV2_AWS_61"],
        about: ["s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"],
        check: (plan, { logs }) =>
            unless(
                all(plan, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
                ({ inputs }) => {
                    const rule = look(inputs, "rules.0");
                    const transitions = look(rule, "transitions");
                    const steps = Array.isArray(transitions) ? transitions.map((step) => daysOf(step, "days")) : [];
                    const days = daysOf(rule, "expiration.days");
                    // S3 refuses a rule whose objects go before their last move.
                    return (
                        days === logs.auditRetentionDays &&
                        steps.every((step) => step < days) &&
                        look(rule, "status") === "Enabled"
                    );
                },
                `expire after ${logs.auditRetentionDays} days, later than each move to a colder tier`,
            ),
    },
    {
        name: "records-lockable",
        promise: "records can be locked by an operator",
        fix: "Set `objectLockEnabled` on the bucket, without a default retention.",
        controls: ["S3.15", "CKV_AWS_143"],
        about: ["s3/bucket:Bucket"],
        check: (plan) =>
            unless(
                all(plan, "s3/bucket:Bucket").filter(({ name }) => name.startsWith("payment-audit-")),
                ({ inputs }) => look(inputs, "objectLockEnabled") === true,
                "have object lock",
            ),
    },
    {
        name: "transactions-kept-as-set",
        promise: "a transaction is kept as long as the stack says, and can be brought back where it says so",
        fix: "Take lifetime and point-in-time recovery of the table from `transactions` in the settings.",
        controls: ["PCI-3.2.1", "DynamoDB.2", "CKV_AWS_28"],
        about: ["dynamodb/table:Table", "lambda/function:Function"],
        check: (plan, settings) => {
            const { pointInTimeRecovery, retentionDays } = settings.transactions;
            const tables = all(plan, "dynamodb/table:Table");
            const writers = all(plan, "lambda/function:Function").filter(({ inputs }) =>
                tables.some((table) => look(inputs, "environment.variables.TABLE_NAME") === table.inputs.name),
            );
            return [
                ...unlessStack(tables.length > 0, "there is no table"),
                ...unlessStack(writers.length > 0, "no function writes to the table"),
                ...unless(
                    tables,
                    ({ inputs }) =>
                        look(inputs, "ttl.enabled") === true && look(inputs, "ttl.attributeName") === "expires_at",
                    "let go what has expired",
                ),
                ...unless(
                    writers,
                    ({ inputs }) => look(inputs, "environment.variables.RECORD_TTL_DAYS") === `${retentionDays}`,
                    `let a transaction expire after ${retentionDays} days`,
                ),
                ...unless(
                    tables,
                    ({ inputs }) => look(inputs, "pointInTimeRecovery.enabled") === pointInTimeRecovery,
                    `have point-in-time recovery ${pointInTimeRecovery}`,
                ),
            ];
        },
    },
    {
        name: "logs-kept-as-set",
        promise: "every log is kept as long as the stack says, under a key that admits it",
        fix: "Take the retention from `logs` in the settings, and give the group a name that the policy of its key admits.",
        controls: ["PCI-10.5.1", "CloudWatch.16", "CKV_AWS_66", "CKV_AWS_158"],
        about: ["cloudwatch/logGroup:LogGroup"],
        check: (plan, { logs }) => {
            const keys = keysOf(plan);
            const groups = all(plan, "cloudwatch/logGroup:LogGroup");
            const days = (node: PlanNode) =>
                text(node, "name").startsWith("/cloudtrail/") ? logs.auditRetentionDays : logs.applicationRetentionDays;
            return [
                ...unlessStack(groups.length > 0, "there are no log groups"),
                ...unless(
                    groups,
                    (node) => node.inputs.retentionInDays === days(node),
                    (node) => `keep ${days(node)} days`,
                ),
                ...unless(
                    groups,
                    (node) =>
                        admitted(keys.get(text(node, "kmsKeyId"))).some((pattern) => arnLike(arnOf(node), pattern)),
                    (node) => `have a key that admits ${arnOf(node)}`,
                ),
            ];
        },
    },
];
