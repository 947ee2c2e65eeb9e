import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "./alerts.ts";
import type { ServiceRoute } from "./edge.ts";
import { hasImage } from "./compute/image.ts";
import { routeEvents } from "./events.ts";
import { arn } from "./iam.ts";
import { requireItem } from "./list.ts";
import { errorMetric } from "./logs.ts";
import type { Queue } from "./messaging.ts";
import { deploymentAlarms } from "./monitoring/alarm-table.ts";
import { alarmName, createAlarms, type AlarmSubject } from "./monitoring/alarms.ts";
import { dashboardBody } from "./monitoring/dashboard.ts";
import { createErrorBudgetAlarms } from "./monitoring/slo.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { customerIndex } from "./transactions.ts";
import type { Validation } from "./validation.ts";

export interface MonitoringArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "services" | "database" | "cache" | "validation" | "gateway" | "alarmThresholds">;
    readonly topicArns: Readonly<Record<Severity, pulumi.Input<string>>>;
    readonly clusterName: string;
    readonly databaseName: string;
    readonly cacheName: string;
    readonly loadBalancerArnSuffix: pulumi.Input<string>;
    readonly routes: Readonly<Record<string, ServiceRoute>>;
    readonly queues: readonly Queue[];
    readonly tableName: string;
    readonly validator: Pick<Validation, "functionName" | "deadLetterName">;
    readonly api: { readonly apiName: pulumi.Input<string>; readonly stageName: pulumi.Input<string> };
}

/**
 * Alarms on every component, on the error budget and on failed deployments, and the dashboard. Created before the services,
 * because ECS accepts only deployment alarms that exist.
 */
export class Monitoring extends pulumi.ComponentResource {
    /** Alarms that roll back a deployment, by service. */
    public readonly deploymentAlarmNames: Readonly<Record<string, pulumi.Output<string>[]>>;
    public readonly dashboardUrl: string;

    constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Monitoring", name, {}, opts);
        const { scope, topicArns, settings } = args;
        const inside = { parent: this };
        const context = { scope, topicArns, thresholds: settings.alarmThresholds };

        const subjects = subjectsOf(args);
        const alarms = createAlarms(context, subjects, inside);
        createErrorBudgetAlarms(context, args.loadBalancerArnSuffix, inside);
        this.reportFailedDeployments(args);

        const dashboard = nameOf(scope, "dashboard");
        new aws.cloudwatch.Dashboard(
            dashboard,
            {
                dashboardName: dashboard,
                dashboardBody: dashboardBody({
                    region: scope.region,
                    subjects,
                    loadBalancer: args.loadBalancerArnSuffix,
                    alarmArns: Object.values(alarms).map((alarm) => alarm.arn),
                }),
            },
            inside,
        );

        this.deploymentAlarmNames = Object.fromEntries(
            Object.entries(settings.services).map(([service, { path }]) => [
                service,
                deploymentAlarms[path === undefined ? "worker" : "path"].map(
                    (alarm) => requireItem(alarms, alarmName(scope, { name: service }, alarm)).name,
                ),
            ]),
        );
        this.dashboardUrl = `https://${scope.region}.console.aws.amazon.com/cloudwatch/home?region=${scope.region}#dashboards/dashboard/${dashboard}`;
        this.registerOutputs({ deploymentAlarmNames: this.deploymentAlarmNames, dashboardUrl: this.dashboardUrl });
    }

    /** After a rollback the service runs normally, so no other alarm reports the failed deployment. */
    private reportFailedDeployments({ scope, topicArns, clusterName }: MonitoringArgs): void {
        routeEvents(
            nameOf(scope, "deployment-failed"),
            {
                description: "ECS gave up a deployment or rolled it back",
                pattern: {
                    source: ["aws.ecs"],
                    "detail-type": ["ECS Deployment State Change"],
                    resources: [{ prefix: arn(scope, "ecs", `service/${clusterName}/`) }],
                    detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
                },
                topicArn: topicArns.critical,
            },
            { parent: this },
        );
    }
}

