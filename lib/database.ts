import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createBreakGlassSecret } from "./database/break-glass.ts";
import { createCluster } from "./database/cluster.ts";
import { subscribeToEvents } from "./database/events.ts";
import { clusterParameters } from "./database/parameters.ts";
import { arn, grantRole, trustPolicy, type Statement } from "./iam.ts";
import { requireItem } from "./list.ts";
import type { LogStorage } from "./logs.ts";
import { after } from "./ordering.ts";
import { ports } from "./ports.ts";
import { nameOf, type Scope } from "./scope.ts";
import { readSecretStatements } from "./secret.ts";
import { engineVersions } from "./settings/database.ts";
import { generationsOf } from "./settings/database-generations.ts";
import { databaseName, databaseUserOf } from "./settings/database-names.ts";
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

/** Aurora PostgreSQL: encrypted, TLS only, with a master password that RDS creates and manages. */
export class Database extends pulumi.ComponentResource {
    public readonly endpoint: pulumi.Output<string>;
    public readonly readerEndpoint: pulumi.Output<string>;
    public readonly port = ports.database;
    public readonly databaseName = databaseName;
    /** Secret with the master user's name and password, rotated by AWS every seven days; for migrations only. */
    public readonly secretArn: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];
    private readonly scope: Scope;
    private readonly keyArn: pulumi.Input<string>;
    private readonly resourceId: pulumi.Output<string>;

    constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Database", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };
        const shared = {
            ...args,
            databaseName: this.databaseName,
            port: this.port,
            subnetGroupName: this.subnetGroup(name, args),
            parameterGroupName: this.parameterGroup(args),
            monitoringRoleArn: settings.monitoringIntervalSeconds > 0 ? this.monitoringRole(scope) : undefined,
        };
        const clusters = generationsOf(settings).map((generation) => createCluster(shared, generation, inside));
        const { cluster, instances } = requireItem(
            clusters.filter(({ generation }) => generation === settings.generation),
            0,
        );
        subscribeToEvents(args, clusters, inside);
        if (settings.breakGlass) {
            createBreakGlassSecret(scope, args.keyArn, inside);
        }
        this.scope = scope;
        this.keyArn = args.keyArn;
        this.logGroupNames = clusters.map(({ logGroup }) => logGroup.name);
        this.resourceId = cluster.clusterResourceId;
        this.endpoint = after(cluster.endpoint, instances);
        // RDS leads to the writer by either name. By one name a service knows that it needs one pool of connections.
        this.readerEndpoint = settings.readers === 0 ? this.endpoint : after(cluster.readerEndpoint, instances);
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

    /** Permissions of a service to log in as its database user, with an IAM authentication token. */
    public connectStatements(service: string): Statement[] {
        const user = pulumi.interpolate`dbuser:${this.resourceId}/${databaseUserOf(service)}`;
        return [
            {
                Effect: "Allow",
                Action: "rds-db:connect",
                Resource: pulumi.interpolate`${arn(this.scope, "rds-db", "")}${user}`,
            },
        ];
    }

    /** Permissions to read the name and the password of the master user. */
    public readMasterSecretStatements(): Statement[] {
        return readSecretStatements(this.scope, this.secretArn, this.keyArn);
    }

    private subnetGroup(name: string, { subnetIds }: DatabaseArgs): pulumi.Output<string> {
        const description = "Database subnets, which have no route out";
        return new aws.rds.SubnetGroup(name, { description, subnetIds }, { parent: this }).name;
    }

    /**
     * Name of the parameter group of the cluster's version. The groups of the other versions exist, too: during an upgrade
     * that waits for the maintenance window, the cluster uses its former group, which an update must not delete.
     */
    private parameterGroup({ scope, settings }: DatabaseArgs): pulumi.Output<string> {
        const groups = engineVersions.map(
            (version) =>
                new aws.rds.ClusterParameterGroup(
                    nameOf(scope, `postgresql${version}`),
                    {
                        family: `aurora-postgresql${version}`,
                        description: "Forced TLS and an audit trail without values",
                        parameters: clusterParameters(version, settings),
                    },
                    { parent: this },
                ),
        );
        return requireItem(groups, engineVersions.indexOf(settings.engineVersion)).name;
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
}
