import type * as pulumi from "@pulumi/pulumi";
import { metrics, metricsOf } from "../../contract/metrics.ts";
import { hasImage } from "../compute/image.ts";
import type { ServiceRoute } from "../edge.ts";
import { errorMetric, serviceLogGroup } from "../logs.ts";
import type { Queue } from "../messaging.ts";
import { nameOf, type Scope } from "../scope.ts";
import { lateAfterHours } from "../settings/acquirer.ts";
import { clusterNoun, databaseClusterName, generationsOf } from "../settings/database-generations.ts";
import { metricGroupsOf } from "../settings/metric-groups.ts";
import type { Settings } from "../settings/schema.ts";
import { customerIndex } from "../transactions.ts";
import type { Validation } from "../validation.ts";
import { namespaceByKind } from "./alarm-row.ts";
import type { AlarmSubject } from "./alarms.ts";

/** Everything that has alarms. */
export interface SubjectsArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "services" | "database" | "cache" | "validation" | "gateway">;
    readonly alerts: { readonly deadLetterName: string };
    /** Nouns in the names of the EventBridge rules. */
    readonly eventRules: readonly string[];
    readonly clusterName: string;
    readonly cacheName: string;
    readonly loadBalancerArnSuffix: pulumi.Input<string>;
    readonly certificateArn: pulumi.Input<string>;
    readonly routes: Readonly<Record<string, ServiceRoute>>;
    readonly queues: readonly Queue[];
    readonly tableName: string;
    readonly validator: Pick<Validation, "functionName" | "deadLetterName">;
    readonly api: { readonly apiName: pulumi.Input<string>; readonly stageName: pulumi.Input<string> };
}

/** The subjects of the alarm table, with the dimensions of their metrics. */
export function subjectsOf(args: SubjectsArgs): AlarmSubject[] {
    const { scope, settings, clusterName } = args;
    const services = Object.entries(settings.services).flatMap(([service, serviceSettings]): AlarmSubject[] => {
        const route = args.routes[service];
        const dimensions = { ClusterName: clusterName, ServiceName: nameOf(scope, service) };
        return [
            { kind: "service", name: service, dimensions },
            {
                kind: "application-log",
                name: service,
                metric: errorMetric(nameOf(scope, service)).name,
                requestMetrics: requestMetricsOf(args, service, serviceSettings),
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
                          thresholds: { "tasks-missing": Math.max(1, serviceSettings.minTasks) },
                      },
                  ]
                : []),
            ...metricSubjects(args, service, serviceSettings),
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
        { kind: "certificate", name: "edge", dimensions: { CertificateArn: args.certificateArn } },
        ...services,
        ...queues,
        ...generationsOf(settings.database).map((generation): AlarmSubject => ({
            kind: "database",
            name: clusterNoun(generation),
            dimensions: { DBClusterIdentifier: databaseClusterName(scope, generation) },
        })),
        ...cacheNodes,
        ...apiSubjects(args),
        ...args.eventRules.map((noun): AlarmSubject => ({
            kind: "event-rule",
            name: noun,
            dimensions: { RuleName: nameOf(scope, noun) },
        })),
        { kind: "dead-letters", name: "alerts", dimensions: { QueueName: args.alerts.deadLetterName } },
        // The dimension that `lib/recovery.ts` publishes.
        { kind: "recovery", name: "recovery", dimensions: { Environment: scope.suffix } },
    ];
}

/** The groups of metrics that a service sends and that have alarms, and its first steady metric, whose absence has one. */
function metricSubjects(
    { scope, clusterName }: SubjectsArgs,
    service: string,
    settings: Settings["services"][string],
): AlarmSubject[] {
    const dimensions = { Service: service, Environment: scope.suffix };
    const groups = metricGroupsOf(settings);
    const { acquirer } = settings;
    const steady = metricsOf(groups).find((metric) => metrics[metric].steady);
    return [
        ...(["messages", "outbox", "payments", "acquirer"] as const)
            .filter((group) => groups.includes(group))
            .map((kind) => ({ kind, name: service, dimensions })),
        ...(acquirer !== undefined && groups.includes("reconciliation")
            ? [
                  {
                      kind: "reconciliation" as const,
                      name: service,
                      dimensions,
                      thresholds: { "reconciliation-late": 3600 * lateAfterHours(acquirer.reconciliation) },
                  },
              ]
            : []),
        // A service without an image sends nothing.
        ...(steady !== undefined && hasImage(settings)
            ? [
                  {
                      kind: "steady-metric" as const,
                      name: service,
                      dimensions,
                      metric: steady,
                      whileMetric: {
                          namespace: namespaceByKind["running-tasks"],
                          metricName: "DesiredTaskCount",
                          dimensions: { ClusterName: clusterName, ServiceName: nameOf(scope, service) },
                      },
                  },
              ]
            : []),
    ];
}

/**
 * What a service has done: requests of its target group, messages of its queue, or else the lines of its log. A message is received again
 * as long as it fails, so it counts once it is deleted.
 */
function requestMetricsOf(
    { scope, routes, queues, loadBalancerArnSuffix }: SubjectsArgs,
    service: string,
    { consumes }: Settings["services"][string],
): AlarmSubject["requestMetrics"] {
    const route = routes[service];
    const consumed = queues.filter(({ settingName }) => settingName === consumes);
    const metrics = [
        ...(route
            ? [
                  {
                      namespace: "AWS/ApplicationELB",
                      metricName: "RequestCount",
                      dimensions: { TargetGroup: route.targetGroupArnSuffix, LoadBalancer: loadBalancerArnSuffix },
                  },
              ]
            : []),
        ...consumed.map(({ name }) => ({
            namespace: "AWS/SQS",
            metricName: "NumberOfMessagesDeleted",
            dimensions: { QueueName: name },
        })),
    ];
    const logLines = {
        namespace: "AWS/Logs",
        metricName: "IncomingLogEvents",
        dimensions: { LogGroupName: serviceLogGroup(nameOf(scope, service)) },
    };
    return metrics.length > 0 ? metrics : [logLines];
}

/** Share of a quota, or of a function's timeout, above which an alarm is raised. */
const nearLimit = 0.8;

/** The merchants' API, the validator and the table. An index and an operation have metrics separate from the table's. */
function apiSubjects({ settings, tableName, validator, api }: SubjectsArgs): AlarmSubject[] {
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
