import * as aws from "@pulumi/aws";
import { Inventory } from "./lib/manifest/inventory.ts";
import { createManifestOutput } from "./lib/manifest.ts";
import type { OutputName } from "./lib/outputs.ts";
import { PaymentPlatform } from "./lib/payment-platform.ts";
import { nameOf } from "./lib/scope.ts";
import { migrationNoun } from "./lib/settings/migration.ts";
import { loadSettings } from "./lib/settings.ts";

/** The Pulumi program: settings, platform, outputs. Pulumi runs it once; the offline plan runs it twice. */
export default function program() {
    const settings = loadSettings();
    const { environment, environmentSuffix, accountId } = settings;

    const provider = new aws.Provider(nameOf({ suffix: environmentSuffix }, "aws"), {
        region: settings.region as aws.Region,
        allowedAccountIds: accountId ? [accountId] : undefined,
        defaultTags: {
            tags: {
                ...settings.tags,
                Project: "payment-platform",
                Environment: environment,
                EnvironmentSuffix: environmentSuffix,
                CostCenter: settings.costCenter,
                DataClassification: settings.dataClassification,
                Compliance: settings.compliance,
                ManagedBy: "pulumi",
            },
        },
    });
    const inventory = new Inventory();
    const platform = new PaymentPlatform(nameOf({ suffix: environmentSuffix }, "platform"), settings, {
        providers: { aws: provider },
        transformations: [inventory.observe],
    });
    const {
        network,
        database,
        cache,
        messaging,
        alerts,
        compute,
        edge,
        monitoring,
        audit,
        transactions,
        validation,
        gateway,
    } = platform;
    const services = Object.entries(compute.services);
    const queues = Object.entries(messaging.queues);

    return {
        environment,
        environmentSuffix,
        region: settings.region,
        apiUrl: edge.url,
        apiGatewayUrl: gateway.url,
        apiGatewayId: gateway.apiId,
        merchantKeySecretArns: gateway.merchantKeySecretArns,
        acquirerSecretArns: Object.fromEntries(
            services.flatMap(([service, { acquirerSecretArn }]) =>
                acquirerSecretArn === undefined ? [] : [[service, acquirerSecretArn]],
            ),
        ),
        albDnsName: edge.dnsName,
        vpcId: network.vpcId,
        publicSubnetIds: network.publicSubnetIds,
        privateSubnetIds: network.privateSubnetIds,
        databaseSubnetIds: network.databaseSubnetIds,
        databaseEndpoint: database.endpoint,
        databaseReaderEndpoint: database.readerEndpoint,
        databaseSecretArn: database.secretArn,
        cacheEndpoint: cache.endpoint,
        queueUrls: Object.fromEntries(queues.map(([queue, { url }]) => [queue, url])),
        deadLetterQueueNames: Object.fromEntries(queues.map(([queue, { deadLetterName }]) => [queue, deadLetterName])),
        topicArns: { ...messaging.topicArns, ...alerts.topicArns },
        ecsClusterName: compute.clusterName,
        serviceNames: Object.fromEntries(services.map(([service, { serviceName }]) => [service, serviceName])),
        repositoryUrls: {
            ...Object.fromEntries(services.map(([service, { repositoryUrl }]) => [service, repositoryUrl])),
            [migrationNoun]: compute.migrationRepositoryUrl,
        },
        logGroupNames: platform.logGroupNames,
        auditBucketName: audit.auditBucketName,
        transactionTableName: transactions.tableName,
        validatorFunctionName: validation.functionName,
        dashboardUrl: monitoring.dashboardUrl,
        manifest: createManifestOutput({ settings, accountId: platform.accountId, inventory }),
    } satisfies Readonly<Record<OutputName, unknown>>;
}
