import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AccountServices } from "./account-services.ts";
import { Alerts } from "./alerts.ts";
import { Audit } from "./audit.ts";
import { Cache } from "./cache.ts";
import { Compute } from "./compute.ts";
import { Database } from "./database.ts";
import { Edge } from "./edge.ts";
import { Encryption } from "./encryption.ts";
import { SecurityGroups } from "./flows.ts";
import { Gateway } from "./gateway.ts";
import { allowLogDelivery } from "./log-delivery.ts";
import type { LogStorage } from "./logs.ts";
import { Messaging } from "./messaging.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import { createGatewayEndpoints, InterfaceEndpoints } from "./network/endpoints.ts";
import { Recovery } from "./recovery.ts";
import { after } from "./ordering.ts";
import { nameOf, platformType, type Scope } from "./scope.ts";
import { databaseClusterName, generationsOf } from "./settings/database-generations.ts";
import type { KeyIds } from "../validator/merchants.ts";
import type { PlatformSettings } from "./settings.ts";
import { Transactions } from "./transactions.ts";
import { Validation } from "./validation.ts";

/** What most components take. */
interface SharedArgs {
    readonly scope: Scope;
    readonly settings: PlatformSettings;
    readonly dataKeyArn: pulumi.Output<string>;
    readonly messagingKeyArn: pulumi.Output<string>;
    readonly logsKeyArn: pulumi.Output<string>;
    readonly alertsKeyArn: pulumi.Output<string>;
    readonly logs: LogStorage;
}

/**
 * The whole platform. Each component takes settings and outputs of the components before it: the constructor's steps are
 * in the order of these dependencies.
 */
export class PaymentPlatform extends pulumi.ComponentResource {
    public readonly accountId: pulumi.Output<string>;
    public readonly network: Network;
    public readonly alerts: Alerts;
    public readonly audit: Audit;
    public readonly database: Database;
    public readonly cache: Cache;
    public readonly messaging: Messaging;
    public readonly edge: Edge;
    public readonly transactions: Transactions;
    public readonly validation: Validation;
    public readonly gateway: Gateway;
    public readonly monitoring: Monitoring;
    public readonly compute: Compute;
    public readonly logGroupNames: pulumi.Output<string>[];
    private readonly shared: SharedArgs;
    private readonly securityGroupIds: SecurityGroups["ids"];
    private readonly endpoints: InterfaceEndpoints;

    constructor(name: string, settings: PlatformSettings, opts?: pulumi.ComponentResourceOptions) {
        super(platformType, name, {}, opts);
        this.shared = this.createKeys(settings);
        this.accountId = this.shared.scope.accountId;

        this.alerts = this.createAlerts();
        this.audit = this.createAudit();
        this.transactions = this.createTransactions();
        this.network = this.createNetwork();
        this.securityGroupIds = this.createSecurityGroups();
        this.endpoints = this.createEndpoints();
        const { apiGatewayLoggingReady, eventRules } = this.createAccountServices();
        this.database = this.createDatabase();
        this.cache = this.createCache();
        this.messaging = this.createMessaging();
        this.edge = this.createEdge();
        // The API invokes the function, which knows the merchants by the keys of the API: these exist before both.
        const [keyIds, setKeyIds] = pulumi.deferredOutput<KeyIds>();
        this.validation = this.createValidation(keyIds);
        this.gateway = this.createGateway(apiGatewayLoggingReady);
        setKeyIds(this.gateway.keyIds);
        this.monitoring = this.createMonitoring(eventRules);
        this.compute = this.createCompute();

        const logging = [this.network, this.audit, this.database, this.cache, this.edge, this.compute];
        this.logGroupNames = [...logging, this.validation, this.gateway].flatMap((part) => part.logGroupNames);
        this.registerOutputs({ logGroupNames: this.logGroupNames });
    }

