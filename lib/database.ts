import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, grantRole, trustPolicy, type Statement } from "./iam.ts";
import { requireItem } from "./list.ts";
import type { LogStorage } from "./logs.ts";
import { after } from "./ordering.ts";
import { ports } from "./ports.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

export interface DatabaseArgs {
    readonly scope: Scope;
    readonly settings: Settings["database"];
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /** Topic for RDS events: failures, maintenance and configuration changes. */
    readonly alertTopicArn: pulumi.Input<string>;
}

/** UTC: night in the Americas, and after the backup window. */
const maintenanceWindow = "sun:08:30-sun:09:30";

/** Aurora PostgreSQL: encrypted, TLS only, with a master password that RDS creates and manages. */
export class Database extends pulumi.ComponentResource {
    public readonly endpoint: pulumi.Output<string>;
    public readonly readerEndpoint: pulumi.Output<string>;
    public readonly port = ports.database;
    public readonly databaseName = "payments";
    /** Secret with the master user's name and password, rotated by AWS every seven days; for migrations only. */
    public readonly secretArn: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];
    private readonly scope: Scope;
    private readonly resourceId: pulumi.Output<string>;

    constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Database", name, {}, opts);
        const { scope, settings, keyArn } = args;
        const inside = { parent: this };
        const logGroupName = `/aws/rds/cluster/${name}/postgresql`;
        const logGroup = new aws.cloudwatch.LogGroup(name, { name: logGroupName, ...args.logs }, inside);

        const cluster = new aws.rds.Cluster(
            name,
            {
                clusterIdentifier: name,
                engine: "aurora-postgresql",
                // Major version only: RDS upgrades minor versions, and a pinned one would be a downgrade at the next `up`.
                engineVersion: settings.engineVersion,
                allowMajorVersionUpgrade: true,
                ...scalingConfiguration(settings),
                databaseName: this.databaseName,
                masterUsername: "payment_admin",
                manageMasterUserPassword: true,
                masterUserSecretKmsKeyId: keyArn,
                iamDatabaseAuthenticationEnabled: true,
                port: this.port,
                dbSubnetGroupName: this.subnetGroup(name, args),
                vpcSecurityGroupIds: [args.securityGroupId],
                dbClusterParameterGroupName: this.parameterGroup(args),
                storageEncrypted: true,
                kmsKeyId: keyArn,
                backupRetentionPeriod: settings.backupRetentionDays,
                preferredBackupWindow: "07:00-08:00",
                preferredMaintenanceWindow: maintenanceWindow,
                copyTagsToSnapshot: true,
                enabledCloudwatchLogsExports: ["postgresql"],
                ...databaseInsightsOf(args).cluster,
                applyImmediately: scope.applyImmediately,
                deletionProtection: scope.deletionProtection,
                skipFinalSnapshot: !scope.deletionProtection,
                ...(scope.deletionProtection && { finalSnapshotIdentifier: `${name}-final` }),
            },
            // RDS would create the log group without a KMS key and retention.
            { ...inside, dependsOn: logGroup, protect: scope.deletionProtection },
        );

        const instances = this.instances(args, cluster);
        this.subscribeToEvents(args, cluster, instances);
        this.scope = scope;
        this.logGroupNames = [logGroup.name];
        this.resourceId = cluster.clusterResourceId;
        this.endpoint = after(cluster.endpoint, instances);
        this.readerEndpoint = after(cluster.readerEndpoint, instances);
        this.secretArn = cluster.masterUserSecrets.apply((secrets) => requireItem(secrets, 0).secretArn);
        this.registerOutputs({
            endpoint: this.endpoint,
            readerEndpoint: this.readerEndpoint,
            port: this.port,
            databaseName: this.databaseName,
            secretArn: this.secretArn,
            logGroupNames: this.logGroupNames,
        });
    }

    /** Database user of a service. A database migration must create it and grant it `rds_iam`. */
    public databaseUserOf(service: string): string {
        return `payment_${service.replaceAll("-", "_")}`;
    }

    /** Permissions of a service to log in as its database user, with an IAM authentication token. */
    public connectStatements(service: string): Statement[] {
        const user = pulumi.interpolate`dbuser:${this.resourceId}/${this.databaseUserOf(service)}`;
        return [
            {
                Effect: "Allow",
                Action: "rds-db:connect",
                Resource: pulumi.interpolate`${arn(this.scope, "rds-db", "")}${user}`,
            },
        ];
    }

    private subnetGroup(name: string, { subnetIds }: DatabaseArgs): pulumi.Output<string> {
        const description = "Database subnets, which have no route out";
        return new aws.rds.SubnetGroup(name, { description, subnetIds }, { parent: this }).name;
    }

    private parameterGroup({ scope, settings }: DatabaseArgs): pulumi.Output<string> {
        const parameters = {
            "rds.force_ssl": "1",
            // Connections, schema changes and slow statements, without parameter values, which may be cardholder data
            // (PCI DSS 3.3, 10.2.1).
            log_connections: "1",
            log_disconnections: "1",
            log_statement: "ddl",
            log_min_duration_statement: "1000",
            log_parameter_max_length: "0",
        };
        return new aws.rds.ClusterParameterGroup(
            // The name contains the version, so that an upgrade creates the new group before it deletes the old one.
            nameOf(scope, `postgresql${settings.engineVersion}`),
            {
                family: `aurora-postgresql${settings.engineVersion}`,
                description: "Forced TLS and an audit trail without values",
                parameters: Object.entries(parameters).map(([name, value]) => ({
                    name,
                    value,
                    applyMethod: "immediate",
                })),
            },
            { parent: this },
        ).name;
    }

    /** The writer, then the readers. Aurora distributes them over the zones of the subnet group. */
    private instances(args: DatabaseArgs, cluster: aws.rds.Cluster): aws.rds.ClusterInstance[] {
        const { scope, settings } = args;
        const { monitoringIntervalSeconds: monitoringInterval } = settings;
        const monitoring = monitoringInterval > 0 && {
            monitoringInterval,
            monitoringRoleArn: this.monitoringRole(scope),
        };
        return [...Array(1 + settings.readers).keys()].map(
            (i) =>
                new aws.rds.ClusterInstance(
                    nameOf(scope, `database-${i + 1}`),
                    {
                        // Pulumi sets no name for this type, so the AWS provider would choose `tf-<digits>`. With a prefix
                        // the provider adds 26 characters, and a replacement can be created before the old one is deleted.
                        identifierPrefix: `${nameOf(scope, `database-${i + 1}`)}-`,
                        clusterIdentifier: cluster.id,
                        engine: "aurora-postgresql",
                        engineVersion: cluster.engineVersion,
                        instanceClass: settings.instanceClass,
                        dbSubnetGroupName: cluster.dbSubnetGroupName,
                        publiclyAccessible: false,
                        // Serverless readers in tiers 0 and 1 scale with the writer, so one is large enough for a failover.
                        preferredMaintenanceWindow: maintenanceWindow,
                        promotionTier: Math.min(i, 1),
                        caCertIdentifier: "rds-ca-rsa2048-g1",
                        autoMinorVersionUpgrade: true,
                        copyTagsToSnapshot: true,
                        applyImmediately: scope.applyImmediately,
                        ...databaseInsightsOf(args).instance,
                        ...monitoring,
                    },
                    { parent: this },
                ),
        );
    }

    private monitoringRole(scope: Scope): pulumi.Output<string> {
        return grantRole(
            nameOf(scope, "database-monitoring"),
            {
                scope,
                description: "Lets RDS enhanced monitoring write its log",
                assumeRolePolicy: trustPolicy(scope, "monitoring.rds.amazonaws.com", {
                    service: "rds",
                    resource: "db:*",
                }),
                // AWS's managed policy allows one log group only, RDSOSMetrics, to which enhanced monitoring writes.
                managedPolicy: "AmazonRDSEnhancedMonitoringRole",
            },
            { parent: this },
        );
    }

    /** Notifies of failures, maintenance and configuration changes (Security Hub RDS.19 to RDS.22). */
    private subscribeToEvents(
        args: DatabaseArgs,
        cluster: aws.rds.Cluster,
        instances: aws.rds.ClusterInstance[],
    ): void {
        const sources: Record<string, { categories: string[]; ids?: pulumi.Input<string>[] }> = {
            "db-cluster": { categories: ["failover", "failure", "maintenance"], ids: [cluster.id] },
            "db-instance": {
                categories: ["configuration change", "failure", "maintenance"],
                ids: instances.map((instance) => instance.id),
            },
            "db-parameter-group": { categories: ["configuration change"] },
            "db-security-group": { categories: ["configuration change", "failure"] },
        };
        for (const [sourceType, { categories, ids }] of Object.entries(sources)) {
            new aws.rds.EventSubscription(
                nameOf(args.scope, `${sourceType}-events`),
                { snsTopic: args.alertTopicArn, sourceType, eventCategories: categories, sourceIds: ids },
                { parent: this },
            );
        }
    }
}

/** Capacity range of serverless instances; a provisioned instance class has a fixed capacity. */
function scalingConfiguration({ minAcu: minCapacity, maxAcu: maxCapacity }: Settings["database"]) {
    return minCapacity !== undefined && maxCapacity !== undefined
        ? { serverlessv2ScalingConfiguration: { minCapacity, maxCapacity } }
        : {};
}

/**
 * Database Insights. The advanced mode, which requires a retention of 465 days, is set on the cluster and applies to its
 * instances. The standard mode, free with 7 days, is set on the instances, where Security Hub checks it
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.TurningOnAdvanced.html).
 */
function databaseInsightsOf({ settings, keyArn }: Pick<DatabaseArgs, "settings" | "keyArn">) {
    const recorded = { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: keyArn };
    return settings.insights === "advanced"
        ? {
              cluster: { ...recorded, databaseInsightsMode: "advanced", performanceInsightsRetentionPeriod: 465 },
              instance: {},
          }
        : { cluster: {}, instance: recorded };
}
