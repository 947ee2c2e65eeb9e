import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Statement } from "./iam.ts";
import { requireItem } from "./list.ts";
import { vendedLogGroupName, type LogStorage } from "./logs.ts";
import { after } from "./ordering.ts";
import { ports } from "./ports.ts";
import { nameOf, type Scope } from "./scope.ts";
import { createSecret, readSecretStatements } from "./secret.ts";
import type { Settings } from "./settings/schema.ts";

export interface CacheArgs {
    readonly scope: Scope;
    readonly settings: Settings["cache"];
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
}

/**
 * Version and parameter family of each engine. ElastiCache may upgrade the minor version: then a lower one here would replace the cache after a refresh, and none
 * here would refuse a change from Redis to Valkey, for which the provider wants one.
 */
const engines = {
    redis: { engineVersion: "7.1", family: "redis7" },
    valkey: { engineVersion: "8.0", family: "valkey8" },
} as const;

/** ElastiCache for sessions that are not used, and copies of payments: encrypted at rest and in transit, with an AUTH token. */
export class Cache extends pulumi.ComponentResource {
    public readonly endpoint: pulumi.Output<string>;
    public readonly port = ports.cache;
    /** Secret with the AUTH token. Clients read it at each connect, so a rotated token needs no deployment. */
    public readonly tokenSecretArn: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];
    private readonly args: CacheArgs;

    constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Cache", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };
        const { engineVersion } = engines[settings.engine];
        const hasStandby = settings.nodes > 1;
        const { version, acceptPrevious } = settings.token;
        // Letters and digits only: ElastiCache, shells and URLs restrict other characters. A change of the length replaces it.
        const token = new random.RandomPassword(
            nameOf(scope, "cache-token"),
            { length: 64, special: false, keepers: version === 1 ? undefined : { version: String(version) } },
            inside,
        );

        const deliveries = ["slow-log", "engine-log"].map((logType) => ({
            logType,
            logFormat: "json",
            destinationType: "cloudwatch-logs",
            destination: this.logGroup(scope, logType, args.logs),
        }));

        const group = new aws.elasticache.ReplicationGroup(
            name,
            {
                replicationGroupId: name,
                description: `Unused sessions and copies of payments of payment platform ${scope.suffix}`,
                engine: settings.engine,
                engineVersion,
                autoMinorVersionUpgrade: true,
                nodeType: settings.nodeType,
                numCacheClusters: settings.nodes,
                automaticFailoverEnabled: hasStandby,
                multiAzEnabled: hasStandby,
                port: this.port,
                subnetGroupName: new aws.elasticache.SubnetGroup(
                    name,
                    { description: "Database subnets, which have no route out", subnetIds: args.subnetIds },
                    inside,
                ).name,
                securityGroupIds: [args.securityGroupId],
                parameterGroupName: this.parameterGroup(scope, settings.engine),
                transitEncryptionEnabled: true,
                transitEncryptionMode: "required",
                authToken: token.result,
                // ROTATE adds a token to the one before, SET removes that one. The first has none before it.
                authTokenUpdateStrategy: version === 1 || acceptPrevious ? "ROTATE" : "SET",
                atRestEncryptionEnabled: true,
                kmsKeyId: args.keyArn,
                snapshotRetentionLimit: settings.snapshotRetentionDays,
                // UTC: night in the Americas, and not during the database's windows.
                snapshotWindow: "06:00-07:00",
                maintenanceWindow: "sun:05:00-sun:06:00",
                logDeliveryConfigurations: deliveries,
                applyImmediately: scope.applyImmediately,
            },
            { ...inside, protect: scope.deletionProtection },
        );

        this.endpoint = group.primaryEndpointAddress;
        this.tokenSecretArn = createSecret(
            nameOf(scope, "cache-token"),
            {
                scope,
                description: "AUTH token of the cache",
                keyArn: args.keyArn,
                // No client reads a token that the cache does not accept yet.
                value: after(token.result, [group]),
            },
            inside,
        );
        this.logGroupNames = deliveries.map(({ destination }) => destination);
        this.args = args;
        this.registerOutputs({
            endpoint: this.endpoint,
            port: this.port,
            tokenSecretArn: this.tokenSecretArn,
            logGroupNames: this.logGroupNames,
        });
    }

    /** Permissions to read the token. */
    public readTokenStatements(): Statement[] {
        return readSecretStatements(this.args.scope, this.tokenSecretArn, this.args.keyArn);
    }

    /**
     * Name of the engine's parameter group. The group of the other engine exists, too: while a change of the engine waits for
     * the maintenance window, the cache uses its former group, which an update must not delete.
     */
    private parameterGroup(scope: Scope, engine: Settings["cache"]["engine"]): pulumi.Output<string> {
        const groups = Object.values(engines).map(
            ({ family }) =>
                new aws.elasticache.ParameterGroup(
                    nameOf(scope, family),
                    {
                        family,
                        // No application keeps these keys here now. A change of the text would replace the group, which the cache
                        // may use until its maintenance window.
                        description: "Refuses writes when full instead of forgetting idempotency keys",
                        // Differs from the default of both families (`volatile-lru`), so that ElastiCache keeps it.
                        parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
                    },
                    { parent: this },
                ),
        );
        return requireItem(groups, Object.keys(engines).indexOf(engine)).name;
    }

    private logGroup(scope: Scope, logType: string, logs: LogStorage): pulumi.Output<string> {
        const name = nameOf(scope, `cache-${logType}`);
        const groupName = vendedLogGroupName("elasticache", name);
        return new aws.cloudwatch.LogGroup(name, { name: groupName, ...logs }, { parent: this }).name;
    }
}
