import {
    DescribeReplicationGroupsCommand,
    TestFailoverCommand,
    type ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import { DescribeDBClustersCommand, FailoverDBClusterCommand, type DBCluster } from "@aws-sdk/client-rds";
import { nameOf } from "../../lib/scope.ts";
import { demand, DrillProblem, secondsSince, until, untilSo, type Scene, type Skipped } from "./scene.ts";

export interface FailedOver {
    readonly from: string;
    readonly to: string;
    /** Until another node took writes. */
    readonly promotedSeconds: number;
    /** Until AWS called the whole available again. */
    readonly recoveredSeconds: number;
}

interface State {
    readonly nodes: number;
    /** The one that takes writes; nothing while there is none. */
    readonly writer: string | undefined;
    readonly isAvailable: boolean;
}

/** Waits until another writer stands, and then until all is well. Nothing is put back: the nodes are equals. */
async function takeOver(
    scene: Scene,
    what: string,
    from: string,
    { withinMinutes, ask }: { withinMinutes: number; ask: () => Promise<State> },
): Promise<FailedOver> {
    const start = scene.clock.now();
    const to = await until(scene, { what: `${what} has another writer`, withinMinutes, everySeconds: 2 }, async () => {
        const { writer } = await ask();
        return writer === from ? undefined : writer;
    });
    const promotedSeconds = secondsSince(scene, start);
    await untilSo(
        scene,
        { what: `${what} is available`, withinMinutes, everySeconds: 5 },
        async () => (await ask()).isAvailable,
    );
    return { from, to, promotedSeconds, recoveredSeconds: secondsSince(scene, start) };
}

const clusterState = ({ Status, DBClusterMembers: members }: DBCluster): State => ({
    nodes: members?.length ?? 0,
    writer: members?.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier,
    isAvailable: Status === "available",
});

/**
 * Has Aurora promote a reader. Writes fail for less than a minute, typically for half of that
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html).
 */
export async function failOverDatabase(scene: Scene): Promise<FailedOver | Skipped> {
    const { rds } = scene.clients;
    const DBClusterIdentifier = nameOf(scene, "database");
    const ask = async (): Promise<State> => {
        const { DBClusters: [cluster] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
        if (cluster === undefined) {
            throw new DrillProblem(`there is no cluster ${DBClusterIdentifier}`);
        }
        return clusterState(cluster);
    };
    const { nodes, writer = "", isAvailable } = await ask();
    if (nodes < 2) {
        return { skipped: `${DBClusterIdentifier} has no reader to promote (database.readers)` };
    }
    demand(DBClusterIdentifier, { "be available": isAvailable, "have a writer": writer !== "" });
    scene.say(`${DBClusterIdentifier}: a reader takes over from ${writer}; writes fail for up to a minute`);
    await rds.send(new FailoverDBClusterCommand({ DBClusterIdentifier }));
    return takeOver(scene, DBClusterIdentifier, writer, { withinMinutes: 10, ask });
}

/** The platform's cache has one shard. */
function groupState({ Status, NodeGroups }: ReplicationGroup): State {
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
export async function failOverCache(scene: Scene): Promise<FailedOver | Skipped> {
    const { elasticache } = scene.clients;
    const ReplicationGroupId = nameOf(scene, "cache");
    const ask = async (): Promise<ReplicationGroup> => {
        const { ReplicationGroups: [group] = [] } = await elasticache.send(
            new DescribeReplicationGroupsCommand({ ReplicationGroupId }),
        );
        if (group === undefined) {
            throw new DrillProblem(`there is no replication group ${ReplicationGroupId}`);
        }
        return group;
    };
    const before = await ask();
    const { nodes, writer = "", isAvailable } = groupState(before);
    if (nodes < 2) {
        return { skipped: `${ReplicationGroupId} has no replica to promote (cache.nodes)` };
    }
    demand(ReplicationGroupId, {
        "be available": isAvailable,
        "have a primary": writer !== "",
        "fail over by itself": before.AutomaticFailover === "enabled",
    });
    scene.say(`${ReplicationGroupId}: a replica takes over from ${writer}; writes fail for up to two minutes`);
    await elasticache.send(
        new TestFailoverCommand({ ReplicationGroupId, NodeGroupId: before.NodeGroups?.[0]?.NodeGroupId }),
    );
    return takeOver(scene, ReplicationGroupId, writer, {
        withinMinutes: 30,
        ask: async () => groupState(await ask()),
    });
}
