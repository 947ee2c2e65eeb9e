import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import { withGeneration } from "../settings/database-generations.ts";
import type { DatabaseCluster } from "./cluster.ts";

export interface EventSubscriptionArgs {
    readonly scope: Scope;
    readonly alertTopicArn: pulumi.Input<string>;
}

interface Subscription {
    readonly noun: string;
    readonly sourceType: string;
    readonly eventCategories: string[];
    /** Without it, all sources of the type in the account. */
    readonly sourceIds?: pulumi.Input<string>[];
}

/** Notifies of failures, maintenance and configuration changes (Security Hub RDS.19 to RDS.22). */
export function subscribeToEvents(
    { scope, alertTopicArn }: EventSubscriptionArgs,
    clusters: readonly DatabaseCluster[],
    opts: pulumi.CustomResourceOptions,
): void {
    const subscriptions: Subscription[] = [
        ...clusters.flatMap(subscriptionsOf),
        { noun: "db-parameter-group", sourceType: "db-parameter-group", eventCategories: ["configuration change"] },
        {
            noun: "db-security-group",
            sourceType: "db-security-group",
            eventCategories: ["configuration change", "failure"],
        },
    ];
    for (const { noun, ...subscription } of subscriptions) {
        new aws.rds.EventSubscription(
            nameOf(scope, `${noun}-events`),
            { snsTopic: alertTopicArn, ...subscription },
            opts,
        );
    }
}

/** Subscriptions of each cluster's own, so that no update changes those of another cluster. */
const subscriptionsOf = ({ generation, cluster, instances }: DatabaseCluster): Subscription[] => [
    {
        noun: withGeneration("db-cluster", generation),
        sourceType: "db-cluster",
        eventCategories: ["failover", "failure", "maintenance"],
        sourceIds: [cluster.id],
    },
    {
        noun: withGeneration("db-instance", generation),
        sourceType: "db-instance",
        eventCategories: ["configuration change", "deletion", "failure", "maintenance"],
        sourceIds: instances.map(({ id }) => id),
    },
];
