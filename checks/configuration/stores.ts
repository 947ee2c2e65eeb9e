import { Secret } from "../../plan/plan.ts";
import { all, look, text, texts } from "../../plan/query.ts";
import type { Configuration, Holds } from "../configuration.ts";

/** Names that AWS proposes and attackers try first (https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-24). */
const defaultUsers: ReadonlySet<unknown> = new Set([undefined, "admin", "postgres"]);

const hasPerformanceInsights: Holds = (value, instance, plan) =>
    value === true ||
    all(plan, "rds/cluster:Cluster").some(
        (cluster) =>
            cluster.id === instance.inputs.clusterIdentifier && cluster.inputs.performanceInsightsEnabled === true,
    );

const hasParameter =
    (name: string, value?: string): Holds =>
    (parameters) =>
        Array.isArray(parameters) &&
        parameters.some(
            (parameter) =>
                look(parameter, "name") === name && (value === undefined || look(parameter, "value") === value),
        );

/** Events that Security Hub asks for (https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-19). */
const events: Readonly<Record<string, readonly string[]>> = {
    "db-cluster": ["maintenance", "failure"],
    "db-instance": ["maintenance", "configuration change", "failure"],
    "db-parameter-group": ["configuration change"],
    "db-security-group": ["configuration change", "failure"],
};

const tellsEvents: Holds = (_value, _node, plan) =>
    Object.entries(events).every(([source, categories]) =>
        all(plan, "rds/eventSubscription:EventSubscription").some(
            (each) =>
                text(each, "sourceType") === source &&
                categories.every((category) => texts(each, "eventCategories").includes(category)),
        ),
    );

const asHasReplicas: Holds = (value, { inputs }) => value === Number(inputs.numCacheClusters) > 1;

const grows: Holds = (billingMode, table, plan) =>
    billingMode === "PAY_PER_REQUEST" ||
    ["Read", "Write"].every((kind) =>
        all(plan, "appautoscaling/target:Target").some(
            (target) =>
                text(target, "resourceId") === `table/${text(table, "name")}` &&
                text(target, "scalableDimension") === `dynamodb:table:${kind}CapacityUnits`,
        ),
    );

export const storesConfiguration: readonly Configuration[] = [
    {
        name: "database-recoverable",
        promise: "the database is backed up as the stack says, and its snapshots keep their tags",
        fix: "Set backupRetentionPeriod to database.backupRetentionDays, and copyTagsToSnapshot.",
        controls: [
            "RDS.11",
            "RDS.50",
            "CKV_AWS_133",
            "aws-rds-cluster-enable-backup-retention",
            "aws-rds-cluster-configure-backup-retention",
            "RDS.16",
            "RDS.47",
            "CKV_AWS_313",
        ],
        types: ["rds/cluster:Cluster"],
        expects: [
            {
                path: "backupRetentionPeriod",
                is: (value, _node, _plan, { database }) => value === database.backupRetentionDays,
                must: "be backed up as long as the stack says",
            },
            { path: "copyTagsToSnapshot", is: true },
        ],
    },
    {
        name: "database-accounts",
        promise: "nobody logs in to the database by a name that attackers know, and services do by IAM",
        fix: "Set iamDatabaseAuthenticationEnabled, and a masterUsername of your own.",
        controls: ["RDS.10", "RDS.12", "CKV_AWS_162", "RDS.24", "RDS.25"],
        types: ["rds/cluster:Cluster"],
        expects: [
            { path: "iamDatabaseAuthenticationEnabled", is: true },
            {
                path: "masterUsername",
                is: (value) => !defaultUsers.has(value),
                must: "have an administrator of another name",
            },
        ],
    },
    {
        name: "database-logs-exported",
        promise: "the database sends its logs to CloudWatch",
        fix: "Export the log postgresql.",
        controls: ["RDS.9", "RDS.37", "CKV_AWS_324"],
        types: ["rds/cluster:Cluster"],
        expects: [{ path: "enabledCloudwatchLogsExports.0", is: "postgresql" }],
    },
    {
        name: "database-instances-maintained",
        promise: "instances of the database take minor upgrades, and are observed as the stack says",
        fix: "Set the input to the value that the rule names.",
        controls: [
            "RDS.13",
            "RDS.35",
            "CKV_AWS_226",
            "RDS.16",
            "RDS.47",
            "CKV_AWS_313",
            "RDS.6",
            "CKV_AWS_118",
            "CKV_AWS_353",
            "CKV_AWS_354",
            "aws-rds-clusterinstance-enable-performance-insights",
            "aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
        ],
        types: ["rds/clusterInstance:ClusterInstance"],
        expects: [
            { path: "autoMinorVersionUpgrade", is: true },
            { path: "copyTagsToSnapshot", is: true },
            {
                path: "monitoringInterval",
                is: (value, _node, _plan, { database }) => (value ?? 0) === database.monitoringIntervalSeconds,
                must: "be monitored as often as the stack says",
            },
            { path: "performanceInsightsEnabled", is: hasPerformanceInsights, must: "have Performance Insights on" },
        ],
    },
    {
        name: "database-parameters",
        promise: "the database refuses connections without TLS, and logs changes and slow statements",
        fix: "Set the parameter in the cluster's parameter group.",
        controls: ["CKV2_AWS_27"],
        types: ["rds/clusterParameterGroup:ClusterParameterGroup"],
        expects: [
            { path: "parameters", is: hasParameter("rds.force_ssl", "1"), must: "set rds.force_ssl to 1" },
            { path: "parameters", is: hasParameter("log_statement", "ddl"), must: "log changes of the schema" },
            { path: "parameters", is: hasParameter("log_min_duration_statement"), must: "log slow statements" },
        ],
    },
    {
        name: "database-events-told",
        promise: "somebody hears of failures, maintenance and changed settings of the database",
        fix: "Subscribe to the events of clusters, instances, parameter groups and security groups.",
        controls: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
        types: ["rds/cluster:Cluster"],
        expects: [{ path: "engine", is: tellsEvents, must: "have its events told" }],
    },
    {
        name: "cache-recoverable",
        promise: "the cache takes upgrades and is backed up, and fails over where it has replicas",
        fix: "Set the input to the value that the rule names.",
        controls: ["ElastiCache.1", "CKV_AWS_134", "ElastiCache.2", "CKV_AWS_322", "ElastiCache.3", "CKV2_AWS_50"],
        types: ["elasticache/replicationGroup:ReplicationGroup"],
        expects: [
            { path: "autoMinorVersionUpgrade", is: true },
            { path: "snapshotRetentionLimit", is: (value) => Number(value) >= 1, must: "be backed up" },
            { path: "automaticFailoverEnabled", is: asHasReplicas, must: "fail over where it has replicas" },
            { path: "multiAzEnabled", is: asHasReplicas, must: "spread its replicas over zones" },
        ],
    },
    {
        name: "cache-asks-who",
        promise: "the cache asks every client for a token",
        fix: "Set authToken to a generated secret.",
        controls: ["ElastiCache.6", "CKV_AWS_31"],
        types: ["elasticache/replicationGroup:ReplicationGroup"],
        expects: [{ path: "authToken", is: (value) => value instanceof Secret, must: "have a secret token" }],
    },
    {
        name: "tables-scale",
        promise: "tables grow with their load",
        fix: "Set billingMode to PAY_PER_REQUEST, or scale reads and writes.",
        controls: ["DynamoDB.1", "CKV2_AWS_16"],
        types: ["dynamodb/table:Table"],
        expects: [{ path: "billingMode", is: grows, must: "be paid by request or scale" }],
    },
];