    private createKeys(settings: PlatformSettings): SharedArgs {
        const inside = { parent: this };
        const scope: Scope = {
            suffix: settings.environmentSuffix,
            region: settings.region,
            accountId: aws.getCallerIdentityOutput({}, inside).accountId,
            partition: aws.getPartitionOutput({}, inside).partition,
            deletionProtection: settings.deletionProtection,
            applyImmediately: settings.applyImmediately,
            permissionsBoundaryArn: settings.permissionsBoundaryArn,
        };
        const keys = new Encryption(
            nameOf(scope, "encryption"),
            { scope, hasTrail: settings.audit.cloudTrail },
            inside,
        );
        const { dataKeyArn, messagingKeyArn, logsKeyArn, alertsKeyArn } = keys;
        const logs = {
            // A service asks for delivery to a log group once it exists: from then on it may write there.
            kmsKeyId: after(logsKeyArn, [allowLogDelivery(scope, inside)]),
            retentionInDays: settings.logs.applicationRetentionDays,
        };
        return { scope, settings, dataKeyArn, messagingKeyArn, logsKeyArn, alertsKeyArn, logs };
    }

    private named(noun: string): string {
        return nameOf(this.shared.scope, noun);
    }

    private createAlerts(): Alerts {
        const { scope, settings, alertsKeyArn: keyArn } = this.shared;
        return new Alerts(this.named("alerts"), { scope, settings: settings.alerts, keyArn }, { parent: this });
    }

    private createAudit(): Audit {
        const { scope, settings, logsKeyArn: keyArn } = this.shared;
        const retentionDays = settings.logs.auditRetentionDays;
        const clusters = settings.database.breakGlass ? generationsOf(settings.database) : [];
        const dataApiClusters = clusters.map((generation) => databaseClusterName(scope, generation));
        return new Audit(
            this.named("records"),
            { scope, settings: settings.audit, retentionDays, keyArn, dataApiClusters },
            { parent: this },
        );
    }

    private createTransactions(): Transactions {
        const { scope, settings, dataKeyArn: keyArn } = this.shared;
        const args = { scope, settings: settings.transactions, keyArn };
        return new Transactions(this.named("transactions"), args, { parent: this });
    }

    private createNetwork(): Network {
        const { scope, settings, logs } = this.shared;
        return new Network(this.named("network"), { scope, settings: settings.network, logs }, { parent: this });
    }

    private createSecurityGroups(): SecurityGroups["ids"] {
        const { scope, settings } = this.shared;
        const { vpcId, privateRouteTableIds: routeTableIds } = this.network;
        const { tableArn } = this.transactions;
        const prefixListIds = createGatewayEndpoints(
            { scope, vpcId, routeTableIds, recordsArn: this.audit.recordsArn, tableArn },
            { parent: this },
        );
        const args = { scope, settings, vpcId, prefixListIds };
        return new SecurityGroups(this.named("security-groups"), args, { parent: this }).ids;
    }

    private createEndpoints(): InterfaceEndpoints {
        const { scope, settings } = this.shared;
        const { vpcId, privateSubnetIds: subnetIds } = this.network;
        const securityGroupId = this.securityGroupIds.endpoints;
        return new InterfaceEndpoints(
            this.named("endpoints"),
            { scope, settings, vpcId, subnetIds, securityGroupId },
            { parent: this },
        );
    }

    private createAccountServices(): AccountServices {
        const { scope, settings, logsKeyArn: keyArn } = this.shared;
        return new AccountServices(
            this.named("account-services"),
            {
                scope,
                settings: settings.accountServices,
                alerts: this.alerts,
                keyArn,
                retentionDays: settings.logs.auditRetentionDays,
                accessLogBucketName: this.audit.accessLogBucketName,
                agentEndpoint: this.endpoints.agentEndpoint,
            },
            { parent: this },
        );
    }

    private createDatabase(): Database {
        const { scope, settings, dataKeyArn: keyArn, logs } = this.shared;
        return new Database(
            this.named("database"),
            {
                scope,
                settings: settings.database,
                subnetIds: this.network.databaseSubnetIds,
                securityGroupId: this.securityGroupIds.database,
                keyArn,
                logs,
                alertTopicArn: this.alerts.topicArns.warning,
            },
            { parent: this },
        );
    }

