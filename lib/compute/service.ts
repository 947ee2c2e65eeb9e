import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { servicePort } from "../../contract/container.ts";
import type { ServiceRoute } from "../edge.ts";
import type { SecurityGroups } from "../flows.ts";
import type { Statement } from "../iam.ts";
import { requireItem } from "../list.ts";
import { errorMetric, serviceLogGroup, type LogStorage } from "../logs.ts";
import { nameOf, type Scope } from "../scope.ts";
import { readSecretStatements } from "../secret.ts";
import { hasReconciliation, reconciliationNoun } from "../settings/acquirer.ts";
import type { ServiceSettings, Settings } from "../settings/schema.ts";
import { isWorker } from "../settings/service-path.ts";
import { acquirerSecret } from "./acquirer.ts";
import { serviceContainer, startPeriodSeconds, type ContainerContext } from "./container.ts";
import { hasImage, taskRange } from "./image.ts";
import { Reconciliation } from "./reconciliation.ts";
import { Repository } from "./repository.ts";
import { autoscale } from "./scaling.ts";
import { createTaskDefinition } from "./task.ts";

export interface Cluster {
    readonly name: pulumi.Output<string>;
    /** Resolves once the cluster has its capacity providers, which ECS requires before it accepts a service. */
    readonly arn: pulumi.Output<string>;
}

/** Arguments that all services of a stack have in common. */
export interface SharedServiceArgs {
    readonly scope: Scope;
    readonly compute: Settings["compute"];
    readonly cluster: Cluster;
    /** Resolve once the interface endpoints exist. */
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupIds: SecurityGroups["ids"];
    readonly dataKeyArn: pulumi.Input<string>;
    readonly messagingKeyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    /** Permissions of the task role for ECS Exec; empty if it is off. */
    readonly execPermissions: Statement[];
    /** Permissions to pull the image of GuardDuty's agent; empty if the stack has none. */
    readonly agentPermissions: Statement[];
}

export interface ServiceArgs extends SharedServiceArgs {
    readonly context: Omit<ContainerContext, "acquirerSecretArn">;
    /** Undefined for a worker. */
    readonly route?: ServiceRoute;
    /** Alarms that roll back a deployment. */
    readonly deploymentAlarmNames: pulumi.Input<string>[];
}

/**
 * One ECS service with its repository, roles, task definition, rolling deployments with rollback, and autoscaling; with an acquirer also
 * its secret and the reconciliation.
 */
