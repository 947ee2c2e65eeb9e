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
    /** Topic that hears of failures, maintenance and changed configuration. */
    readonly alertTopicArn: pulumi.Input<string>;
}

/** UTC: quiet hours of the Americas, and after the backup. */
const maintenanceWindow = "sun:08:30-sun:09:30";

/** Aurora PostgreSQL: encrypted, reached over TLS only, with a master password that nobody but AWS knows. */
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
                // Major version only: AWS applies minor ones, and a pinned minor would be a downgrade at the next `up`.
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
            // RDS would make the log group itself, without a key and for ever.
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

    /** Database user of a service; a migration makes it and grants it `rds_iam`. */
    public databaseUserOf(service: string): string {
        return `payment_${service.replaceAll("-", "_")}`;
    }

    /** What a service needs to log in as its own user, with a token that IAM signs. */
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
            // Who came and went, what changed the schema, what was slow; never the values of a statement, which may
            // be cardholder data (PCI DSS 3.3, 10.2.1).
            log_connections: "1",
            log_disconnections: "1",
            log_statement: "ddl",
            log_min_duration_statement: "1000",
            log_parameter_max_length: "0",
        };
        return new aws.rds.ClusterParameterGroup(
            // The family is in the name: a new major version makes its group before the old one goes.
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

    /** The writer, then the readers; Aurora spreads them over the zones of the subnet group. */
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
                        // Pulumi gives this type no name, so AWS's provider would call it `tf-<digits>`. A prefix, to which
                        // the provider adds 26 characters, lets a replacement be made before the former one goes.
                        identifierPrefix: `${nameOf(scope, `database-${i + 1}`)}-`,
                        clusterIdentifier: cluster.id,
                        engine: "aurora-postgresql",
                        engineVersion: cluster.engineVersion,
                        instanceClass: settings.instanceClass,
                        dbSubnetGroupName: cluster.dbSubnetGroupName,
                        publiclyAccessible: false,
                        // Tiers 0 and 1 keep the writer's capacity, so a failover finds a reader that is large enough.
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
                // AWS's own policy: it names the one log group (RDSOSMetrics) that enhanced monitoring writes to.
                managedPolicy: "AmazonRDSEnhancedMonitoringRole",
            },
            { parent: this },
        );
    }

    /** Failures, maintenance and changed configuration reach the team (Security Hub RDS.19 to RDS.22). */
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

/** Capacity of the writer and of the readers that may replace it; a provisioned class has its own. */
function scalingConfiguration({ minAcu: minCapacity, maxAcu: maxCapacity }: Settings["database"]) {
    return minCapacity !== undefined && maxCapacity !== undefined
        ? { serverlessv2ScalingConfiguration: { minCapacity, maxCapacity } }
        : {};
}

/**
 * Database Insights. AWS takes the advanced mode, which demands 465 days, on the cluster and applies it to the instances;
 * the standard one, 7 days by default and free, on the instances, where auditors look for it
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
