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

/** Who pays, for which copy, and how secret it is: what bills, searches and auditors go by. */
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
const tagPropagation = typesWith("tagPropagation").map(([type, propagation]) => ({
    type: type.replace(/^aws:/, ""),
    ...propagation,
}));

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
        description: "every resource that takes tags carries those of its stack",
        fix: "Give the resource `parent`, so that it inherits the platform's provider, and leave its own tags to what differs.",
        controls: ["PCI-6.5.3", "ECS.13", "ECS.14", "ECS.15"],
        resourceTypes: ["*"],
        check: (plan) => {
            const defaults = defaultTagsByProvider(plan);
            const defaultTagsOf = ({ provider }: PlanNode) => defaults.get(provider) ?? [];
            const taggable = plan.nodes.filter(isTaggable);
            return [
                ...stackFindingUnless(taggable.length > 0, "nothing takes tags"),
                ...findingsUnless(
                    taggable,
                    (node) => requiredTags.every((key) => hasTag(defaultTagsOf(node), key)),
                    (node) =>
                        `carry the tags ${requiredTags.filter((key) => !hasTag(defaultTagsOf(node), key)).join(", ")} of its provider`,
                ),
                ...findingsUnless(
                    taggable,
                    (node) => tagEntries(node.inputs.tags).every(([key]) => !hasTag(defaultTagsOf(node), key)),
                    "leave the tags of its provider as they are",
                ),
                // AWS drops an empty one, so each preview would set it again.
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
                `${taggable.length} resources of ${new Set(taggable.map(typeNameOf)).size} kinds carry ${tags.join(", ")}`,
            ];
        },
    },
    {
        name: "tags-propagated",
        description: "what AWS makes by itself, tasks and snapshots among it, carries the tags of the stack",
        fix: "Set the input that hands the tags on.",
        controls: ["RDS.16", "RDS.47", "CKV_AWS_313"],
        resourceTypes: tagPropagation.map(({ type }) => type),
        check: (plan) =>
            tagPropagation.flatMap(({ type, createdResources, requirement, propagatesTags }) =>
                findingsUnless(
                    resourcesOfType(plan, type),
                    propagatesTags,
                    `${requirement}, or its ${createdResources} carry no tags`,
                ),
            ),
    },
];
