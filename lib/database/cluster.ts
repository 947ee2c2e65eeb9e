import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { LogStorage } from "../logs.ts";
import { nameOf, type Scope } from "../scope.ts";
import { databaseClusterName, clusterNoun, withGeneration } from "../settings/database-generations.ts";
import type { Settings } from "../settings/schema.ts";

/** What all clusters of a stack have in common. */
export interface ClusterArgs {
    readonly scope: Scope;
    readonly settings: Settings["database"];
    readonly databaseName: string;
    readonly port: number;
    readonly subnetGroupName: pulumi.Input<string>;
    readonly parameterGroupName: pulumi.Input<string>;
    readonly securityGroupId: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /** Role of enhanced monitoring, if that is on. */
    readonly monitoringRoleArn?: pulumi.Input<string>;
}

/** A cluster with its instances, the writer first, and its log group. */
export interface DatabaseCluster {
    readonly generation: number;
    readonly cluster: aws.rds.Cluster;
    readonly instances: readonly aws.rds.ClusterInstance[];
    readonly logGroup: aws.cloudwatch.LogGroup;
}

/** UTC: night in the Americas, and after the backup window. */
const maintenanceWindow = "sun:08:30-sun:09:30";

/** Creates the cluster of a generation; that of `restoreFrom` with its data. */
export function createCluster(
    args: ClusterArgs,
    generation: number,
    opts: pulumi.CustomResourceOptions,
): DatabaseCluster {
    const { scope, settings, keyArn } = args;
    const name = databaseClusterName(scope, generation);
    const logGroupName = `/aws/rds/cluster/${name}/postgresql`;
    const logGroup = new aws.cloudwatch.LogGroup(name, { name: logGroupName, ...args.logs }, opts);
    const cluster = new aws.rds.Cluster(
        name,
        {
            clusterIdentifier: name,
            ...restoreOf(settings, generation),
            engine: "aurora-postgresql",
            // Major version only: RDS upgrades minor versions, and a pinned one would be a downgrade at the next `up`.
            engineVersion: settings.engineVersion,
            allowMajorVersionUpgrade: true,
            autoMinorVersionUpgrade: true,
            ...scalingConfiguration(settings),
            databaseName: args.databaseName,
            masterUsername: "payment_admin",
            manageMasterUserPassword: true,
            masterUserSecretKmsKeyId: keyArn,
            iamDatabaseAuthenticationEnabled: true,
            port: args.port,
            dbSubnetGroupName: args.subnetGroupName,
            vpcSecurityGroupIds: [args.securityGroupId],
            dbClusterParameterGroupName: args.parameterGroupName,
            storageEncrypted: true,
            kmsKeyId: keyArn,
            backupRetentionPeriod: settings.backupRetentionDays,
            preferredBackupWindow: "07:00-08:00",
            preferredMaintenanceWindow: maintenanceWindow,
            copyTagsToSnapshot: true,
            // AWS's default deletes all backups at once with the cluster. Retained, they expire as before.
            deleteAutomatedBackups: false,
            enabledCloudwatchLogsExports: ["postgresql"],
            ...databaseInsightsOf(args),
            ...(settings.breakGlass && { enableHttpEndpoint: true }),
            applyImmediately: scope.applyImmediately,
            deletionProtection: scope.deletionProtection,
            skipFinalSnapshot: !scope.deletionProtection,
            ...(scope.deletionProtection && { finalSnapshotIdentifier: finalSnapshotName(scope, generation, opts) }),
        },
        {
            ...opts,
            // RDS would create the log group without a KMS key and retention.
            dependsOn: logGroup,
            protect: scope.deletionProtection,
            // Another value, or none, would replace the cluster and lose what was written since it was restored.
            ignoreChanges: ["snapshotIdentifier", "restoreToPointInTime"],
        },
    );
    return { generation, cluster, instances: createInstances(args, generation, cluster, opts), logGroup };
}

