import type { PlanNode } from "../../plan/plan.ts";
import { getPath } from "../../plan/query.ts";

/** What AWS makes by itself out of a resource, and which inputs hand the tags on to it. */
export interface TagPropagation {
    readonly type: string;
    readonly createdResources: string;
    readonly requirement: string;
    readonly propagatesTags: (node: PlanNode) => boolean;
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * The provider's default tags end at the resource itself. Interfaces that Lambda, the load balancer and endpoints make, and
 * the secret that RDS makes for its master user, take their tags from nobody.
 */
export const tagPropagation: readonly TagPropagation[] = [
    {
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
        type: "ecs/service:Service",
        createdResources: "tasks and their interfaces",
        requirement: 'have `propagateTags: "SERVICE"` and `enableEcsManagedTags`',
        propagatesTags: ({ inputs }) => inputs.propagateTags === "SERVICE" && inputs.enableEcsManagedTags === true,
    },
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html
    ...["rds/cluster:Cluster", "rds/clusterInstance:ClusterInstance"].map((type) => ({
        type,
        createdResources: "snapshots",
        requirement: "have `copyTagsToSnapshot`",
        propagatesTags: ({ inputs }: PlanNode) => inputs.copyTagsToSnapshot === true,
    })),
    {
        type: "dynamodb/table:Table",
        createdResources: "replicas in other regions",
        requirement: "have `propagateTags` on each replica",
        propagatesTags: ({ inputs }) =>
            toList(inputs.replicas).every((replica) => getPath(replica, "propagateTags") === true),
    },
    {
        // The provider leaves its default tags out here, as the group has a form of tags of its own.
        type: "autoscaling/group:Group",
        createdResources: "instances",
        requirement: "list its tags, each with `propagateAtLaunch`",
        propagatesTags: ({ inputs }) =>
            toList(inputs.tags).length > 0 &&
            toList(inputs.tags).every((tag) => getPath(tag, "propagateAtLaunch") === true),
    },
    {
        type: "ec2/launchTemplate:LaunchTemplate",
        createdResources: "instances and their volumes",
        requirement: "have `tagSpecifications` for instance and volume",
        propagatesTags: ({ inputs }) =>
            ["instance", "volume"].every((kind) =>
                toList(inputs.tagSpecifications).some((each) => getPath(each, "resourceType") === kind),
            ),
    },
];