export class Service extends pulumi.ComponentResource {
    public readonly serviceName: pulumi.Output<string>;
    public readonly repositoryUrl: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];
    /** Secret with the credential for the acquirer; undefined for a service without one. */
    public readonly acquirerSecretArn?: pulumi.Output<string>;

    constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Service", name, {}, opts);
        const { scope, cluster, route } = args;
        const { service: noun, settings } = args.context;
        const inside = { parent: this };

        const acquirerSecretArn = settings.acquirer && acquirerSecret(noun, { scope, keyArn: args.dataKeyArn }, inside);
        const context = { ...args.context, acquirerSecretArn };

        const repository = new Repository(name, { scope, keyArn: args.dataKeyArn }, inside);
        const logGroup = new aws.cloudwatch.LogGroup(name, { name: serviceLogGroup(name), ...args.logs }, inside);
        const { name: metricName, namespace } = errorMetric(name);
        new aws.cloudwatch.LogMetricFilter(
            name,
            {
                name: metricName,
                logGroupName: logGroup.name,
                pattern: '{ $.level = "error" || $.level = "fatal" }',
                metricTransformation: { name: metricName, namespace, value: "1", defaultValue: "0", unit: "Count" },
            },
            inside,
        );
        const task = this.taskDefinition(name, { ...args, context }, repository, logGroup);

        const service = new aws.ecs.Service(
            name,
            {
                name,
                cluster: cluster.arn,
                taskDefinition: task,
                desiredCount: taskRange(settings).min,
                capacityProviderStrategies: capacityProviderStrategies(settings, args.compute.spot),
                networkConfiguration: {
                    subnets: args.subnetIds,
                    securityGroups: securityGroupsOf(args),
                    assignPublicIp: false,
                },
                // A worker's health check is in the task definition, with its own start period.
                ...(route && {
                    loadBalancers: [
                        {
                            targetGroupArn: route.targetGroupArn,
                            containerName: context.service,
                            containerPort: servicePort,
                        },
                    ],
                    healthCheckGracePeriodSeconds: startPeriodSeconds,
                }),
                // All old tasks run until the new ones are healthy.
                deploymentMinimumHealthyPercent: 100,
                deploymentMaximumPercent: 200,
                deploymentCircuitBreaker: { enable: true, rollback: true },
                alarms: { alarmNames: args.deploymentAlarmNames, enable: true, rollback: true },
                availabilityZoneRebalancing: "ENABLED",
                enableExecuteCommand: args.compute.execCommand,
                enableEcsManagedTags: true,
                propagateTags: "SERVICE",
                forceDelete: true,
            },
            {
                ...inside,
                // ECS rejects a target group that no listener uses yet.
                dependsOn: route?.listenerRule,
                // Autoscaling sets the count. A change of the capacity provider strategy would replace a running service, so
                // a new share of Spot applies only to services created after it.
                ignoreChanges: ["desiredCount", "capacityProviderStrategies"],
                // An update would keep the ignored count: the first image would be deployed with 0 tasks, unwatched by the
                // circuit breaker. The service without tasks is replaced by one whose first deployment starts them all
                // (docs/design.md, "The first image is a deployment").
                replacementTrigger: hasImage(settings) ? "image" : "no image",
                deleteBeforeReplace: true,
            },
        );
        autoscale(
            {
                scope,
                service: context.service,
                settings,
                clusterName: cluster.name,
                serviceName: service.name,
                resourceId: pulumi.interpolate`service/${cluster.name}/${service.name}`,
                route,
                queueName: settings.consumes && requireItem(context.backends.messaging.queues, settings.consumes).name,
            },
            inside,
        );

        const reconciliation = this.reconciliation({ ...args, context }, repository);

        this.serviceName = service.name;
        this.repositoryUrl = repository.url;
        this.logGroupNames = [logGroup.name, ...(reconciliation ? [reconciliation.logGroupName] : [])];
        this.acquirerSecretArn = acquirerSecretArn;
        this.registerOutputs({
            serviceName: this.serviceName,
            repositoryUrl: this.repositoryUrl,
            logGroupNames: this.logGroupNames,
            acquirerSecretArn: this.acquirerSecretArn,
        });
    }

    private taskDefinition(
        name: string,
        {
            scope,
            context,
            compute,
            dataKeyArn,
            agentPermissions,
            execPermissions,
        }: ServiceArgs & { context: ContainerContext },
        repository: Repository,
        logGroup: aws.cloudwatch.LogGroup,
    ): pulumi.Output<string> {
        const { service, settings } = context;
        return createTaskDefinition(
            name,
            {
                scope,
                noun: service,
                description: `payment service ${service}`,
                size: settings,
                repository,
                image: settings,
                logGroup,
                permissions: [...permissionsOf(context, dataKeyArn), ...execPermissions],
                agentPermissions,
                container: serviceContainer(context, compute.execCommand),
            },
            { parent: this },
        ).arn;
    }

    private reconciliation(
        args: ServiceArgs & { context: ContainerContext },
        repository: Repository,
    ): Reconciliation | undefined {
        const { settings, service, logLevel, acquirerSecretArn, backends } = args.context;
        const { acquirer, imageDigest } = settings;
        return acquirer === undefined || acquirerSecretArn === undefined || !hasReconciliation(settings)
            ? undefined
            : new Reconciliation(
                  nameOf(args.scope, reconciliationNoun(service)),
                  {
                      ...args,
                      service,
                      settings: { imageDigest, acquirer },
                      logLevel,
                      database: backends.database,
                      repository,
                      acquirerSecretArn,
                  },
                  { parent: this },
              );
    }
}

/** Permissions of a service: each component that it uses returns the statements for it. */
function permissionsOf(context: ContainerContext, dataKeyArn: pulumi.Input<string>): Statement[] {
    const { scope, service, settings, acquirerSecretArn } = context;
    const { database, cache, gateway, messaging } = context.backends;
    return [
        ...(isWorker(settings) ? [] : gateway.readSecretStatements()),
        ...(settings.stores.includes("database") ? database.connectStatements(service) : []),
        ...(settings.stores.includes("cache") ? cache.readTokenStatements() : []),
        ...(settings.consumes ? messaging.consumeStatements(settings.consumes) : []),
        ...messaging.sendStatements(settings.sends),
        ...messaging.publishStatements(settings.publishes),
        ...(acquirerSecretArn ? readSecretStatements(scope, acquirerSecretArn, dataKeyArn) : []),
    ];
}

const securityGroupsOf = ({ context, securityGroupIds: ids }: ServiceArgs) => [
    isWorker(context.settings) ? requireItem(ids, "workers") : ids.tasks,
    ...(context.settings.stores.includes("database") ? [ids["database-clients"]] : []),
    ...(context.settings.stores.includes("cache") ? [ids["cache-clients"]] : []),
];

/** Only consumers use Spot: AWS stops a task two minutes after a warning, and SQS delivers its message again. */
function capacityProviderStrategies(
    { consumes }: Pick<ServiceSettings, "consumes">,
    spot: Settings["compute"]["spot"],
) {
    const onDemand = { capacityProvider: "FARGATE", base: 1, weight: 1 };
    switch (consumes ? spot : "none") {
        case "none":
            return [onDemand];
        case "half":
            return [onDemand, { capacityProvider: "FARGATE_SPOT", weight: 1 }];
        case "all-but-one":
            return [
                { ...onDemand, weight: 0 },
                { capacityProvider: "FARGATE_SPOT", weight: 1 },
            ];
    }
}