/** Inputs with which RDS creates a cluster from a snapshot, or from the backups of a cluster. */
function restoreOf({ restoreFrom }: Settings["database"], generation: number) {
    if (restoreFrom?.generation !== generation) {
        return {};
    }
    if (restoreFrom.source === "snapshot") {
        return { snapshotIdentifier: restoreFrom.snapshot };
    }
    const { time } = restoreFrom;
    return {
        restoreToPointInTime: {
            ...(restoreFrom.source === "deleted-cluster"
                ? { sourceClusterResourceId: restoreFrom.resourceId }
                : { sourceClusterIdentifier: restoreFrom.cluster }),
            // A clone shares its storage with the source, and would not outlive what is wrong with it.
            restoreType: "full-copy",
            ...(time === "latest" ? { useLatestRestorableTime: true } : { restoreToTime: time }),
        },
    };
}

/** A name of its own for each cluster: the final snapshot of a former cluster of this name still exists. */
function finalSnapshotName(
    scope: Scope,
    generation: number,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const name = nameOf(scope, withGeneration("final-snapshot", generation));
    const suffix = new random.RandomId(name, { byteLength: 4 }, opts);
    return pulumi.interpolate`${databaseClusterName(scope, generation)}-final-${suffix.hex}`;
}

/** The writer, then the readers. Aurora distributes them over the zones of the subnet group. */
function createInstances(
    { scope, settings, monitoringRoleArn }: ClusterArgs,
    generation: number,
    cluster: aws.rds.Cluster,
    opts: pulumi.CustomResourceOptions,
): aws.rds.ClusterInstance[] {
    return [...Array(1 + settings.readers).keys()].map((i) => {
        const name = nameOf(scope, `${clusterNoun(generation)}-${i + 1}`);
        return new aws.rds.ClusterInstance(
            name,
            {
                // Pulumi sets no name for this type, so the AWS provider would choose `tf-<digits>`. With a prefix
                // the provider adds 26 characters, and a replacement can be created before the old one is deleted.
                // An instance without this prefix, of version 0.3.0 and older, keeps its name (`ignoreChanges`).
                identifierPrefix: `${name}-`,
                clusterIdentifier: cluster.id,
                // Without a version, which is the cluster's: a repeated one would be a downgrade once RDS has upgraded.
                engine: "aurora-postgresql",
                instanceClass: settings.instanceClass,
                dbSubnetGroupName: cluster.dbSubnetGroupName,
                publiclyAccessible: false,
                preferredMaintenanceWindow: maintenanceWindow,
                // A failover takes the reader of the lowest tier. Serverless readers in tiers 0 and 1 scale with the
                // writer, so the first one is large enough for it; the others scale by their own load.
                promotionTier: Math.min(i, 2),
                caCertIdentifier: "rds-ca-rsa2048-g1",
                autoMinorVersionUpgrade: true,
                copyTagsToSnapshot: true,
                applyImmediately: scope.applyImmediately,
                // 0 is stated, too: it switches the monitoring off.
                monitoringInterval: settings.monitoringIntervalSeconds,
                ...(monitoringRoleArn !== undefined && { monitoringRoleArn }),
            },
            { ...opts, ignoreChanges: ["identifierPrefix"] },
        );
    });
}

/** Capacity range of serverless instances; a provisioned instance class has a fixed capacity. */
function scalingConfiguration({ minAcu: minCapacity, maxAcu: maxCapacity }: Settings["database"]) {
    return minCapacity !== undefined && maxCapacity !== undefined
        ? { serverlessv2ScalingConfiguration: { minCapacity, maxCapacity } }
        : {};
}

/** Days for which Database Insights keeps what it records: the free retention, and the one that `advanced` requires. */
const insightsRetentionDays = { standard: 7, advanced: 465 } as const;

/**
 * Database Insights, for the cluster and its instances
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.TurningOnAdvanced.html). Both modes are
 * stated whole: AWS keeps what an update leaves out, and would still bill the advanced mode.
 */
function databaseInsightsOf({ settings: { insights }, keyArn }: Pick<ClusterArgs, "settings" | "keyArn">) {
    return {
        databaseInsightsMode: insights,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keyArn,
        performanceInsightsRetentionPeriod: insightsRetentionDays[insights],
    };
}
