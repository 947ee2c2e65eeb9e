import { expect, test } from "@jest/globals";
import { Database } from "../../lib/database.ts";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import { isReserved } from "../../lib/settings/names.ts";
import { findNode, nodesOf, planComponent, componentPlanner } from "../recorder.ts";
import {
    databaseArgs,
    databaseSettings,
    exposeStatements,
    exposeValue,
    plainTextOf,
    policyStatements,
    testScope,
} from "./fixtures.ts";

const clusterType = "aws:rds/cluster:Cluster";
const instanceType = "aws:rds/clusterInstance:ClusterInstance";

const latest = { source: "point-in-time", generation: 2, cluster: "payment-database-test", time: "latest" } as const;
/** A restored cluster is in use, and the stack keeps the former one. */
const restored: Partial<Settings["database"]> = { generation: 2, otherGenerations: [1], restoreFrom: latest };

const build = (settings: Partial<Settings["database"]> = {}, isProtected = false) =>
    new Database(
        "payment-database-test",
        databaseArgs(testScope({ deletionProtection: isProtected }), databaseSettings(settings)),
    );
const planned = componentPlanner(build);
const clusterOf = async (settings: Partial<Settings["database"]>, name: string) =>
    findNode(await planned(settings), name, clusterType);

test("a restored cluster has a name of its own, its own instances and its own log group", async () => {
    const plan = await planned({ ...restored, readers: 1 });
    expect(nodesOf(plan, clusterType).map(({ name, inputs }) => [name, inputs.clusterIdentifier])).toEqual([
        ["payment-database-test", "payment-database-test"],
        ["payment-database2-test", "payment-database2-test"],
    ]);
    expect(nodesOf(plan, instanceType).map(({ name, inputs }) => [name, inputs.clusterIdentifier])).toEqual([
        ["payment-database-1-test", "payment-database-test"],
        ["payment-database-2-test", "payment-database-test"],
        ["payment-database2-1-test", "payment-database2-test"],
        ["payment-database2-2-test", "payment-database2-test"],
    ]);
    const logGroup = findNode(plan, "payment-database2-test", "aws:cloudwatch/logGroup:LogGroup");
    expect(logGroup.inputs.name).toBe("/aws/rds/cluster/payment-database2-test/postgresql");
    expect(findNode(plan, "payment-database2-test", clusterType).dependencies).toContain(logGroup.urn);
});

test.each([
    ["the restored cluster", restored, "payment-database2-test"],
    ["the former one again", { ...restored, generation: 1, otherGenerations: [2] }, "payment-database-test"],
])("the services log in to %s, and connect to it", async (_, settings, inUse) => {
    const plan = await planComponent(() => {
        const database = new Database("payment-database-test", databaseArgs(testScope(), databaseSettings(settings)));
        exposeStatements("rights", database.connectStatements("api"));
        exposeValue("endpoint", database.endpoint);
    });
    const { outputs } = findNode(plan, inUse, clusterType);
    expect(policyStatements(findNode(plan, "rights")).map(({ Resource }) => Resource)).toEqual([
        expect.stringContaining(`:dbuser:${plainTextOf(outputs.clusterResourceId)}/payment_api`),
    ]);
    expect(findNode(plan, "endpoint").inputs.value).toBe(outputs.endpoint);
});

test.each([
    ["the latest time", latest, { useLatestRestorableTime: true }],
    ["a time", { ...latest, time: "2026-03-31T09:30:00Z" }, { restoreToTime: "2026-03-31T09:30:00Z" }],
] as const)("a cluster is created with the data of another at %s, as a full copy", async (_, restoreFrom, time) => {
    const { inputs } = await clusterOf({ ...restored, restoreFrom }, "payment-database2-test");
    expect(inputs.restoreToPointInTime).toEqual({
        sourceClusterIdentifier: "payment-database-test",
        restoreType: "full-copy",
        ...time,
    });
    expect(inputs).not.toHaveProperty("snapshotIdentifier");
});

test("a cluster is created with the data of a deleted one, by the ID that no other cluster has", async () => {
    const restoreFrom = {
        source: "deleted-cluster",
        generation: 2,
        resourceId: "cluster-ABCDEFGHIJKLM1234567890123",
        time: "latest",
    } as const;
    const { inputs } = await clusterOf({ ...restored, restoreFrom }, "payment-database2-test");
    expect(inputs.restoreToPointInTime).toEqual({
        sourceClusterResourceId: "cluster-ABCDEFGHIJKLM1234567890123",
        restoreType: "full-copy",
        useLatestRestorableTime: true,
    });
});

