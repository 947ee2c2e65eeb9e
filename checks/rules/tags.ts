import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, isTree, kindOf, look, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { offspring } from "../tags/propagation.ts";
import { untaggable } from "../tags/untaggable.ts";

/** Who pays, for which copy, and how secret it is: what bills, searches and auditors go by. */
export const requiredTags = [
    ...["Project", "Environment", "EnvironmentSuffix", "CostCenter"],
    ...["DataClassification", "Compliance", "ManagedBy"],
];

const isTaggable = ({ type, custom, external }: PlanNode): boolean =>
    custom && !external && type.startsWith("aws:") && !untaggable.has(type.replace("aws:", ""));

const tagsOf = (values: unknown): [string, unknown][] => (isTree(values) ? Object.entries(values) : []);

/** Default tags by the URN of their provider. */
const defaultsOf = (plan: Plan): Map<string | undefined, [string, unknown][]> =>
    new Map(
        plan.nodes
            .filter(({ type }) => type === "pulumi:providers:aws")
            .map(({ urn, inputs }) => [urn, tagsOf(look(inputs, "defaultTags.tags"))]),
    );

const has = (tags: readonly [string, unknown][], key: string): boolean =>
    tags.some(([name, value]) => name === key && value !== "");

export const tagRules: readonly Rule[] = [
    {
        name: "everything-tagged",
        promise: "every resource that takes tags carries those of its stack",
        fix: "Give the resource `parent`, so that it inherits the platform's provider, and leave its own tags to what differs.",
        controls: ["PCI-6.5.3", "ECS.13", "ECS.14", "ECS.15"],
        about: ["*"],
        check: (plan) => {
            const defaults = defaultsOf(plan);
            const ofProvider = ({ provider }: PlanNode) => defaults.get(provider) ?? [];
            const taggable = plan.nodes.filter(isTaggable);
            return [
                ...unlessStack(taggable.length > 0, "nothing takes tags"),
                ...unless(
                    taggable,
                    (node) => requiredTags.every((key) => has(ofProvider(node), key)),
                    (node) =>
                        `carry the tags ${requiredTags.filter((key) => !has(ofProvider(node), key)).join(", ")} of its provider`,
                ),
                ...unless(
                    taggable,
                    (node) => tagsOf(node.inputs.tags).every(([key]) => !has(ofProvider(node), key)),
                    "leave the tags of its provider as they are",
                ),
                // AWS drops an empty one, so each preview would set it again.
                ...unless(
                    taggable,
                    ({ inputs }) => tagsOf(inputs.tags).every(([, value]) => value !== ""),
                    "have no empty tag",
                ),
            ];
        },
        evidence: (plan) => {
            const taggable = plan.nodes.filter(isTaggable);
            const tags = [...defaultsOf(plan).values()].flat().map(([key, value]) => `${key}=${String(value)}`);
            return [
                `${taggable.length} resources of ${new Set(taggable.map(kindOf)).size} kinds carry ${tags.join(", ")}`,
            ];
        },
    },
    {
        name: "tags-handed-on",
        promise: "what AWS makes by itself, tasks and snapshots among it, carries the tags of the stack",
        fix: "Set the input that hands the tags on.",
        controls: ["RDS.16", "RDS.47", "CKV_AWS_313"],
        about: offspring.map(({ type }) => type),
        check: (plan) =>
            offspring.flatMap(({ type, what, must, holds }) =>
                unless(all(plan, type), holds, `${must}, or its ${what} carry no tags`),
            ),
    },
];
