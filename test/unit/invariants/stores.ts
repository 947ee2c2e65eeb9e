import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { all, arnLike, arnOf, isTree, look, text, unless, type Invariants } from "../../../policies/look.ts";
import { many, statementsIn } from "./policies.ts";

/** What holds data, and the inputs that name its key. */
const keyed: readonly (readonly [type: string, ...paths: string[]])[] = [
    ["rds/cluster:Cluster", "kmsKeyId", "masterUserSecretKmsKeyId"],
    ["elasticache/replicationGroup:ReplicationGroup", "kmsKeyId"],
    ["sqs/queue:Queue", "kmsMasterKeyId"],
    ["sns/topic:Topic", "kmsMasterKeyId"],
    ["cloudwatch/logGroup:LogGroup", "kmsKeyId"],
    ["cloudtrail/trail:Trail", "kmsKeyId"],
    ["secretsmanager/secret:Secret", "kmsKeyId"],
    ["ecr/repository:Repository", "encryptionConfigurations.0.kmsKey"],
    ["dynamodb/table:Table", "serverSideEncryption.kmsKeyArn"],
    ["lambda/function:Function", "kmsKeyArn"],
    ["cfg/deliveryChannel:DeliveryChannel", "s3KmsKeyArn"],
];

/** Flags without which a key alone does nothing. */
const flagged: readonly (readonly [type: string, path: string, value: unknown])[] = [
    ["rds/cluster:Cluster", "storageEncrypted", true],
    ["rds/cluster:Cluster", "manageMasterUserPassword", true],
    ["elasticache/replicationGroup:ReplicationGroup", "atRestEncryptionEnabled", true],
    ["elasticache/replicationGroup:ReplicationGroup", "transitEncryptionEnabled", true],
    ["elasticache/replicationGroup:ReplicationGroup", "transitEncryptionMode", "required"],
    ["dynamodb/table:Table", "serverSideEncryption.enabled", true],
    ["ecr/repository:Repository", "encryptionConfigurations.0.encryptionType", "KMS"],
    ["ecr/repository:Repository", "imageTagMutability", "IMMUTABLE"],
    ["kms/key:Key", "enableKeyRotation", true],
    ["s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", "Enabled"],
    ["s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "BucketOwnerEnforced"],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicAcls", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicPolicy", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "ignorePublicAcls", true],
    ["s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "restrictPublicBuckets", true],
];

/** Each bucket has one of each. */
const ofEachBucket = [
    "s3/bucketVersioning:BucketVersioning",
    "s3/bucketOwnershipControls:BucketOwnershipControls",
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "s3/bucketPolicy:BucketPolicy",
];

/** Load balancers and S3 deliver access logs to buckets with S3's own key only. */
const hearsOfAccess = (node: PlanNode) => node.name.startsWith("payment-access-logs-");

const keysOf = (plan: Plan) => new Map(all(plan, "kms/key:Key").map((key) => [arnOf(key), key]));

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

export const storeInvariants: Invariants = {
    "everything that keeps data is encrypted with a key of the platform": (plan) => {
        const keys = keysOf(plan);
        const encryption = all(
            plan,
            "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        );
        const path = "rules.0.applyServerSideEncryptionByDefault";
        return [
            ...keyed.flatMap(([type, ...paths]) =>
                paths.flatMap((each) =>
                    unless(all(plan, type), (node) => keys.has(text(node, each)), `have a key as ${each}`),
                ),
            ),
            ...unless(
                encryption.filter((node) => !hearsOfAccess(node)),
                (node) =>
                    text(node, `${path}.sseAlgorithm`) === "aws:kms" && keys.has(text(node, `${path}.kmsMasterKeyId`)),
                "encrypt with a key of the platform",
            ),
            ...unless(
                encryption.filter(hearsOfAccess),
                (node) => text(node, `${path}.sseAlgorithm`) === "AES256",
                "use S3's own key: AWS delivers no access logs to another",
            ),
            ...unless(
                [...all(plan, "rds/cluster:Cluster"), ...all(plan, "rds/clusterInstance:ClusterInstance")],
                (node) =>
                    node.inputs.performanceInsightsEnabled !== true ||
                    keys.has(text(node, "performanceInsightsKmsKeyId")),
                "encrypt its insights",
            ),
        ];
    },
    "stores, keys and buckets are locked down": (plan) =>
        flagged.flatMap(([type, path, value]) => {
            const nodes = all(plan, type);
            return [
                ...(nodes.length > 0 ? [] : [`there is no ${type}`]),
                ...unless(nodes, ({ inputs }) => look(inputs, path) === value, `have ${path} ${String(value)}`),
            ];
        }),
    "every bucket is private, versioned and cleared out": (plan) => {
        const buckets = all(plan, "s3/bucket:Bucket");
        return [
            ...(buckets.length > 0 ? [] : ["there are no buckets"]),
            ...ofEachBucket.flatMap((type) => {
                const owners = all(plan, type).map((node) => text(node, "bucket"));
                return unless(
                    buckets,
                    (bucket) => owners.filter((owner) => owner === text(bucket, "bucket")).length === 1,
                    `have one ${type}`,
                );
            }),
            ...unless(
                buckets.filter((bucket) => !hearsOfAccess(bucket)),
                (bucket) =>
                    all(plan, "s3/bucketLogging:BucketLogging").some(
                        (node) => text(node, "bucket") === text(bucket, "bucket"),
                    ),
                "log who reads it",
            ),
        ];
    },
    "records are kept as long as the stack says, and S3 takes the rule": (plan, { logs }) =>
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
    "a transaction is kept as long as the stack says, and can be brought back where it says so": (plan, settings) => {
        const { pointInTimeRecovery, retentionDays } = settings.transactions;
        const tables = all(plan, "dynamodb/table:Table");
        const writers = all(plan, "lambda/function:Function").filter(({ inputs }) =>
            tables.some((table) => look(inputs, "environment.variables.TABLE_NAME") === table.inputs.name),
        );
        return [
            ...(tables.length > 0 ? [] : ["there is no table"]),
            ...(writers.length > 0 ? [] : ["no function writes to the table"]),
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
    "every log is kept as long as the stack says, under a key that admits it": (plan, { logs }) => {
        const keys = keysOf(plan);
        const groups = all(plan, "cloudwatch/logGroup:LogGroup");
        const days = (node: PlanNode) =>
            text(node, "name").startsWith("/cloudtrail/") ? logs.auditRetentionDays : logs.applicationRetentionDays;
        return [
            ...(groups.length > 0 ? [] : ["there are no log groups"]),
            ...unless(
                groups,
                (node) => node.inputs.retentionInDays === days(node),
                (node) => `keep ${days(node)} days`,
            ),
            ...unless(
                groups,
                (node) => admitted(keys.get(text(node, "kmsKeyId"))).some((pattern) => arnLike(arnOf(node), pattern)),
                (node) => `have a key that admits ${arnOf(node)}`,
            ),
        ];
    },
};
