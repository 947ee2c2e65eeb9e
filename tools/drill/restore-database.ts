import {
    CreateDBInstanceCommand,
    DeleteDBClusterCommand,
    DeleteDBInstanceCommand,
    DescribeDBClustersCommand,
    DescribeDBInstancesCommand,
    RestoreDBClusterToPointInTimeCommand,
    type DBCluster,
} from "@aws-sdk/client-rds";
import {
    deleteAndWait,
    assertAll,
    DrillError,
    withRollback,
    secondsSince,
    requireValue,
    waitForValue,
    waitUntil,
    type DeletionOptions,
    type DrillContext,
} from "./context.ts";

export interface RestoreResult {
    /** From the first call until the copy was available. */
    readonly seconds: number;
    /** Age of the latest restorable time when the drill began: the data that a disaster would have lost. */
    readonly lostSeconds: number;
}

/**
 * Aurora's latest restorable time is "typically within the last 5 minutes"
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-pitr.html); three times that is a fault.
 */
const maxLostSeconds = 15 * 60;

const deletionTimeout = { withinMinutes: 60 } as const;
const instanceDeletion: DeletionOptions = {
    ...deletionTimeout,
    retryableErrors: ["InvalidDBInstanceStateFault", "InvalidDBInstanceState"],
    notFoundErrors: ["DBInstanceNotFoundFault", "DBInstanceNotFound"],
};
const clusterDeletion: DeletionOptions = {
    ...deletionTimeout,
    retryableErrors: ["InvalidDBClusterStateFault", "InvalidDBInstanceStateFault"],
    notFoundErrors: ["DBClusterNotFoundFault"],
};

async function describeCluster({ clients: { rds } }: DrillContext, id: string): Promise<DBCluster> {
    const { DBClusters: [cluster] = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }));
    if (cluster === undefined) {
        throw new DrillError(`there is no cluster ${id}`);
    }
    return cluster;
}

const securityGroupIds = ({ VpcSecurityGroups = [] }: DBCluster): string[] =>
    VpcSecurityGroups.map(({ VpcSecurityGroupId }) =>
        requireValue(VpcSecurityGroupId, "DescribeDBClusters", "VpcSecurityGroupId"),
    ).toSorted();

/**
 * Restores the database to its latest restorable time, into a copy with the same subnets, security group and key, and
 * deletes the copy. The drill does not log in: it runs outside the VPC, from which the database is not reachable.
 *
 * @param copy the copy's name
 */
export function restoreDatabase(context: DrillContext, copy: string): Promise<RestoreResult> {
    const { clients, clock, databaseCluster: database, say } = context;
    const { rds } = clients;
    const instance = `${copy}-1`;
    return withRollback(context, async (addRollback) => {
        const start = clock.now();
        const source = await describeCluster(context, database);
        const latest = requireValue(source.LatestRestorableTime, "DescribeDBClusters", "LatestRestorableTime");
        const lostSeconds = secondsSince(context, latest.getTime());
        assertAll("the database", {
            "be available": source.Status === "available",
            [`be restorable to the last ${maxLostSeconds / 60} minutes`]: lostSeconds <= maxLostSeconds,
        });

        say(`restoring ${database} into ${copy}, with one serverless instance`);
        addRollback(`the cluster ${copy}`, (rollbackContext) =>
            deleteAndWait(rollbackContext, copy, clusterDeletion, () =>
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
                VpcSecurityGroupIds: securityGroupIds(source),
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
        await waitUntil(
            context,
            { condition: `${copy} is available`, ...available },
            async () => (await describeCluster(context, copy)).Status === "available",
        );
        addRollback(`the instance ${instance}`, (rollbackContext) =>
            deleteAndWait(rollbackContext, instance, instanceDeletion, () =>
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
        const made = await waitForValue(context, { condition: `${instance} is available`, ...available }, async () => {
            const answer = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
            const found = answer.DBInstances?.[0];
            return found?.DBInstanceStatus === "available" ? found : undefined;
        });
        const seconds = secondsSince(context, start);

        const restored = await describeCluster(context, copy);
        assertAll(`the copy ${copy}`, {
            "be encrypted with the database's key":
                restored.StorageEncrypted === true && restored.KmsKeyId === source.KmsKeyId,
            "be in the database's subnets": restored.DBSubnetGroup === source.DBSubnetGroup,
            "have the database's security group": securityGroupIds(restored).join() === securityGroupIds(source).join(),
            "hold the database": restored.DatabaseName === source.DatabaseName,
            "have no public address": made.PubliclyAccessible !== true,
        });
        return { seconds, lostSeconds };
    });
}
