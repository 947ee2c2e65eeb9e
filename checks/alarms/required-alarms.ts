import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, getPath, toText, inputText } from "../../plan/query.ts";

type Dimensions = Readonly<Record<string, string>>;

/** Alarms that every resource of a type must have. Queues have a rule of their own, `queues-watched`. */
export interface RequiredAlarms {
    readonly type: string;
    readonly namespace: string;
    readonly metrics: readonly string[];
    /** One set of dimensions for each part with separate metrics; empty where no alarm is required. */
    readonly dimensionsOf: (node: PlanNode, plan: Plan) => readonly Dimensions[];
    /** An additional dimension with any value, because AWS has no total over its values. */
    readonly extraDimension?: string;
    /** Statistics that must not be used, because they hide one bad value among several. */
    readonly excludedStatistics?: readonly string[];
}

const dimensionFromInput = (dimension: string, path: string) => (node: PlanNode) => [
    { [dimension]: inputText(node, path) },
];

const serviceDimensions = (service: PlanNode): Dimensions[] => [
    { ClusterName: inputText(service, "cluster").split("/").at(-1) ?? "", ServiceName: inputText(service, "name") },
];

const arnSuffixOf = (node: PlanNode): string => toText(node.outputs.arnSuffix);

/** The table and each of its indexes, which have separate throttling metrics. */
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

/** ElastiCache appends the node's number, from 001, to the replication group's ID. */
const cacheNodeDimensions = (group: PlanNode): Dimensions[] =>
    [...Array(Number(group.inputs.numCacheClusters)).keys()].map((i) => ({
        CacheClusterId: `${inputText(group, "replicationGroupId")}-${String(i + 1).padStart(3, "0")}`,
    }));

const auroraCluster = { type: "rds/cluster:Cluster", namespace: "AWS/RDS" };
/** The cluster's metric covers all instances, so the statistic must show the worst one. */
const worstInstanceOnly = { excludedStatistics: ["Average"] };

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
        // A service without an image has no tasks.
        dimensionsOf: (service) => (service.inputs.desiredCount === 0 ? [] : serviceDimensions(service)),
    },
    {
        type: "lb/targetGroup:TargetGroup",
        namespace: "AWS/ApplicationELB",
        metrics: ["HTTPCode_Target_5XX_Count", "UnHealthyHostCount", "TargetResponseTime"],
        dimensionsOf: (group, plan) =>
            // Lambda has its own metrics.
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
        type: "cloudwatch/eventRule:EventRule",
        namespace: "AWS/Events",
        metrics: ["FailedInvocations"],
        dimensionsOf: dimensionFromInput("RuleName", "name"),
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

/** A metric of an alarm, directly or in a metric math expression. */
export interface AlarmMetric {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Dimensions;
    readonly statistic: string;
}

export function metricsOfAlarm({ inputs }: PlanNode): AlarmMetric[] {
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
}

export const metricsOfAlarms = (plan: Plan): AlarmMetric[] =>
    resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").flatMap(metricsOfAlarm);

/** Whether an alarm's metric is a required one. All dimensions must be equal: they are part of a metric's identity. */
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
        // It says how many values there are, not what they are.
        reading.statistic !== "SampleCount" &&
        !excludedStatistics.includes(reading.statistic) &&
        keys.length === Object.keys(dimensions).length &&
        keys.every((key) => reading.dimensions[key] === dimensions[key])
    );
};