/** The subjects of the alarm table, with the dimensions of their metrics. */
function subjectsOf(args: MonitoringArgs): AlarmSubject[] {
    const { scope, settings, clusterName } = args;
    const services = Object.entries(settings.services).flatMap(([service, serviceSettings]): AlarmSubject[] => {
        const route = args.routes[service];
        const dimensions = { ClusterName: clusterName, ServiceName: nameOf(scope, service) };
        return [
            { kind: "service", name: service, dimensions },
            {
                kind: "application-log",
                name: service,
                dimensions: {},
                metric: errorMetric(nameOf(scope, service)).name,
            },
            ...(route
                ? [
                      {
                          kind: "target" as const,
                          name: service,
                          dimensions: {
                              TargetGroup: route.targetGroupArnSuffix,
                              LoadBalancer: args.loadBalancerArnSuffix,
                          },
                      },
                  ]
                : []),
            // A service without an image runs no tasks.
            ...(hasImage(serviceSettings)
                ? [
                      {
                          kind: "running-tasks" as const,
                          name: service,
                          dimensions,
                          thresholds: { "tasks-missing": serviceSettings.minTasks },
                      },
                  ]
                : []),
        ];
    });
    const queues = args.queues.flatMap(({ name, deadLetterName, settingName }): AlarmSubject[] => [
        { kind: "queue", name: settingName, dimensions: { QueueName: name } },
        { kind: "dead-letters", name: settingName, dimensions: { QueueName: deadLetterName } },
    ]);
    const cacheNodes = [...Array(settings.cache.nodes).keys()].map((i): AlarmSubject => {
        // ElastiCache's names of the nodes.
        const node = `${args.cacheName}-${String(i + 1).padStart(3, "0")}`;
        return { kind: "cache", name: `cache-${i + 1}`, dimensions: { CacheClusterId: node } };
    });
    return [
        { kind: "alb", name: "edge", dimensions: { LoadBalancer: args.loadBalancerArnSuffix } },
        ...services,
        ...queues,
        { kind: "database", name: "database", dimensions: { DBClusterIdentifier: args.databaseName } },
        ...cacheNodes,
        ...apiSubjects(args),
        // The dimension that `lib/recovery.ts` publishes.
        { kind: "recovery", name: "recovery", dimensions: { Environment: scope.suffix } },
    ];
}

/** Share of a quota, or of a function's timeout, above which an alarm is raised. */
const nearLimit = 0.8;

/** The merchants' API, the validator and the table. An index and an operation have metrics separate from the table's. */
function apiSubjects({ settings, tableName, validator, api }: MonitoringArgs): AlarmSubject[] {
    const table = { TableName: tableName };
    const ofApi = { ApiName: api.apiName, Stage: api.stageName };
    const quotas = Object.values(settings.gateway.merchants).map(({ quotaPerDay }) => quotaPerDay);
    return [
        {
            kind: "function",
            name: "validator",
            dimensions: { FunctionName: validator.functionName },
            thresholds: { "function-slow": nearLimit * 1000 * settings.validation.timeoutSeconds },
        },
        { kind: "dead-letters", name: "validator", dimensions: { QueueName: validator.deadLetterName } },
        { kind: "table", name: "transactions", dimensions: table },
        {
            kind: "table",
            name: "transactions-index",
            dimensions: { ...table, GlobalSecondaryIndexName: customerIndex },
        },
        ...["GetItem", "PutItem", "TransactWriteItems"].map((Operation): AlarmSubject => ({
            kind: "table-operation",
            name: `transactions-${Operation.toLowerCase()}`,
            dimensions: { ...table, Operation },
        })),
        { kind: "api", name: "gateway", dimensions: ofApi },
        // API Gateway has no metric per API key, so this compares the sum of all requests with the sum of the quotas.
        ...(quotas.length > 0
            ? [
                  {
                      kind: "api-usage" as const,
                      name: "gateway",
                      dimensions: ofApi,
                      thresholds: { "usage-near-quota": nearLimit * quotas.reduce((sum, quota) => sum + quota) },
                  },
              ]
            : []),
    ];
}
