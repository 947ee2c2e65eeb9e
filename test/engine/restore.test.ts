import { randomUUID } from "node:crypto";
import {
    CreateDBClusterCommand,
    CreateDBClusterSnapshotCommand,
    DeleteDBClusterCommand,
    DescribeDBClustersCommand,
    RDSClient,
} from "@aws-sdk/client-rds";
import { expect } from "@jest/globals";
import { databaseName } from "../../lib/settings/database-names.ts";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { logicalNameOf, stateResourcesOfType } from "../../plan/state.ts";
import { Project, type StackFileChange } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText } from "./support/settings.ts";

const project = Project.shared();
const clusterType = "rds/cluster:Cluster";
const [first, second] = ["payment-database-dev", "payment-database2-dev"];
const latest = { generation: 2, source: "point-in-time", cluster: first, time: "latest" };
const snapshot = { generation: 2, source: "snapshot", snapshot: "payment-before-dev-restore" };

/** Deletes every cluster but the first one. */
const withoutOthers = { otherGenerations: [] };

const databaseSettings = (values: Readonly<Record<string, unknown>>): StackFileChange[] =>
    Object.entries(values).map(([key, value]) => ({ path: ["database", key], value }));

/** `up` with these settings of the database, accepting what it announces; returns what had to be accepted. */
async function update(values: Readonly<Record<string, unknown>>): Promise<string[]> {
    return project.withChangedSettings("dev", databaseSettings(values), async () => {
        const refused = await project.deploy("dev", ["up", "--yes"]);
        const accepted = refused.code === 0 ? [] : (refused.stderr.match(/--accept \S+/g) ?? []);
        if (refused.code !== 0) {
            expect(refused.code).toBe(exitCodeFor("unconfirmed"));
            const again = await project.deploy("dev", ["up", "--yes", ...accepted.flatMap((each) => each.split(" "))]);
            // The errors of the engine are at the end of what it prints.
            expect({ code: again.code, problem: again.code === 0 ? "" : again.stdout.slice(-3000) }).toEqual({
                code: 0,
                problem: "",
            });
        }
        return accepted.map((each) => each.replace("--accept ", "")).sort();
    });
}

/** Deploys dev as its file says, whatever another scenario has left. */
async function startFromStackFile(): Promise<void> {
    if (!(await project.ensureDeployed("dev"))) {
        await update(withoutOthers);
    }
}

/**
 * Makes a snapshot as the platform's cluster has it. Its cluster has a password of its own: moto 5.2.1 fails to restore the snapshot
 * of a cluster whose password RDS manages (`get_cfg` reads a password that such a cluster does not have).
 */
async function createSnapshot(): Promise<void> {
    const rds = new RDSClient({ region: process.env.AWS_REGION });
    const DBClusterIdentifier = "payment-restore-source-dev";
    await rds.send(
        new CreateDBClusterCommand({
            DBClusterIdentifier,
            Engine: "aurora-postgresql",
            DatabaseName: databaseName,
            MasterUsername: "payment_admin",
            MasterUserPassword: randomUUID(),
            StorageEncrypted: true,
        }),
    );
    await rds.send(
        new CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier: snapshot.snapshot }),
    );
    await rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier, SkipFinalSnapshot: true }));
}

const previewOf = (values: Readonly<Record<string, unknown>>) =>
    project.withChangedSettings("dev", databaseSettings(values), () => project.runOperation("preview", "dev"));

/** Clusters of the state by name, with the ID that RDS gave them, and the endpoint that the stack publishes. */
async function deployed() {
    const state = await project.state("dev");
    const clusters = stateResourcesOfType(state, clusterType);
    const { stdout } = await project.pulumi(["stack", "output", "databaseEndpoint", "--stack", "dev"]);
    return {
        ids: Object.fromEntries(clusters.map((each) => [logicalNameOf(each), each.outputs?.clusterResourceId])),
        inUse: stdout.trim().split(".")[0],
    };
}

const inAws = async (DBClusterIdentifier: string) => {
    const { DBClusters: [cluster] = [] } = await new RDSClient({ region: process.env.AWS_REGION }).send(
        new DescribeDBClustersCommand({ DBClusterIdentifier }),
    );
    return cluster;
};

