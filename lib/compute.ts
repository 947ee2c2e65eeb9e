import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { agentRepository, hasGuardDutyAgent } from "./account-services/agent.ts";
import type { Backends } from "./compute/container.ts";
import { execChannelActions } from "./compute/exec.ts";
import { Migration } from "./compute/migration.ts";
import { pullActions } from "./compute/repository.ts";
import { Service, type Cluster, type SharedServiceArgs } from "./compute/service.ts";
import type { ServiceRoute } from "./edge.ts";
import { requireItem } from "./list.ts";
import type { Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import { nameOf } from "./scope.ts";
import { migrationNoun } from "./settings/migration.ts";
import type { Settings } from "./settings/schema.ts";

export interface ComputeArgs extends Omit<
    SharedServiceArgs,
    "cluster" | "compute" | "execPermissions" | "agentPermissions"
> {
    readonly settings: Pick<
        Settings,
        "compute" | "services" | "migration" | "edge" | "logs" | "validation" | "accountServices"
    >;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly backends: Backends;
    /** By service. Workers have none. */
    readonly routes: Readonly<Record<string, ServiceRoute>>;
    readonly deploymentAlarmNames: Readonly<Record<string, pulumi.Input<string>[]>>;
}

/** The Fargate cluster, one service for each entry of the settings, and the task that migrates the database. */
export class Compute extends pulumi.ComponentResource {
    public readonly clusterName: pulumi.Output<string>;
    public readonly services: Readonly<Record<string, Service>>;
    public readonly migrationRepositoryUrl: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: ComputeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Compute", name, {}, opts);
        const { settings, backends, routes, deploymentAlarmNames, ...shared } = args;
        const inside = { parent: this };

        const execLog = this.logGroup(args, "exec", `/ecs/exec/${name}`);
        const insightsLog = this.logGroup(
            args,
            "insights",
            // The log group of Container Insights, which would create it without a KMS key and retention.
            `/aws/ecs/containerinsights/${name}/performance`,
        );
        const cluster = this.cluster(name, args, execLog, insightsLog);
        const agentPermissions: Statement[] = hasGuardDutyAgent(settings)
            ? [{ Effect: "Allow", Action: pullActions, Resource: agentRepository(args.scope) }]
            : [];

        this.clusterName = cluster.name;
        this.services = Object.fromEntries(
            Object.entries(settings.services).map(([service, serviceSettings]) => [
                service,
                new Service(
                    nameOf(args.scope, service),
                    {
                        ...shared,
                        compute: settings.compute,
                        cluster,
                        execPermissions: settings.compute.execCommand ? execPermissions(execLog, args.logsKeyArn) : [],
                        agentPermissions,
                        context: {
                            scope: args.scope,
                            service,
                            settings: serviceSettings,
                            logLevel: settings.logs.level,
                            maxAmountMinor: settings.validation.maxAmountMinor,
                            backends,
                        },
                        route: routes[service],
                        deploymentAlarmNames: requireItem(deploymentAlarmNames, service),
                    },
                    inside,
                ),
            ]),
        );
        const migration = new Migration(
            nameOf(args.scope, migrationNoun),
            {
                ...shared,
                settings: settings.migration,
                logLevel: settings.logs.level,
                database: backends.database,
                agentPermissions,
            },
            inside,
        );
        this.migrationRepositoryUrl = migration.repositoryUrl;
        this.logGroupNames = [
            execLog.name,
            insightsLog.name,
            migration.logGroupName,
            ...Object.values(this.services).flatMap((service) => service.logGroupNames),
        ];
        this.registerOutputs({ clusterName: this.clusterName, logGroupNames: this.logGroupNames });
    }

    private logGroup({ scope, logs }: ComputeArgs, noun: string, groupName: string): aws.cloudwatch.LogGroup {
        return new aws.cloudwatch.LogGroup(nameOf(scope, noun), { name: groupName, ...logs }, { parent: this });
    }

    private cluster(
        name: string,
        { settings, logsKeyArn }: ComputeArgs,
        execLog: aws.cloudwatch.LogGroup,
        insightsLog: aws.cloudwatch.LogGroup,
    ): Cluster {
        const cluster = new aws.ecs.Cluster(
            name,
            {
                name,
                settings: [{ name: "containerInsights", value: settings.compute.containerInsights }],
                configuration: {
                    // Each session of ECS Exec is logged with its input and output (PCI DSS 10.2.1.2).
                    executeCommandConfiguration: {
                        kmsKeyId: logsKeyArn,
                        logging: "OVERRIDE",
                        logConfiguration: {
                            cloudWatchEncryptionEnabled: true,
                            cloudWatchLogGroupName: execLog.name,
                        },
                    },
                },
            },
            { parent: this, dependsOn: insightsLog },
        );
        const capacity = new aws.ecs.ClusterCapacityProviders(
            name,
            { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
            { parent: this },
        );
        return { name: cluster.name, arn: after(cluster.arn, [capacity]) };
    }
}

/** Permissions of a task for ECS Exec: open its channels, decrypt what they carry, and write the session's log. */
const execPermissions = (log: aws.cloudwatch.LogGroup, keyArn: pulumi.Input<string>): Statement[] => [
    {
        Effect: "Allow",
        Action: [...execChannelActions, "logs:DescribeLogGroups"],
        // IAM has no resource types for the channels, and DescribeLogGroups lists all log groups.
        Resource: "*",
    },
    {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: [log.arn, pulumi.interpolate`${log.arn}:log-stream:*`],
    },
    { Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn },
];
