import { typesWith } from "../../plan/catalogue/catalogue.ts";
import { resourcesOfType, withoutAwsPrefix, inputText, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

const deletions = typesWith("deletion").map(([type, deletion]) => ({ type: withoutAwsPrefix(type), ...deletion }));

/**
 * What serves callers, and can be replaced. The API itself cannot: the provider changes each of its inputs in place
 * (`forceNew` in `plan/catalogue/api-gateway.ts`).
 */
const typesServingCallers = deletions.filter(({ replaceFirst }) => replaceFirst === true).map(({ type }) => type);

/** What Pulumi itself refuses to delete in a protected stack. */
const protectedTypes = deletions.filter(({ pulumiProtect }) => pulumiProtect === true).map(({ type }) => type);

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
            const kept = plan.nodes.filter(({ type }) => protectedTypes.includes(withoutAwsPrefix(type)));
            return [
                ...deletions.flatMap(({ type, inputs: rows = [] }) =>
                    rows.flatMap(({ input, unprotected, protected: protectedValue }) => {
                        const nodes = resourcesOfType(plan, type);
                        const value = deletionProtection ? protectedValue : unprotected;
                        return [
                            ...stackFindingUnless(nodes.length > 0, `there is no ${type}`),
                            ...findingsUnless(
                                nodes,
                                ({ inputs }) => inputs[input] === value,
                                `have ${input} ${String(value)}`,
                            ),
                        ];
                    }),
                ),
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
                ...deletions.flatMap(({ type, retainingInputs = [] }) =>
                    retainingInputs.flatMap((input) =>
                        findingsUnless(
                            resourcesOfType(plan, type),
                            ({ inputs }) => inputs[input] !== true,
                            `not have ${input}`,
                        ),
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
