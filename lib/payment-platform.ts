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
import type { Statement } from "./iam.ts";
import { Messaging } from "./messaging.ts";
import { Monitoring } from "./monitoring.ts";
import { Network } from "./network.ts";
import { allowAccount, GatewayEndpoint, InterfaceEndpoints, allowLayerDownload } from "./network/endpoints.ts";
import { Recovery } from "./recovery.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { PlatformSettings } from "./settings.ts";
import { Transactions } from "./transactions.ts";
import { Validation } from "./validation.ts";

/** The whole platform: each part takes settings and what earlier parts publish, in the order of the lines. */
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

    constructor(name: string, settings: PlatformSettings, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:PaymentPlatform", name, {}, opts);
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
        this.accountId = scope.accountId;
        const named = (noun: string) => nameOf(scope, noun);

        const keys = new Encryption(named("encryption"), { scope }, inside);
        const { dataKeyArn, messagingKeyArn, logsKeyArn } = keys;
        const logs = { kmsKeyId: logsKeyArn, retentionInDays: settings.logs.applicationRetentionDays };
        const retentionDays = settings.logs.auditRetentionDays;

        this.alerts = new Alerts(
            named("alerts"),
            { scope, settings: settings.alerts, keyArn: messagingKeyArn },
            inside,
        );
        const { topicArns } = this.alerts;
        this.audit = new Audit(
            named("records"),
            { scope, settings: settings.audit, retentionDays, keyArn: logsKeyArn },
            inside,
        );

        this.transactions = new Transactions(
            named("transactions"),
            { scope, settings: settings.transactions, keyArn: dataKeyArn },
            inside,
        );

        this.network = new Network(named("network"), { scope, settings: settings.network, logs }, inside);
        const { vpcId, publicSubnetIds, privateSubnetIds, databaseSubnetIds, privateRouteTableIds } = this.network;
        const endpointOf = (service: "s3" | "dynamodb", statements: Statement[]) =>
            new GatewayEndpoint(
                named(service),
                { scope, service, vpcId, routeTableIds: privateRouteTableIds, statements },
                inside,
            ).prefixListId;
        const { tableArn } = this.transactions;
        const prefixListIds = {
            s3: endpointOf("s3", [
                allowLayerDownload(scope),
                allowAccount(scope, ["s3:PutObject"], [this.audit.recordsArn]),
            ]),
            dynamodb: endpointOf("dynamodb", [
                allowAccount(
                    scope,
                    ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
                    [tableArn, pulumi.interpolate`${tableArn}/index/*`],
                ),
            ]),
        };
        const groups = new SecurityGroups(named("security-groups"), { scope, settings, vpcId, prefixListIds }, inside)
            .ids;
        const endpoints = new InterfaceEndpoints(
            named("endpoints"),
            { scope, settings, vpcId, subnetIds: privateSubnetIds, securityGroupId: groups.endpoints },
            inside,
        );

        const accountServices = new AccountServices(
            named("account-services"),
            {
                scope,
                settings: settings.accountServices,
                topicArns,
                keyArn: logsKeyArn,
                retentionDays,
                accessLogBucketName: this.audit.accessLogBucketName,
                agentEndpoint: endpoints.agentEndpoint,
            },
            inside,
        );

        const store = { scope, subnetIds: databaseSubnetIds, keyArn: dataKeyArn, logs };
        this.database = new Database(
            named("database"),
            {
                ...store,
                settings: settings.database,
                securityGroupId: groups.database,
                alertTopicArn: topicArns.warning,
            },
            inside,
        );
        this.cache = new Cache(
            named("cache"),
            { ...store, settings: settings.cache, securityGroupId: groups.cache },
            inside,
        );
        this.messaging = new Messaging(named("messaging"), { scope, settings, keyArn: messagingKeyArn }, inside);

        this.edge = new Edge(
            named("edge"),
            {
                scope,
                settings,
                vpcId,
                subnetIds: publicSubnetIds,
                securityGroupId: groups.alb,
                accessLogBucketName: this.audit.accessLogBucketName,
                logs,
            },
            inside,
        );
        const { routes, listenerArn, loadBalancerArn, loadBalancerArnSuffix, certificateName } = this.edge;

        this.validation = new Validation(
            named("validator"),
            {
                scope,
                settings,
                subnetIds: privateSubnetIds,
                securityGroupId: groups.validator,
                replacementSecurityGroupId: this.network.defaultSecurityGroupId,
                dataKeyArn,
                messagingKeyArn,
                logsKeyArn,
                logs,
                transactions: this.transactions,
                audit: this.audit,
                listenerArn,
            },
            inside,
        );

        this.gateway = new Gateway(
            named("gateway"),
            {
                scope,
                settings,
                subnetIds: privateSubnetIds,
                securityGroupId: groups.gateway,
                loadBalancer: { arn: loadBalancerArn, certificateName },
                validator: this.validation,
                keyArn: dataKeyArn,
                logs,
                loggingReady: accountServices.apiGatewayLoggingReady,
            },
            inside,
        );

        new Recovery(named("recovery"), { scope, settings: settings.recovery, keyArn: messagingKeyArn }, inside);
        const clusterName = named("cluster");
        this.monitoring = new Monitoring(
            named("monitoring"),
            {
                scope,
                settings,
                topicArns,
                clusterName,
                databaseName: named("database"),
                cacheName: named("cache"),
                loadBalancerArnSuffix,
                routes,
                queues: Object.values(this.messaging.queues),
                tableName: named("transactions"),
                validator: this.validation,
                api: this.gateway,
            },
            inside,
        );
        this.compute = new Compute(
            clusterName,
            {
                scope,
                settings,
                subnetIds: endpoints.subnetIds,
                securityGroupIds: groups,
                dataKeyArn,
                logsKeyArn,
                logs,
                backends: { database: this.database, cache: this.cache, messaging: this.messaging },
                routes,
                deploymentAlarmNames: this.monitoring.deploymentAlarmNames,
            },
            inside,
        );
        const writers = [
            this.network,
            this.audit,
            this.database,
            this.cache,
            this.edge,
            this.compute,
            this.validation,
            this.gateway,
        ];
        this.logGroupNames = writers.flatMap((part) => part.logGroupNames);
        this.registerOutputs({ logGroupNames: this.logGroupNames });
    }
}
