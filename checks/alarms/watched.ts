import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, look, shown, text } from "../../plan/query.ts";

type Dimensions = Readonly<Record<string, string>>;

/** What must be watched of every resource of a type. Queues have a promise of their own, `queues-watched`. */
export interface Watched {
    readonly type: string;
    readonly namespace: string;
    readonly metrics: readonly string[];
    /** Dimensions of the metrics, once for each part that counts by itself; nothing for what need not be watched. */
    readonly of: (node: PlanNode, plan: Plan) => readonly Dimensions[];
    /** A dimension more, of any value: AWS counts no sum over it. */
    readonly by?: string;
    /** Statistics that would hide the worst of several parts behind the others. */
    readonly never?: readonly string[];
}

const named = (dimension: string, path: string) => (node: PlanNode) => [{ [dimension]: text(node, path) }];

const serviceDimensions = (service: PlanNode): Dimensions[] => [
    { ClusterName: text(service, "cluster").split("/").at(-1) ?? "", ServiceName: text(service, "name") },
];

const suffixOf = (node: PlanNode): string => shown(node.outputs.arnSuffix);

/** The table and each of its indexes, whose throttling counts apart. */
const tableParts = (table: PlanNode): Dimensions[] => {
    const TableName = text(table, "name");
    const indexes = table.inputs.globalSecondaryIndexes;
    return [
        { TableName },
        ...(Array.isArray(indexes) ? indexes : []).map((index) => ({
            TableName,
            GlobalSecondaryIndexName: shown(look(index, "name")),
        })),
    ];
};

/** ElastiCache names its nodes so; numbers begin with one. */
const cacheNodes = (group: PlanNode): Dimensions[] =>
    [...Array(Number(group.inputs.numCacheClusters)).keys()].map((i) => ({
        CacheClusterId: `${text(group, "replicationGroupId")}-${String(i + 1).padStart(3, "0")}`,
    }));

const database = { type: "rds/cluster:Cluster", namespace: "AWS/RDS" };
/** One figure for the cluster stands for all of its instances, so it must be that of the worst. */
const worst = { never: ["Average", "SampleCount"] };

export const watched: readonly Watched[] = [
    {
        type: "ecs/service:Service",
        namespace: "AWS/ECS",
        metrics: ["CPUUtilization", "MemoryUtilization"],
        of: serviceDimensions,
    },
    {
        type: "ecs/service:Service",
        namespace: "ECS/ContainerInsights",
        metrics: ["RunningTaskCount"],
        // Without an image a service has no tasks to miss.
        of: (service) => (service.inputs.desiredCount === 0 ? [] : serviceDimensions(service)),
    },
    {
        type: "lb/targetGroup:TargetGroup",
        namespace: "AWS/ApplicationELB",
        metrics: ["HTTPCode_Target_5XX_Count", "UnHealthyHostCount", "TargetResponseTime"],
        of: (group, plan) =>
            // A function has metrics of its own.
            text(group, "targetType") === "lambda"
                ? []
                : all(plan, "lb/loadBalancer:LoadBalancer").map((balancer) => ({
                      TargetGroup: suffixOf(group),
                      LoadBalancer: suffixOf(balancer),
                  })),
    },
    {
        type: "lb/loadBalancer:LoadBalancer",
        namespace: "AWS/ApplicationELB",
        metrics: ["RejectedConnectionCount", "ClientTLSNegotiationErrorCount", "HTTPCode_ELB_5XX_Count"],
        of: (balancer) => [{ LoadBalancer: suffixOf(balancer) }],
    },
    {
        ...database,
        ...worst,
        metrics: ["CPUUtilization", "FreeableMemory"],
        of: named("DBClusterIdentifier", "clusterIdentifier"),
    },
    {
        ...database,
        metrics: ["Deadlocks", "AuroraReplicaLagMaximum"],
        of: named("DBClusterIdentifier", "clusterIdentifier"),
    },
    {
        ...database,
        ...worst,
        metrics: ["ACUUtilization"],
        of: (cluster) =>
            cluster.inputs.serverlessv2ScalingConfiguration === undefined
                ? []
                : [{ DBClusterIdentifier: text(cluster, "clusterIdentifier") }],
    },
    {
        type: "elasticache/replicationGroup:ReplicationGroup",
        namespace: "AWS/ElastiCache",
        metrics: ["EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "ReplicationLag", "AuthenticationFailures"],
        of: cacheNodes,
    },
    {
        type: "lambda/function:Function",
        namespace: "AWS/Lambda",
        metrics: ["Errors", "Throttles", "Duration"],
        of: named("FunctionName", "name"),
    },
    {
        type: "dynamodb/table:Table",
        namespace: "AWS/DynamoDB",
        metrics: ["ReadThrottleEvents", "WriteThrottleEvents"],
        of: tableParts,
    },
    {
        type: "dynamodb/table:Table",
        namespace: "AWS/DynamoDB",
        metrics: ["SystemErrors"],
        of: named("TableName", "name"),
        by: "Operation",
    },
    {
        type: "apigateway/stage:Stage",
        namespace: "AWS/ApiGateway",
        metrics: ["4XXError", "5XXError", "Latency"],
        of: (stage, plan) =>
            all(plan, "apigateway/restApi:RestApi")
                .filter(({ id }) => id === text(stage, "restApi"))
                .map((api) => ({ ApiName: text(api, "name"), Stage: text(stage, "stageName") })),
    },
];

/** A metric that an alarm reads, by itself or in a formula. */
export interface Reading {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Dimensions;
    readonly statistic: string;
}

/** Every metric that an alarm of the plan reads. */
export const readingsOf = (plan: Plan): Reading[] =>
    all(plan, "cloudwatch/metricAlarm:MetricAlarm").flatMap(({ inputs }) => {
        const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries : [];
        return [
            { ...inputs, stat: inputs.statistic ?? inputs.extendedStatistic ?? null },
            ...queries.map((query) => look(query, "metric")),
        ]
            .filter((metric) => look(metric, "metricName") !== undefined)
            .map((metric) => ({
                namespace: shown(look(metric, "namespace")),
                metric: shown(look(metric, "metricName")),
                dimensions: (look(metric, "dimensions") ?? {}) as Dimensions,
                statistic: shown(look(metric, "stat")),
            }));
    });

/** Whether a metric is that of one part: another dimension would be another metric. */
export const isReading = (
    { namespace, never = [], by }: Watched,
    metric: string,
    dimensions: Dimensions,
    reading: Reading,
): boolean => {
    const keys = Object.keys(reading.dimensions).filter((key) => key !== by);
    return (
        reading.namespace === namespace &&
        reading.metric === metric &&
        !never.includes(reading.statistic) &&
        keys.length === Object.keys(dimensions).length &&
        keys.every((key) => reading.dimensions[key] === dimensions[key])
    );
};
