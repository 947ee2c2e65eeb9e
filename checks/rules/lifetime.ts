import { catalogue, typesWith } from "../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    withoutAwsPrefix,
    getPath,
    inputText,
    itemsOf,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

const wholeLists = typesWith("wholeLists").flatMap(([type, lists]) =>
    lists.map((list) => ({ type: withoutAwsPrefix(type), ...list })),
);

const deletions = typesWith("deletion").map(([type, deletion]) => ({ type: withoutAwsPrefix(type), ...deletion }));

/**
 * What serves callers, and can be replaced. The API itself cannot: the provider changes each of its inputs in place
 * (`forceNew` in `plan/catalogue/api-gateway.ts`).
 */
const typesServingCallers = deletions.filter(({ replaceFirst }) => replaceFirst === true).map(({ type }) => type);

/** What Pulumi itself refuses to delete in a protected stack. */
const protectedTypes = deletions.filter(({ pulumiProtect }) => pulumiProtect === true).map(({ type }) => type);

/** Whether others may use the resource, too. */
const isShared = ({ type, inputs }: PlanNode): boolean => catalogue[type]?.deletion?.shared?.(inputs) === true;

export const lifetimeRules: readonly Rule[] = [
    {
        name: "whole-lists-stated",
        description:
            "Lists that AWS returns whole are stated whole and in AWS's order, so that no update shows a change",
        fix: "State each item of the list, those that are off, too (`wholeLists` in `plan/catalogue/`).",
        check: (plan) =>
            wholeLists.flatMap(({ type, of, input, key, items }) =>
                findingsUnless(
                    resourcesOfType(plan, type).filter((node) => inputText(node, "name") === of),
                    ({ inputs }) =>
                        itemsOf(inputs[input])
                            .map((item) => getPath(item, key))
                            .join() === items.join(),
                    `state ${items.join(", ")} in ${input}`,
                ),
            ),
    },
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
                    (cluster) => {
                        const snapshot = inputText(cluster, "finalSnapshotIdentifier");
                        // With a part of its own: a second cluster of this name could not be deleted otherwise.
                        return deletionProtection ? snapshot.startsWith(`${cluster.name}-final-`) : snapshot === "";
                    },
                    "name a final snapshot, with a part of its own, only where the stack has deletion protection",
                ),
                ...findingsUnless(
                    plan.nodes.filter((node) => !isShared(node)),
                    ({ options }) => !options.retainOnDelete,
                    "not set `retainOnDelete`",
                ),
                ...findingsUnless(
                    plan.nodes.filter(isShared),
                    ({ options }) => options.retainOnDelete,
                    "set `retainOnDelete`: other stacks may use it",
                ),
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
                    (lock) => inputText(lock, "rule.defaultRetention.mode") === "GOVERNANCE",
                    "lock in governance mode: in compliance mode no permission deletes an object, and the bucket would remain",
                ),
            ];
        },
    },
];