test.each(["payment-database-prod", "cluster-abc", "arn:aws:rds:us-east-1:123456789012:cluster:payment-database-prod"])(
    "%s is not the resource ID of a cluster",
    (resourceId) => {
        const restoreFrom = { source: "deleted-cluster", generation: 2, resourceId, time: "latest" };
        expect(settingsSchema.shape.database.shape.restoreFrom.safeParse(restoreFrom).success).toBe(false);
    },
);

test("a cluster is created with the data of a snapshot, and no other cluster is", async () => {
    const restoreFrom = { source: "snapshot", generation: 2, snapshot: "payment-before-migration" } as const;
    const settings = { ...restored, restoreFrom };
    expect((await clusterOf(settings, "payment-database2-test")).inputs.snapshotIdentifier).toBe(restoreFrom.snapshot);
    const { inputs } = await clusterOf(settings, "payment-database-test");
    expect(inputs).not.toHaveProperty("snapshotIdentifier");
    expect(inputs).not.toHaveProperty("restoreToPointInTime");
});

test("a restored cluster stays when the setting is left out or has another time", async () => {
    const { options } = await clusterOf(restored, "payment-database2-test");
    expect(options.ignoreChanges).toEqual(["snapshotIdentifier", "restoreToPointInTime"]);
});

test("a restore, and its end, leave every resource of the first cluster as it is", async () => {
    const resources = async (settings: Partial<Settings["database"]>) =>
        new Map((await planned(settings)).nodes.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
    const before = await resources({});
    for (const settings of [
        restored,
        { ...restored, generation: 1, otherGenerations: [2] },
        { ...restored, otherGenerations: [1, 3], generation: 2 },
        { ...restored, otherGenerations: [3, 1], generation: 2 },
    ]) {
        const after = await resources(settings);
        expect([...before].filter(([urn, inputs]) => after.get(urn) !== inputs)).toEqual([]);
    }
});

test("every cluster is protected, with a last snapshot of its own", async () => {
    const clusters = nodesOf(await planned(restored, true), clusterType);
    expect(clusters.map(({ options }) => options.protect)).toEqual([true, true]);
    expect(clusters.map(({ inputs }) => plainTextOf(inputs.finalSnapshotIdentifier).replace(/[0-9a-f]+$/, ""))).toEqual(
        ["payment-database-test-final-", "payment-database2-test-final-"],
    );
});

test("each cluster has event subscriptions of its own, with the categories of the first one's", async () => {
    const plan = await planned({ ...restored, readers: 1 });
    const [first, second] = ["", "2"].map((number) =>
        ["cluster", "instance"].map((source) => {
            const { inputs } = findNode(plan, `payment-db-${source}${number}-events-test`);
            return { ids: inputs.sourceIds, rest: { ...inputs, sourceIds: undefined } };
        }),
    );
    const instanceIds = nodesOf(plan, instanceType).map(({ id }) => id);
    expect(first?.map(({ ids }) => ids)).toEqual([["payment-database-test"], instanceIds.slice(0, 2)]);
    expect(second?.map(({ ids }) => ids)).toEqual([["payment-database2-test"], instanceIds.slice(2)]);
    expect(second?.map(({ rest }) => rest)).toEqual(first?.map(({ rest }) => rest));
});

test("no service has the name of a cluster", () => {
    expect(["database", "database2", "database9"].filter((name) => !isReserved(name))).toEqual([]);
});

test.each([
    "2027-03-31",
    "2026-03-31T09:30:00+02:00",
    "now",
    "2027-02-30T09:30:00Z",
    "2027-13-01T09:30:00Z",
    "2026-03-31T24:00:00Z",
    "2026-03-31T09:61:00Z",
])("%s is not a time of a backup", (time) => {
    const { success } = settingsSchema.shape.database.shape.restoreFrom.safeParse({ ...latest, time });
    expect(success).toBe(false);
});

test.each([
    "rds:payment-database-prod-2027-03-31-07-05",
    "payment-database-prod-final-0a1b2c3d",
    "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:rds:payment-database-prod-2027-03-31-07-05",
])("%s is a snapshot", (snapshot) => {
    const restoreFrom = { source: "snapshot", generation: 2, snapshot };
    expect(settingsSchema.shape.database.shape.restoreFrom.parse(restoreFrom)).toEqual(restoreFrom);
});
