import { resourcesOfType, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Input by type, and its value while the stack is not protected and while it is. */
const deletionProtectionInputs: readonly (readonly [type: string, input: string, free: unknown, kept: unknown])[] = [
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
const inputsThatRetain: readonly (readonly [type: string, input: string])[] = [
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
const typesServingCallers = ["acm/certificate:Certificate", "apigateway/deployment:Deployment"];

export const lifetimeRules: readonly Rule[] = [
    {
        name: "replaced-before-deleted",
        description:
            "Pulumi creates the replacement of a certificate or an API's deployment before it deletes the old one",
        fix: "Remove `deleteBeforeReplace` from the resource's options.",
        check: (plan) =>
            findingsUnless(
                typesServingCallers.flatMap((type) => resourcesOfType(plan, type)),
                ({ options }) => !options.deleteBeforeReplace,
                "not set `deleteBeforeReplace`",
            ),
    },
    {
        name: "destroyable-unless-protected",
        description:
            "A stack without deletion protection can be destroyed completely, and a protected stack keeps its data stores",
        fix: "Set the input from `deletionProtection` in the settings.",
        check: (plan, settings) => {
            const { deletionProtection } = settings;
            const kept = plan.nodes.filter(({ type }) => protectedTypes.includes(type.replace(/^aws:/, "")));
            return [
                ...deletionProtectionInputs.flatMap(([type, input, free, protectedValue]) => {
                    const nodes = resourcesOfType(plan, type);
                    const value = deletionProtection ? protectedValue : free;
                    return [
                        ...stackFindingUnless(nodes.length > 0, `there is no ${type}`),
                        ...findingsUnless(
                            nodes,
                            ({ inputs }) => inputs[input] === value,
                            `have ${input} ${String(value)}`,
                        ),
                    ];
                }),
                ...findingsUnless(
                    kept,
                    ({ options }) => options.protect === deletionProtection,
                    `have protect ${deletionProtection}`,
                ),
                ...findingsUnless(
                    plan.nodes.filter((node) => !kept.includes(node)),
                    ({ options }) => !options.protect,
                    "not set `protect`",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "rds/cluster:Cluster"),
                    (cluster) =>
                        inputText(cluster, "finalSnapshotIdentifier") ===
                        (deletionProtection ? `${cluster.name}-final` : ""),
                    "name a final snapshot only where the stack has deletion protection",
                ),
                ...findingsUnless(plan.nodes, ({ options }) => !options.retainOnDelete, "not set `retainOnDelete`"),
                ...inputsThatRetain.flatMap(([type, input]) =>
                    findingsUnless(
                        resourcesOfType(plan, type),
                        ({ inputs }) => inputs[input] !== true,
                        `not have ${input}`,
                    ),
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"),
                    () => false,
                    "not exist: a default retention would keep objects when the stack is destroyed",
                ),
            ];
        },
    },
];