    private createCache(): Cache {
        const { scope, settings, dataKeyArn: keyArn, logs } = this.shared;
        return new Cache(
            this.named("cache"),
            {
                scope,
                settings: settings.cache,
                subnetIds: this.network.databaseSubnetIds,
                securityGroupId: this.securityGroupIds.cache,
                keyArn,
                logs,
            },
            { parent: this },
        );
    }

    private createMessaging(): Messaging {
        const { scope, settings, messagingKeyArn: keyArn } = this.shared;
        return new Messaging(this.named("messaging"), { scope, settings, keyArn }, { parent: this });
    }

    private createEdge(): Edge {
        return new Edge(
            this.named("edge"),
            {
                ...this.shared,
                vpcId: this.network.vpcId,
                subnetIds: this.network.publicSubnetIds,
                securityGroupId: this.securityGroupIds.alb,
                accessLogBucketName: this.audit.accessLogBucketName,
            },
            { parent: this },
        );
    }

    private createValidation(keyIds: pulumi.Output<KeyIds>): Validation {
        return new Validation(
            this.named("validator"),
            {
                ...this.shared,
                subnetIds: this.network.privateSubnetIds,
                securityGroupId: this.securityGroupIds.validator,
                replacementSecurityGroupId: this.network.defaultSecurityGroupId,
                transactions: this.transactions,
                audit: this.audit,
                keyIds,
                listenerArn: this.edge.listenerArn,
            },
            { parent: this },
        );
    }

    private createGateway(loggingReady: pulumi.Output<string> | undefined): Gateway {
        const { scope, settings, dataKeyArn: keyArn, logs } = this.shared;
        return new Gateway(
            this.named("gateway"),
            {
                scope,
                settings,
                subnetIds: this.network.linkSubnetIds,
                securityGroupId: this.securityGroupIds.gateway,
                loadBalancer: { arn: this.edge.loadBalancerArn, certificateName: this.edge.certificateName },
                validator: this.validation,
                keyArn,
                logs,
                firewallLogging: this.edge.firewallLogging,
                loggingReady,
            },
            { parent: this },
        );
    }

    /** The schedule of restore drills and all alarms. Before the services: ECS takes only deployment alarms that exist. */
    private createMonitoring(eventRules: readonly string[]): Monitoring {
        const { scope, settings, dataKeyArn, messagingKeyArn, logsKeyArn, alertsKeyArn } = this.shared;
        new Recovery(
            this.named("recovery"),
            { scope, settings: settings.recovery, keyArn: messagingKeyArn },
            { parent: this },
        );
        return new Monitoring(
            this.named("monitoring"),
            {
                scope,
                settings,
                alerts: this.alerts,
                eventRules,
                keyArns: [dataKeyArn, messagingKeyArn, logsKeyArn, alertsKeyArn],
                trail: this.audit.trail,
                clusterName: this.named("cluster"),
                cacheName: this.named("cache"),
                loadBalancerArnSuffix: this.edge.loadBalancerArnSuffix,
                certificateArn: this.edge.certificateArn,
                routes: this.edge.routes,
                queues: Object.values(this.messaging.queues),
                tableName: this.named("transactions"),
                validator: this.validation,
                api: this.gateway,
            },
            { parent: this },
        );
    }

    private createCompute(): Compute {
        return new Compute(
            this.named("cluster"),
            {
                ...this.shared,
                subnetIds: this.endpoints.subnetIds,
                securityGroupIds: this.securityGroupIds,
                backends: {
                    database: this.database,
                    cache: this.cache,
                    gateway: this.gateway,
                    messaging: this.messaging,
                },
                routes: this.edge.routes,
                deploymentAlarmNames: this.monitoring.deploymentAlarmNames,
            },
            { parent: this },
        );
    }
}
