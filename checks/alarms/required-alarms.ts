import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, getPath, toText, inputText } from "../../plan/query.ts";

type Dimensions = Readonly<Record<string, string>>;

/** What must be watched of every resource of a type. Queues have a promise of their own, `queues-watched`. */
export interface RequiredAlarms {
    readonly type: string;
    readonly namespace: string;
    readonly metrics: readonly string[];
    /** Dimensions of the metrics, once for each part that counts by itself; nothing for what need not be watched. */
    readonly dimensionsOf: (node: PlanNode, plan: Plan) => readonly Dimensions[];
    /** A dimension more, of any value: AWS counts no sum over it. */
    readonly extraDimension?: string;
    /** Statistics that would hide the worst of several parts behind the others. */
    readonly excludedStatistics?: readonly string[];
}

const dimensionFromInput = (dimension: string, path: string) => (node: PlanNode) => [
    { [dimension]: inputText(node, path) },
];

const serviceDimensions = (service: PlanNode): Dimensions[] => [
    { ClusterName: inputText(service, "cluster").split("/").at(-1) ?? "", ServiceName: inputText(service, "name") },
];

const arnSuffixOf = (node: PlanNode): string => toText(node.outputs.arnSuffix);

/** The table and each of its indexes, whose throttling counts apart. */
const tableDimensions = (table: PlanNode): Dimensions[] => {
    const TableName = inputText(table, "name");
    const indexes = table.inputs.globalSecondaryIndexes;
    return [
        { TableName },
        ...(Array.isArray(indexes) ? indexes : []).map((index) => ({
            TableName,
            GlobalSecondaryIndexName: toText(getPath(index, "name")),
        })),
    ];
};

/** ElastiCache names its nodes so; numbers begin with one. */
const cacheNodeDimensions = (group: PlanNode): Dimensions[] =>
    [...Array(Number(group.inputs.numCacheClusters)).keys()].map((i) => ({
        CacheClusterId: `${inputText(group, "replicationGroupId")}-${String(i + 1).padStart(3, "0")}`,
    }));

const auroraCluster = { type: "rds/cluster:Cluster", namespace: "AWS/RDS" };
/** One figure for the cluster stands for all of its instances, so it must be that of the worst. */
const worstInstanceOnly = { excludedStatistics: ["Average", "SampleCount"] };

export const requiredAlarms: readonly RequiredAlarms[] = [
    {
        type: "ecs/service:Service",
        namespace: "AWS/ECS",
        metrics: ["CPUUtilization", "MemoryUtilization"],
        dimensionsOf: serviceDimensions,
    },
    {
        type: "ecs/service:Service",
        namespace: "ECS/ContainerInsights",
        metrics: ["RunningTaskCount"],
        // Without an image a service has no tasks to miss.
        dimensionsOf: (service) => (service.inputs.desiredCount === 0 ? [] : serviceDimensions(service)),
    },
    {
        type: "lb/targetGroup:TargetGroup",
        namespace: "AWS/ApplicationELB",
        metrics: ["HTTPCode_Target_5XX_Count", "UnHealthyHostCount", "TargetResponseTime"],
        dimensionsOf: (group, plan) =>
            // A function has metrics of its own.
            inputText(group, "targetType") === "lambda"
                ? []
                : resourcesOfType(plan, "lb/loadBalancer:LoadBalancer").map((balancer) => ({
                      TargetGroup: arnSuffixOf(group),
                      LoadBalancer: arnSuffixOf(balancer),
                  })),
    },
    {
        type: "lb/loadBalancer:LoadBalancer",
        namespace: "AWS/ApplicationELB",
        metrics: ["RejectedConnectionCount", "ClientTLSNegotiationErrorCount", "HTTPCode_ELB_5XX_Count"],
        dimensionsOf: (balancer) => [{ LoadBalancer: arnSuffixOf(balancer) }],
    },
    {
        ...auroraCluster,
        ...worstInstanceOnly,
        metrics: ["CPUUtilization", "FreeableMemory"],
        dimensionsOf: dimensionFromInput("DBClusterIdentifier", "clusterIdentifier"),
    },
    {
        ...auroraCluster,
        metrics: ["Deadlocks", "AuroraReplicaLagMaximum"],
        dimensionsOf: dimensionFromInput("DBClusterIdentifier", "clusterIdentifier"),
    },
    {
        ...auroraCluster,
        ...worstInstanceOnly,
        metrics: ["ACUUtilization"],
        dimensionsOf: (cluster) =>
            cluster.inputs.serverlessv2ScalingConfiguration === undefined
                ? []
                : [{ DBClusterIdentifier: inputText(cluster, "clusterIdentifier") }],
    },
    {
        type: "elasticache/replicationGroup:ReplicationGroup",
        namespace: "AWS/ElastiCache",
        metrics: ["EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "ReplicationLag", "AuthenticationFailures"],
        dimensionsOf: cacheNodeDimensions,
    },
    {
        type: "lambda/function:Function",
        namespace: "AWS/Lambda",
        metrics: ["Errors", "Throttles", "Duration"],
        dimensionsOf: dimensionFromInput("FunctionName", "name"),
    },
    {
        type: "dynamodb/table:Table",
        namespace: "AWS/DynamoDB",
        metrics: ["ReadThrottleEvents", "WriteThrottleEvents"],
        dimensionsOf: tableDimensions,
    },
    {
        type: "dynamodb/table:Table",
        namespace: "AWS/DynamoDB",
        metrics: ["SystemErrors"],
        dimensionsOf: dimensionFromInput("TableName", "name"),
        extraDimension: "Operation",
    },
    {
        type: "apigateway/stage:Stage",
        namespace: "AWS/ApiGateway",
        metrics: ["4XXError", "5XXError", "Latency"],
        dimensionsOf: (stage, plan) =>
            resourcesOfType(plan, "apigateway/restApi:RestApi")
                .filter(({ id }) => id === inputText(stage, "restApi"))
                .map((api) => ({ ApiName: inputText(api, "name"), Stage: inputText(stage, "stageName") })),
    },
];

/** A metric that an alarm reads, by itself or in a formula. */
export interface AlarmMetric {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Dimensions;
    readonly statistic: string;
}

/** Every metric that an alarm of the plan reads. */
export const metricsOfAlarms = (plan: Plan): AlarmMetric[] =>
    resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").flatMap(({ inputs }) => {
        const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries : [];
        return [
            { ...inputs, stat: inputs.statistic ?? inputs.extendedStatistic ?? null },
            ...queries.map((query) => getPath(query, "metric")),
        ]
            .filter((metric) => getPath(metric, "metricName") !== undefined)
            .map((metric) => ({
                namespace: toText(getPath(metric, "namespace")),
                metric: toText(getPath(metric, "metricName")),
                dimensions: (getPath(metric, "dimensions") ?? {}) as Dimensions,
                statistic: toText(getPath(metric, "stat")),
            }));
    });

/** Whether a metric is that of one part: another dimension would be another metric. */
export const isRequiredMetric = (
    { namespace, excludedStatistics = [], extraDimension }: RequiredAlarms,
    metric: string,
    dimensions: Dimensions,
    reading: AlarmMetric,
): boolean => {
    const keys = Object.keys(reading.dimensions).filter((key) => key !== extraDimension);
    return (
        reading.namespace === namespace &&
        reading.metric === metric &&
        !excludedStatistics.includes(reading.statistic) &&
        keys.length === Object.keys(dimensions).length &&
        keys.every((key) => reading.dimensions[key] === dimensions[key])
    );
};
