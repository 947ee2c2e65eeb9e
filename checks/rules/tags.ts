import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    isObjectOrArray,
    typeNameOf,
    getPath,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Tags for cost allocation, search and audits. */
export const requiredTags = [
    ...["Project", "Environment", "EnvironmentSuffix", "CostCenter"],
    ...["DataClassification", "Compliance", "ManagedBy"],
];

/** The provider's class of a type that takes tags has the output `tagsAll`. */
const isTaggable = ({ type, custom, external, outputs }: PlanNode): boolean =>
    custom && !external && type.startsWith("aws:") && "tagsAll" in outputs;

/**
 * The provider's default tags are not copied to what AWS creates out of a resource. Network interfaces of Lambda, the load
 * balancer and endpoints, and the secret of RDS's master user, have no input for tags.
 */
const tagPropagation = typesWith("tagPropagation");

const tagEntries = (values: unknown): [string, unknown][] => (isObjectOrArray(values) ? Object.entries(values) : []);

/** Default tags by the URN of their provider. */
const defaultTagsByProvider = (plan: Plan): Map<string | undefined, [string, unknown][]> =>
    new Map(
        plan.nodes
            .filter(({ type }) => type === "pulumi:providers:aws")
            .map(({ urn, inputs }) => [urn, tagEntries(getPath(inputs, "defaultTags.tags"))]),
    );

const hasTag = (tags: readonly [string, unknown][], key: string): boolean =>
    tags.some(([name, value]) => name === key && value !== "");

export const tagRules: readonly Rule[] = [
    {
        name: "everything-tagged",
        description: "Every resource that supports tags has the tags of its stack",
        fix: "Set `parent`, so that the resource inherits the platform's provider, and give it only tags with other keys.",
        check: (plan) => {
            const defaults = defaultTagsByProvider(plan);
            const defaultTagsOf = ({ provider }: PlanNode) => defaults.get(provider) ?? [];
            const taggable = plan.nodes.filter(isTaggable);
            return [
                ...stackFindingUnless(taggable.length > 0, "no resource supports tags"),
                ...findingsUnless(
                    taggable,
                    (node) => requiredTags.every((key) => hasTag(defaultTagsOf(node), key)),
                    (node) =>
                        `have the tags ${requiredTags.filter((key) => !hasTag(defaultTagsOf(node), key)).join(", ")} from its provider`,
                ),
                ...findingsUnless(
                    taggable,
                    (node) => tagEntries(node.inputs.tags).every(([key]) => !hasTag(defaultTagsOf(node), key)),
                    "not overwrite the tags of its provider",
                ),
                // AWS drops empty tags, so each preview would add them again.
                ...findingsUnless(
                    taggable,
                    ({ inputs }) => tagEntries(inputs.tags).every(([, value]) => value !== ""),
                    "have no empty tag",
                ),
            ];
        },
        evidence: (plan) => {
            const taggable = plan.nodes.filter(isTaggable);
            const tags = [...defaultTagsByProvider(plan).values()]
                .flat()
                .map(([key, value]) => `${key}=${String(value)}`);
            return [
                `${taggable.length} resources of ${new Set(taggable.map(typeNameOf)).size} types have ${tags.join(", ")}`,
            ];
        },
    },
    {
        name: "tags-propagated",
        description: "Resources that AWS creates from ours (tasks, snapshots) inherit the stack's tags",
        fix: "Set the input that propagates the tags.",
        check: (plan) =>
            tagPropagation.flatMap(([type, { createdResources, requirement, propagatesTags }]) =>
                findingsUnless(
                    resourcesOfType(plan, type),
                    propagatesTags,
                    `${requirement}, or its ${createdResources} have no tags`,
                ),
            ),
    },
];