scenario("a point in time is restored and used in one update, and the former cluster is used again", 60, async () => {
    await startFromStackFile();
    const before = await deployed();

    const accepted = await update({ generation: 2, otherGenerations: [1], restoreFrom: latest });
    expect(accepted).toEqual(expect.arrayContaining([`${second}:create`, `${second}:path`]));
    expect(accepted.filter((each) => each.endsWith(":replace") || each.endsWith(":delete"))).toEqual([]);
    const restored = await deployed();
    expect(restored.inUse).toBe(second);
    expect(restored.ids[first]).toBe(before.ids[first]);
    expect(await inAws(second)).toMatchObject({ IAMDatabaseAuthenticationEnabled: true });

    // What RDS does not take during a restore is set by the next update, and nothing is left after it.
    await update({ generation: 2, otherGenerations: [1], restoreFrom: latest });
    expect(
        (await previewOf({ generation: 2, otherGenerations: [1], restoreFrom: latest })).steps.map(stepText),
    ).toEqual([]);

    // Another time restores nothing, and neither does leaving the setting out: only the former cluster would be deleted.
    const other = { ...latest, time: "2026-03-31T09:30:00Z" };
    expect((await previewOf({ generation: 2, otherGenerations: [1], restoreFrom: other })).steps.map(stepText)).toEqual(
        [],
    );
    const { steps } = await previewOf({ generation: 2 });
    expect(
        steps
            .filter(({ op }) => op !== "update")
            .map(stepText)
            .sort(),
    ).toEqual(expect.arrayContaining([`delete Cluster ${first}`, "delete ClusterInstance payment-database-1-dev"]));
    expect(steps.filter(({ op, name }) => op !== "delete" && name.includes("database2"))).toEqual([]);

    await update({ generation: 1, otherGenerations: [2], restoreFrom: latest });
    expect(await deployed()).toEqual({ ids: restored.ids, inUse: first });

    // Without the setting the restored cluster would be deleted.
    const unlisted = await project.deploy("dev", ["up", "--yes", "--accept", `${second}:delete`]);
    expect(unlisted).toMatchObject({
        code: exitCodeFor("refused"),
        stderr: expect.stringContaining(`${second} would be deleted with its data`),
    });

    expect(await update(withoutOthers)).toEqual([`${second}:delete`]);
    expect(await deployed()).toEqual(before);
});

scenario("a snapshot is restored beside the cluster in use, and used in the next update", 60, async () => {
    await startFromStackFile();
    const before = await deployed();
    await createSnapshot();

    expect(await update({ generation: 1, otherGenerations: [2], restoreFrom: snapshot })).toEqual([
        `${second}:create`,
        `${second}:path`,
    ]);
    const beside = await deployed();
    expect(beside.inUse).toBe(first);
    expect(beside.ids[first]).toBe(before.ids[first]);

    await update({ generation: 2, otherGenerations: [1], restoreFrom: snapshot });
    expect(await deployed()).toEqual({ ids: beside.ids, inUse: second });
    // An emulator turns IAM authentication off in what it restores from a snapshot, and never on again.
    const unsettled = [`update Cluster ${second}`];
    const { steps: left } = await previewOf({ generation: 2, otherGenerations: [1], restoreFrom: snapshot });
    expect(left.map(stepText).filter((text) => !unsettled.includes(text))).toEqual([]);

    await update({ generation: 1, otherGenerations: [2], restoreFrom: snapshot });
    expect(await update(withoutOthers)).toEqual([`${second}:delete`]);
    expect(await deployed()).toEqual(before);
});

scenario("a restore is refused while the image of a migration is recorded, which would run before it", 30, async () => {
    await startFromStackFile();
    const recorded = { path: ["migration"], value: { imageDigest: `sha256:${"1".repeat(64)}` } };
    const previewWithMigration = async (values: Readonly<Record<string, unknown>>) =>
        project.withChangedSettings("dev", [recorded, ...databaseSettings(values)], () =>
            project.deploy("dev", ["preview"]),
        );
    const warning = "warning: an update is refused: payment-migration-dev would run before this update";
    const unchanged = await previewWithMigration({});
    expect(unchanged).toMatchObject({ code: 0, stderr: expect.not.stringContaining(warning) });
    const beside = await previewWithMigration({ generation: 1, otherGenerations: [2], restoreFrom: latest });
    expect(beside).toMatchObject({ code: 0, stderr: expect.stringContaining(warning) });
});
