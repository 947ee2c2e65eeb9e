import {
    DescribeReplicationGroupsCommand,
    TestFailoverCommand,
    type ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import { DescribeDBClustersCommand, FailoverDBClusterCommand, type DBCluster } from "@aws-sdk/client-rds";
import { nameOf } from "../../../lib/scope.ts";
import {
    assertAll,
    DrillError,
    secondsSince,
    waitForValue,
    waitUntil,
    type DrillContext,
    type Skipped,
} from "../../../tools/drill/context.ts";

export interface FailoverResult {
    readonly from: string;
    readonly to: string;
    /** Until another node accepted writes. */
    readonly promotedSeconds: number;
    /** Until AWS reported the cluster as available again. */
    readonly recoveredSeconds: number;
}

interface FailoverState {
    readonly nodes: number;
    /** The node that accepts writes; undefined while there is none. */
    readonly writer: string | undefined;
    readonly isAvailable: boolean;
}

/** Waits for another writer, and then until the cluster is available. There is no failback: all nodes are equal. */
async function waitForFailover(
    context: DrillContext,
    what: string,
    from: string,
    { withinMinutes, ask }: { withinMinutes: number; ask: () => Promise<FailoverState> },
): Promise<FailoverResult> {
    const start = context.clock.now();
    const to = await waitForValue(
        context,
        { condition: `${what} has another writer`, withinMinutes, everySeconds: 2 },
        async () => {
            const { writer } = await ask();
            return writer === from ? undefined : writer;
        },
    );
    const promotedSeconds = secondsSince(context, start);
    await waitUntil(
        context,
        { condition: `${what} is available`, withinMinutes, everySeconds: 5 },
        async () => (await ask()).isAvailable,
    );
    return { from, to, promotedSeconds, recoveredSeconds: secondsSince(context, start) };
}

const databaseState = ({ Status, DBClusterMembers: members }: DBCluster): FailoverState => ({
    nodes: members?.length ?? 0,
    writer: members?.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier,
    isAvailable: Status === "available",
});

/**
 * Has Aurora promote a reader. Writes fail for less than a minute, typically for half of that
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html).
 */
export async function failOverDatabase(context: DrillContext): Promise<FailoverResult | Skipped> {
    const { rds } = context.clients;
    const { databaseCluster: DBClusterIdentifier } = context;
    const ask = async (): Promise<FailoverState> => {
        const { DBClusters: [cluster] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
        if (cluster === undefined) {
            throw new DrillError(`there is no cluster ${DBClusterIdentifier}`);
        }
        return databaseState(cluster);
    };
    const { nodes, writer = "", isAvailable } = await ask();
    if (nodes < 2) {
        return { skipped: `${DBClusterIdentifier} has no reader to promote (database.readers)` };
    }
    assertAll(DBClusterIdentifier, { "be available": isAvailable, "have a writer": writer !== "" });
    context.say(`${DBClusterIdentifier}: a reader takes over from ${writer}; writes fail for up to a minute`);
    await rds.send(new FailoverDBClusterCommand({ DBClusterIdentifier }));
    return waitForFailover(context, DBClusterIdentifier, writer, { withinMinutes: 10, ask });
}

/** The platform's cache has one shard. */
function cacheState({ Status, NodeGroups }: ReplicationGroup): FailoverState {
    const members = NodeGroups?.[0]?.NodeGroupMembers;
    return {
        nodes: members?.length ?? 0,
        writer: members?.find(({ CurrentRole }) => CurrentRole === "primary")?.CacheClusterId,
        isAvailable: Status === "available",
    };
}

/**
 * Has ElastiCache fail the primary. A replica takes over within a minute or two, and the failed node is built again, which
 * takes longer. AWS allows it for 15 shards a day and account
 * (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_TestFailover.html).
 */
export async function failOverCache(context: DrillContext): Promise<FailoverResult | Skipped> {
    const { elasticache } = context.clients;
    const ReplicationGroupId = nameOf(context, "cache");
    const ask = async (): Promise<ReplicationGroup> => {
        const { ReplicationGroups: [group] = [] } = await elasticache.send(
            new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
        );
        if (group === undefined) {
            throw new DrillError(`there is no replication group ${ReplicationGroupId}`);
        }
        return group;
    };
    const before = await ask();
    const { nodes, writer = "", isAvailable } = cacheState(before);
    if (nodes < 2) {
        return { skipped: `${ReplicationGroupId} has no replica to promote (cache.nodes)` };
    }
    assertAll(ReplicationGroupId, {
        "be available": isAvailable,
        "have a primary": writer !== "",
        "have automatic failover": before.AutomaticFailover === "enabled",
    });
    context.say(`${ReplicationGroupId}: a replica takes over from ${writer}; writes fail for up to two minutes`);
    await elasticache.send(
        new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: before.NodeGroups?.[0]?.NodeGroupId }),
    );
    return waitForFailover(context, ReplicationGroupId, writer, {
        withinMinutes: 30,
        ask: async () => cacheState(await ask()),
    });
}
