import {
    CreateDBInstanceCommand,
    DeleteDBClusterCommand,
    DeleteDBInstanceCommand,
    DescribeDBClustersCommand,
    DescribeDBInstancesCommand,
    RestoreDBClusterToPointInTimeCommand,
    type DBCluster,
} from "@aws-sdk/client-rds";
import { nameOf } from "../../lib/scope.ts";
import {
    deleted,
    demand,
    DrillProblem,
    puttingBack,
    secondsSince,
    told,
    until,
    untilSo,
    type Deletion,
    type Scene,
} from "./scene.ts";

export interface Restored {
    /** From the first call until the copy could be used. */
    readonly seconds: number;
    /** Age of the latest moment that could be restored when the drill began: what a disaster would have lost. */
    readonly lostSeconds: number;
}

/**
 * Aurora's latest restorable time is "typically within the last 5 minutes"
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-pitr.html); three times that is a fault.
 */
const mostLostSeconds = 15 * 60;

const ends = { withinMinutes: 60 } as const;
const instanceEnds: Deletion = {
    ...ends,
    busy: ["InvalidDBInstanceStateFault", "InvalidDBInstanceState"],
    gone: ["DBInstanceNotFoundFault", "DBInstanceNotFound"],
};
const clusterEnds: Deletion = {
    ...ends,
    busy: ["InvalidDBClusterStateFault", "InvalidDBInstanceStateFault"],
    gone: ["DBClusterNotFoundFault"],
};

async function clusterOf({ clients: { rds } }: Scene, id: string): Promise<DBCluster> {
    const { DBClusters: [cluster] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }));
    if (cluster === undefined) {
        throw new DrillProblem(`there is no cluster ${id}`);
    }
    return cluster;
}

const groupsOf = ({ VpcSecurityGroups = [] }: DBCluster): string[] =>
    VpcSecurityGroups.map(({ VpcSecurityGroupId }) =>
        told(VpcSecurityGroupId, "DescribeDBClusters", "VpcSecurityGroupId"),
    ).toSorted();

/**
 * Restores the database to its latest restorable moment, into a copy beside it that is as closed and as encrypted, and
 * deletes the copy. Nothing logs in: the drill stands outside of the VPC, and the database has no way in.
 *
 * @param copy the copy's name
 */
export function restoreDatabase(scene: Scene, copy: string): Promise<Restored> {
    const { clients, clock, suffix, say } = scene;
    const { rds } = clients;
    const database = nameOf({ suffix }, "database");
    const instance = `${copy}-1`;
    return puttingBack(scene, async (putBack) => {
        const start = clock.now();
        const source = await clusterOf(scene, database);
        const latest = told(source.LatestRestorableTime, "DescribeDBClusters", "LatestRestorableTime");
        const lostSeconds = secondsSince(scene, latest.getTime());
        demand("the database", {
            "be available": source.Status === "available",
            [`be restorable to the last ${mostLostSeconds / 60} minutes`]: lostSeconds <= mostLostSeconds,
        });

        say(`restoring ${database} into ${copy}, with one serverless instance`);
        putBack(`the cluster ${copy}`, (patient) =>
            deleted(patient, copy, clusterEnds, () =>
                rds.send(
                    new DeleteDBClusterCommand({
                        DBClusterIdentifier: copy,
                        SkipFinalSnapshot: true,
                        DeleteAutomatedBackups: true,
                    }),
                ),
            ),
        );
        await rds.send(
            new RestoreDBClusterToPointInTimeCommand({
                DBClusterIdentifier: copy,
                SourceDBClusterIdentifier: database,
                // A clone would share its pages with the source, and prove nothing about the backup.
                RestoreType: "full-copy",
                UseLatestRestorableTime: true,
                Port: source.Port,
                DBSubnetGroupName: source.DBSubnetGroup,
                VpcSecurityGroupIds: groupsOf(source),
                DBClusterParameterGroupName: source.DBClusterParameterGroup,
                KmsKeyId: source.KmsKeyId,
                EnableIAMDatabaseAuthentication: true,
                ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
                DeletionProtection: false,
                CopyTagsToSnapshot: true,
                Tags: [{ Key: "Name", Value: copy }],
            }),
        );
        const available = { withinMinutes: 90, everySeconds: 15 };
        await untilSo(
            scene,
            { what: `${copy} is available`, ...available },
            async () => (await clusterOf(scene, copy)).Status === "available",
        );
        putBack(`the instance ${instance}`, (patient) =>
            deleted(patient, instance, instanceEnds, () =>
                rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: instance, SkipFinalSnapshot: true })),
            ),
        );
        await rds.send(
            new CreateDBInstanceCommand({
                DBInstanceIdentifier: instance,
                DBClusterIdentifier: copy,
                Engine: source.Engine,
                DBInstanceClass: "db.serverless",
                PubliclyAccessible: false,
                Tags: [{ Key: "Name", Value: instance }],
            }),
        );
        const made = await until(scene, { what: `${instance} is available`, ...available }, async () => {
            const answer = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
            const found = answer.DBInstances?.[0];
            return found?.DBInstanceStatus === "available" ? found : undefined;
        });
        const seconds = secondsSince(scene, start);

        const restored = await clusterOf(scene, copy);
        demand(`the copy ${copy}`, {
            "be encrypted with the database's key":
                restored.StorageEncrypted === true && restored.KmsKeyId === source.KmsKeyId,
            "stand in the database's subnets": restored.DBSubnetGroup === source.DBSubnetGroup,
            "stand behind the database's security group": groupsOf(restored).join() === groupsOf(source).join(),
            "hold the database": restored.DatabaseName === source.DatabaseName,
            "have no public address": made.PubliclyAccessible !== true,
        });
        return { seconds, lostSeconds };
    });
}
