import { expect, test } from "@jest/globals";
import { failOverCache, failOverDatabase } from "../../../integration/scenarios/failover.ts";
import {
    inputsOfCalls,
    switchAfterTimes,
    drillContextOn,
    type InjectedFailure,
    type CallInput,
    type FakeAccount,
} from "../../tools/drill/fakes.ts";

const members = (writer: string, ids = ["one", "two"]) =>
    ids.map((id) => ({ DBInstanceIdentifier: id, IsClusterWriter: id === writer }));

/** Aurora: two questions without a writer, another three until it is available. */
const database = (before: CallInput = {}) => {
    const writer = switchAfterTimes(3, "", "two");
    const status = switchAfterTimes(6, "failing-over", "available");
    let isFailing = false;
    return {
        state: () => ({}),
        handlers: {
            DescribeDBClusters: () => ({
                DBClusters: [
                    isFailing
                        ? { Status: status(), DBClusterMembers: members(writer()) }
                        : { Status: "available", DBClusterMembers: members("one"), ...before },
                ],
            }),
            FailoverDBCluster: () => {
                isFailing = true;
                return undefined;
            },
        },
    };
};

test("a reader of the database takes over, and both times are measured", async () => {
    const { drillContext, calls, said } = drillContextOn(database());
    await expect(failOverDatabase(drillContext)).resolves.toEqual({
        from: "one",
        to: "two",
        promotedSeconds: 6,
        recoveredSeconds: 16,
    });
    const DBClusterIdentifier = "payment-database-dev";
    expect(inputsOfCalls(calls, "DescribeDBClusters")).toEqual(Array(8).fill({ DBClusterIdentifier }));
    expect(inputsOfCalls(calls, "FailoverDBCluster")).toEqual([{ DBClusterIdentifier }]);
    expect(said).toEqual(["payment-database-dev: a reader takes over from one; writes fail for up to a minute"]);
});

test.each([
    [{ Status: "modifying" }, "must be available"],
    [{ DBClusterMembers: members("") }, "must have a writer"],
])("a database that is not healthy is not failed over: %j", async (before, problem) => {
    const { drillContext, names } = drillContextOn(database(before));
    await expect(failOverDatabase(drillContext)).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeDBClusters"]);
});

test.each([["one"], []])("a database without a reader is skipped, with the reason: %j", async (...ids) => {
    const { drillContext, names } = drillContextOn(database({ DBClusterMembers: members("one", ids) }));
    await expect(failOverDatabase(drillContext)).resolves.toEqual({
        skipped: "payment-database-dev has no reader to promote (database.readers)",
    });
    expect(names()).toEqual(["DescribeDBClusters"]);
});

test("a failover that never ends fails the drill", async () => {
    const stuck = { Status: "available", DBClusterMembers: members("one") };
    const { drillContext } = drillContextOn({
        state: () => ({}),
        handlers: { DescribeDBClusters: () => ({ DBClusters: [stuck] }), FailoverDBCluster: () => undefined },
    });
    await expect(failOverDatabase(drillContext)).rejects.toThrow(
        "not within 10 minutes: payment-database-dev has another writer",
    );
});

test("a database that is promoted but never available again fails the drill", async () => {
    const { handlers: answers, state } = database();
    const isStuck = switchAfterTimes(1, false, true);
    const { drillContext } = drillContextOn({
        state,
        handlers: {
            ...answers,
            DescribeDBClusters: () =>
                isStuck()
                    ? { DBClusters: [{ Status: "failing-over", DBClusterMembers: members("two") }] }
                    : answers.DescribeDBClusters(),
        },
    });
    await expect(failOverDatabase(drillContext)).rejects.toThrow(/^not within .*: payment-database-dev is available/);
});

const shard = (primary: string, ids = ["cache-001", "cache-002"]) => ({
    NodeGroupId: "0001",
    NodeGroupMembers: ids.map((id) => ({ CacheClusterId: id, CurrentRole: id === primary ? "primary" : "replica" })),
});

const cache = (before: CallInput = {}) => {
    const primary = switchAfterTimes(2, "cache-001", "cache-002");
    const status = switchAfterTimes(4, "modifying", "available");
    let isFailing = false;
    return {
        state: () => ({}),
        handlers: {
            DescribeReplicationGroups: () => ({
                ReplicationGroups: [
                    isFailing
                        ? { Status: status(), NodeGroups: [shard(primary())] }
                        : {
                              Status: "available",
                              AutomaticFailover: "enabled",
                              NodeGroups: [shard("cache-001")],
                              ...before,
                          },
                ],
            }),
            TestFailover: () => {
                isFailing = true;
                return undefined;
            },
        },
    };
};

test("a replica of the cache takes over, and both times are measured", async () => {
    const { drillContext, calls, said } = drillContextOn(cache());
    await expect(failOverCache(drillContext)).resolves.toEqual({
        from: "cache-001",
        to: "cache-002",
        promotedSeconds: 4,
        recoveredSeconds: 9,
    });
    const ReplicationGroupId = "payment-cache-dev";
    expect(inputsOfCalls(calls, "DescribeReplicationGroups")).toEqual(Array(6).fill({ ReplicationGroupId }));
    expect(inputsOfCalls(calls, "TestFailover")).toEqual([{ ReplicationGroupId, NodeGroupId: "0001" }]);
    expect(said).toEqual([expect.stringMatching(/^payment-cache-dev: .* cache-001\b/)]);
});

test.each([
    [{ AutomaticFailover: "disabled" }, "payment-cache-dev must have automatic failover"],
    [{ Status: "modifying" }, "payment-cache-dev must be available"],
    [{ NodeGroups: [shard("")] }, "payment-cache-dev must have a primary"],
])("a cache that is not healthy, or has no automatic failover, is not failed over: %j", async (before, problem) => {
    const { drillContext, names } = drillContextOn(cache(before));
    await expect(failOverCache(drillContext)).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeReplicationGroups"]);
});

test.each([[[shard("cache-001", ["cache-001"])]], [[shard("cache-001", [])]], [[]]])(
    "a cache without a replica is skipped, with the reason: %j",
    async (NodeGroups) => {
        const { drillContext } = drillContextOn(cache({ NodeGroups }));
        await expect(failOverCache(drillContext)).resolves.toEqual({
            skipped: "payment-cache-dev has no replica to promote (cache.nodes)",
        });
    },
);

test.each([
    ["database", failOverDatabase, database, "there is no cluster payment-database-dev"],
    ["cache", failOverCache, cache, "there is no replication group payment-cache-dev"],
])("a %s that does not exist fails the drill", async (_, hold, world, problem) => {
    const { length } = (await held(hold, world())).calls;
    for (let at = 1; at <= length; at += 1) {
        const { error, calls } = await held(hold, world(), { callNumber: at, when: "empty" });
        const isChange = /^(Failover|Test)/.test(calls[at - 1]?.name ?? "");
        expect([at, error?.message]).toEqual([at, isChange ? undefined : problem]);
    }
});

async function held(hold: typeof failOverDatabase, world: FakeAccount, failure?: InjectedFailure) {
    const { drillContext, calls } = drillContextOn(world, failure);
    let error: Error | undefined;
    await hold(drillContext).catch((thrown: unknown) => {
        error = thrown as Error;
    });
    return { calls, error };
}
