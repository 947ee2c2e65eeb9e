import type { PlanNode } from "../../plan/plan.ts";
import { look } from "../../plan/query.ts";

/** What AWS makes by itself out of a resource, and which inputs hand the tags on to it. */
export interface Offspring {
    readonly type: string;
    readonly what: string;
    readonly must: string;
    readonly holds: (node: PlanNode) => boolean;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * The provider's default tags end at the resource itself. Interfaces that Lambda, the load balancer and endpoints make, and
 * the secret that RDS makes for its master user, take their tags from nobody.
 */
export const offspring: readonly Offspring[] = [
    {
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
        type: "ecs/service:Service",
        what: "tasks and their interfaces",
        must: 'have `propagateTags: "SERVICE"` and `enableEcsManagedTags`',
        holds: ({ inputs }) => inputs.propagateTags === "SERVICE" && inputs.enableEcsManagedTags === true,
    },
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html
    ...["rds/cluster:Cluster", "rds/clusterInstance:ClusterInstance"].map((type) => ({
        type,
        what: "snapshots",
        must: "have `copyTagsToSnapshot`",
        holds: ({ inputs }: PlanNode) => inputs.copyTagsToSnapshot === true,
    })),
    {
        type: "dynamodb/table:Table",
        what: "replicas in other regions",
        must: "have `propagateTags` on each replica",
        holds: ({ inputs }) => list(inputs.replicas).every((replica) => look(replica, "propagateTags") === true),
    },
    {
        // The provider leaves its default tags out here, as the group has a form of tags of its own.
        type: "autoscaling/group:Group",
        what: "instances",
        must: "list its tags, each with `propagateAtLaunch`",
        holds: ({ inputs }) =>
            list(inputs.tags).length > 0 && list(inputs.tags).every((tag) => look(tag, "propagateAtLaunch") === true),
    },
    {
        type: "ec2/launchTemplate:LaunchTemplate",
        what: "instances and their volumes",
        must: "have `tagSpecifications` for instance and volume",
        holds: ({ inputs }) =>
            ["instance", "volume"].every((kind) =>
                list(inputs.tagSpecifications).some((each) => look(each, "resourceType") === kind),
            ),
    },
];
