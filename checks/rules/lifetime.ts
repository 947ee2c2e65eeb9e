import { all, text, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Input by type, and its value while the stack is not protected and while it is. */
const switched: readonly (readonly [type: string, input: string, free: unknown, kept: unknown])[] = [
    ["s3/bucket:Bucket", "forceDestroy", true, false],
    ["ecr/repository:Repository", "forceDelete", true, false],
    ["secretsmanager/secret:Secret", "recoveryWindowInDays", 0, 30],
    ["rds/cluster:Cluster", "deletionProtection", false, true],
    ["rds/cluster:Cluster", "skipFinalSnapshot", true, false],
    ["dynamodb/table:Table", "deletionProtectionEnabled", false, true],
    ["lb/loadBalancer:LoadBalancer", "enableDeletionProtection", false, true],
    ["kms/key:Key", "deletionWindowInDays", 7, 30],
    ["ecs/service:Service", "forceDelete", true, true],
];

/** What Pulumi itself refuses to delete in a protected stack. */
const protectedTypes = [
    "s3/bucket:Bucket",
    "ecr/repository:Repository",
    "secretsmanager/secret:Secret",
    "rds/cluster:Cluster",
    "dynamodb/table:Table",
    "elasticache/replicationGroup:ReplicationGroup",
    "lb/loadBalancer:LoadBalancer",
];

/** What outlives `pulumi destroy`, whatever the stack's switch says. */
const lingering: readonly (readonly [type: string, input: string])[] = [
    ["cloudwatch/logGroup:LogGroup", "skipDestroy"],
    ["cloudwatch/logGroup:LogGroup", "deletionProtectionEnabled"],
    ["ecs/taskDefinition:TaskDefinition", "skipDestroy"],
    ["rds/clusterInstance:ClusterInstance", "skipDestroy"],
    ["lambda/function:Function", "skipDestroy"],
];

/**
 * What serves callers, and can be replaced. The API itself cannot: the provider changes each of its inputs in place
 * (`analysis/replacement/force-new.ts`).
 */
const serving = ["acm/certificate:Certificate", "apigateway/deployment:Deployment"];

export const lifetimeRules: readonly Rule[] = [
    {
        name: "replaced-before-deleted",
        promise: "Pulumi creates the replacement of a certificate or an API's deployment before it deletes the old one",
        fix: "Remove `deleteBeforeReplace` from the resource's options.",
        controls: ["CKV_AWS_217", "CKV_AWS_233"],
        about: serving,
        check: (plan) =>
            unless(
                serving.flatMap((type) => all(plan, type)),
                ({ options }) => !options.deleteBeforeReplace,
                "be replaced before it is deleted: it sets deleteBeforeReplace",
            ),
    },
    {
        name: "destroyable-unless-protected",
        promise: "a stack that is not protected leaves nothing behind, a protected one keeps its stores",
        fix: "Take the input from `deletionProtection` in the settings.",
        controls: [],
        about: ["*"],
        check: (plan, settings) => {
            const { deletionProtection } = settings;
            const kept = plan.nodes.filter(({ type }) => protectedTypes.includes(type.replace(/^aws:/, "")));
            return [
                ...switched.flatMap(([type, input, free, protectedValue]) => {
                    const nodes = all(plan, type);
                    const value = deletionProtection ? protectedValue : free;
                    return [
                        ...unlessStack(nodes.length > 0, `there is no ${type}`),
                        ...unless(nodes, ({ inputs }) => inputs[input] === value, `have ${input} ${String(value)}`),
                    ];
                }),
                ...unless(
                    kept,
                    ({ options }) => options.protect === deletionProtection,
                    `have protect ${deletionProtection}`,
                ),
                ...unless(
                    plan.nodes.filter((node) => !kept.includes(node)),
                    ({ options }) => !options.protect,
                    "be free to go",
                ),
                ...unless(
                    all(plan, "rds/cluster:Cluster"),
                    (cluster) =>
                        text(cluster, "finalSnapshotIdentifier") ===
                        (deletionProtection ? `${cluster.name}-final` : ""),
                    "take a last snapshot where it is protected",
                ),
                ...unless(plan.nodes, ({ options }) => !options.retainOnDelete, "be deleted, not forgotten"),
                ...lingering.flatMap(([type, input]) =>
                    unless(all(plan, type), ({ inputs }) => inputs[input] !== true, `not have ${input}`),
                ),
                ...unless(
                    all(plan, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"),
                    () => false,
                    "lock no objects by default",
                ),
            ];
        },
    },
];
