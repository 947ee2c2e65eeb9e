import {
    DescribeContinuousBackupsCommand,
    DescribeTableCommand,
    DescribeTimeToLiveCommand,
    ListTagsOfResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeCacheClustersCommand, DescribeReplicationGroupsCommand } from "@aws-sdk/client-elasticache";
import {
    DescribeDBClusterParametersCommand,
    DescribeDBClustersCommand,
    DescribeDBInstancesCommand,
    DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { itemsOf, getPath } from "../../../plan/query.ts";
import { collectTokenPages } from "../../../tools/frame/aws-calls.ts";
import { tagsOf, within, type Row } from "./row.ts";

export const storeRows: readonly Row[] = [
    {
        type: "rds/cluster:Cluster",
        read: async ({ rds }, { name, text }) => {
            const { DBClusters: [found] = [] } = await rds.send(
                new DescribeDBClustersCommand({ DBClusterIdentifier: name }),
            );
            const scaling = found?.ServerlessV2ScalingConfiguration;
            return (
                found && {
                    engine: found.Engine,
                    engineVersion: within(text("engineVersion"), found.EngineVersion),
                    databaseName: found.DatabaseName,
                    port: found.Port,
                    storageEncrypted: found.StorageEncrypted,
                    kmsKeyId: found.KmsKeyId,
                    manageMasterUserPassword: found.MasterUserSecret !== undefined,
                    masterUserSecretKmsKeyId: found.MasterUserSecret?.KmsKeyId,
                    iamDatabaseAuthenticationEnabled: found.IAMDatabaseAuthenticationEnabled,
                    backupRetentionPeriod: found.BackupRetentionPeriod,
                    databaseInsightsMode: found.DatabaseInsightsMode,
                    performanceInsightsEnabled: found.PerformanceInsightsEnabled,
                    performanceInsightsKmsKeyId: found.PerformanceInsightsKMSKeyId,
                    performanceInsightsRetentionPeriod: found.PerformanceInsightsRetentionPeriod,
                    preferredBackupWindow: found.PreferredBackupWindow,
                    preferredMaintenanceWindow: found.PreferredMaintenanceWindow,
                    deletionProtection: found.DeletionProtection,
                    copyTagsToSnapshot: found.CopyTagsToSnapshot,
                    enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports,
                    serverlessv2ScalingConfiguration: {
                        minCapacity: scaling?.MinCapacity,
                        maxCapacity: scaling?.MaxCapacity,
                        secondsUntilAutoPause: scaling?.SecondsUntilAutoPause,
                    },
                    dbClusterParameterGroupName: found.DBClusterParameterGroup,
                    dbSubnetGroupName: found.DBSubnetGroup,
                    vpcSecurityGroupIds: found.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
                    tagsAll: tagsOf(found.TagList),
                }
            );
        },
        notEmulated: Object.fromEntries(
            [
                "databaseInsightsMode",
                "performanceInsightsEnabled",
                "performanceInsightsKmsKeyId",
                "performanceInsightsRetentionPeriod",
            ].map((input) => [input, "it has no Database Insights"]),
        ),
    },
    {
        type: "rds/clusterInstance:ClusterInstance",
        read: async ({ rds }, { arn, text }) => {
            const { DBInstances: [found] = [] } = await rds.send(
                new DescribeDBInstancesCommand({ DBInstanceIdentifier: arn.split(":").at(-1) }),
            );
            return (
                found && {
                    clusterIdentifier: found.DBClusterIdentifier,
                    engine: found.Engine,
                    engineVersion: within(text("engineVersion"), found.EngineVersion),
                    instanceClass: found.DBInstanceClass,
                    publiclyAccessible: found.PubliclyAccessible,
                    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade,
                    caCertIdentifier: found.CACertificateIdentifier,
                    promotionTier: found.PromotionTier,
                    monitoringInterval: found.MonitoringInterval,
                    preferredMaintenanceWindow: found.PreferredMaintenanceWindow,
                    dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName,
                    tagsAll: tagsOf(found.TagList),
                }
            );
        },
        notEmulated: {
            monitoringInterval: "it forgets the monitoring of cluster members",
        },
    },
    {
        type: "rds/clusterParameterGroup:ClusterParameterGroup",
        read: async ({ rds }, { name, inputs }) => ({
            // A value that is AWS's default has the source `system`, with hundreds of parameters that no stack sets.
            parameters: (
                await collectTokenPages(async (Marker) => {
                    const answer = await rds.send(
                        new DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: name, Marker }),
                    );
                    return { items: answer.Parameters, next: answer.Marker };
                })
            )
                .filter(
                    ({ ParameterName, Source }) =>
                        Source === "user" ||
                        itemsOf(inputs.parameters).some((each) => getPath(each, "name") === ParameterName),
                )
                .map(({ ParameterName, ParameterValue, ApplyMethod }) => ({
                    name: ParameterName,
                    value: ParameterValue,
                    applyMethod: ApplyMethod,
                })),
        }),
    },
    {
        type: "rds/subnetGroup:SubnetGroup",
        read: async ({ rds }, { name }) => {
            const { DBSubnetGroups: [found] = [] } = await rds.send(
                new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }),
            );
            return (
                found && {
                    description: found.DBSubnetGroupDescription,
                    subnetIds: found.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier),
                }
            );
        },
    },
    {
        type: "elasticache/replicationGroup:ReplicationGroup",
        read: async ({ cache }, { name, text }) => {
            const { ReplicationGroups: [found] = [] } = await cache.send(
                new DescribeReplicationGroupsCommand({ ReplicationGroupId: name }),
            );
            const { CacheClusters: [node] = [] } = await cache.send(
                new DescribeCacheClustersCommand({ CacheClusterId: found?.MemberClusters?.[0] }),
            );
            return (
                found && {
                    description: found.Description,
                    engine: node?.Engine,
                    engineVersion: within(text("engineVersion"), node?.EngineVersion),
                    nodeType: found.CacheNodeType,
                    numCacheClusters: found.MemberClusters?.length,
                    automaticFailoverEnabled: found.AutomaticFailover === "enabled",
                    multiAzEnabled: found.MultiAZ === "enabled",
                    atRestEncryptionEnabled: found.AtRestEncryptionEnabled,
                    transitEncryptionEnabled: found.TransitEncryptionEnabled,
                    transitEncryptionMode: found.TransitEncryptionMode,
                    kmsKeyId: found.KmsKeyId,
                    snapshotRetentionLimit: found.SnapshotRetentionLimit,
                    snapshotWindow: found.SnapshotWindow,
                    maintenanceWindow: node?.PreferredMaintenanceWindow,
                    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade,
                    parameterGroupName: node?.CacheParameterGroup?.CacheParameterGroupName,
                    subnetGroupName: node?.CacheSubnetGroupName,
                    securityGroupIds: node?.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId),
                    logDeliveryConfigurations: found.LogDeliveryConfigurations?.map((log) => ({
                        destination: log.DestinationDetails?.CloudWatchLogsDetails?.LogGroup,
                        destinationType: log.DestinationType,
                        logFormat: log.LogFormat,
                        logType: log.LogType,
                    })),
                }
            );
        },
    },
    {
        type: "dynamodb/table:Table",
        read: async ({ dynamo }, { name, arn, inputs }) => {
            // Scaling sets the capacity of an index once it exists.
            const unitsOf = (index: string | undefined) => {
                const planned = itemsOf(inputs.globalSecondaryIndexes).find((each) => getPath(each, "name") === index);
                return {
                    readCapacity: getPath(planned, "readCapacity"),
                    writeCapacity: getPath(planned, "writeCapacity"),
                };
            };
            const { Table: found } = await dynamo.send(new DescribeTableCommand({ TableName: name }));
            const backups = await dynamo.send(new DescribeContinuousBackupsCommand({ TableName: name }));
            const { TimeToLiveDescription: ttl } = await dynamo.send(
                new DescribeTimeToLiveCommand({ TableName: name }),
            );
            const { Tags } = await dynamo.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
            const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
            const keys = (schema: { KeyType?: string; AttributeName?: string }[] | undefined) => ({
                hashKey: schema?.find(({ KeyType }) => KeyType === "HASH")?.AttributeName,
                rangeKey: schema?.find(({ KeyType }) => KeyType === "RANGE")?.AttributeName,
            });
            return (
                found && {
                    ...keys(found.KeySchema),
                    attributes: found.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => ({
                        name: AttributeName,
                        type: AttributeType,
                    })),
                    globalSecondaryIndexes: found.GlobalSecondaryIndexes?.map((index) => ({
                        ...keys(index.KeySchema),
                        ...unitsOf(index.IndexName),
                        name: index.IndexName,
                        projectionType: index.Projection?.ProjectionType,
                    })),
                    billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
                    deletionProtectionEnabled: found.DeletionProtectionEnabled,
                    serverSideEncryption: {
                        enabled: found.SSEDescription?.Status === "ENABLED",
                        kmsKeyArn: found.SSEDescription?.KMSMasterKeyArn,
                    },
                    pointInTimeRecovery: {
                        enabled: recovery?.PointInTimeRecoveryStatus === "ENABLED",
                        recoveryPeriodInDays: recovery?.RecoveryPeriodInDays,
                    },
                    ttl: { attributeName: ttl?.AttributeName, enabled: ttl?.TimeToLiveStatus === "ENABLED" },
                    tagsAll: tagsOf(Tags),
                }
            );
        },
    },
];
