import { Secret } from "../../plan/plan.ts";
import { resourcesOfType, getPath, inputText, inputTexts } from "../../plan/query.ts";
import type { ConfigurationRule, InputPredicate } from "../configuration.ts";

/** Names that AWS proposes and attackers try first (https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-24). */
const commonUserNames: ReadonlySet<unknown> = new Set([undefined, "admin", "postgres"]);

const hasPerformanceInsights: InputPredicate = (value, instance, plan) =>
    value === true ||
    resourcesOfType(plan, "rds/cluster:Cluster").some(
        (cluster) =>
            cluster.id === instance.inputs.clusterIdentifier && cluster.inputs.performanceInsightsEnabled === true,
    );

const hasParameter =
    (name: string, value?: string): InputPredicate =>
    (parameters) =>
        Array.isArray(parameters) &&
        parameters.some(
            (parameter) =>
                getPath(parameter, "name") === name && (value === undefined || getPath(parameter, "value") === value),
        );

/** Events that Security Hub asks for (https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-19). */
const requiredEventCategories: Readonly<Record<string, readonly string[]>> = {
    "db-cluster": ["maintenance", "failure"],
    "db-instance": ["maintenance", "configuration change", "failure"],
    "db-parameter-group": ["configuration change"],
    "db-security-group": ["configuration change", "failure"],
};

const hasEventSubscriptions: InputPredicate = (_value, _node, plan) =>
    Object.entries(requiredEventCategories).every(([source, categories]) =>
        resourcesOfType(plan, "rds/eventSubscription:EventSubscription").some(
            (each) =>
                inputText(each, "sourceType") === source &&
                categories.every((category) => inputTexts(each, "eventCategories").includes(category)),
        ),
    );

const isOnExactlyWithReplicas: InputPredicate = (value, { inputs }) => value === Number(inputs.numCacheClusters) > 1;

const scalesOnDemand: InputPredicate = (billingMode, table, plan) =>
    billingMode === "PAY_PER_REQUEST" ||
    ["Read", "Write"].every((kind) =>
        resourcesOfType(plan, "appautoscaling/target:Target").some(
            (target) =>
                inputText(target, "resourceId") === `table/${inputText(table, "name")}` &&
                inputText(target, "scalableDimension") === `dynamodb:table:${kind}CapacityUnits`,
        ),
    );

export const storeConfigurationRules: readonly ConfigurationRule[] = [
    {
        name: "database-recoverable",
        description: "the database is backed up as the stack says, and its snapshots keep their tags",
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
        resourceTypes: ["rds/cluster:Cluster"],
        expectedInputs: [
            {
                path: "backupRetentionPeriod",
                expected: (value, _node, _plan, { database }) => value === database.backupRetentionDays,
                requirement: "be backed up as long as the stack says",
            },
            { path: "copyTagsToSnapshot", expected: true },
        ],
    },
    {
        name: "database-accounts",
        description: "nobody logs in to the database by a name that attackers know, and services do by IAM",
        fix: "Set iamDatabaseAuthenticationEnabled, and a masterUsername of your own.",
        controls: ["RDS.10", "RDS.12", "CKV_AWS_162", "RDS.24", "RDS.25"],
        resourceTypes: ["rds/cluster:Cluster"],
        expectedInputs: [
            { path: "iamDatabaseAuthenticationEnabled", expected: true },
            {
                path: "masterUsername",
                expected: (value) => !commonUserNames.has(value),
                requirement: "have an administrator of another name",
            },
        ],
    },
    {
        name: "database-logs-exported",
        description: "the database sends its logs to CloudWatch",
        fix: "Export the log postgresql.",
        controls: ["RDS.9", "RDS.37", "CKV_AWS_324"],
        resourceTypes: ["rds/cluster:Cluster"],
        expectedInputs: [{ path: "enabledCloudwatchLogsExports.0", expected: "postgresql" }],
    },
    {
        name: "database-instances-maintained",
        description: "instances of the database take minor upgrades, and are observed as the stack says",
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
        resourceTypes: ["rds/clusterInstance:ClusterInstance"],
        expectedInputs: [
            { path: "autoMinorVersionUpgrade", expected: true },
            { path: "copyTagsToSnapshot", expected: true },
            {
                path: "monitoringInterval",
                expected: (value, _node, _plan, { database }) => (value ?? 0) === database.monitoringIntervalSeconds,
                requirement: "be monitored as often as the stack says",
            },
            {
                path: "performanceInsightsEnabled",
                expected: hasPerformanceInsights,
                requirement: "have Performance Insights on",
            },
        ],
    },
    {
        name: "database-parameters",
        description: "the database refuses connections without TLS, and logs changes and slow statements",
        fix: "Set the parameter in the cluster's parameter group.",
        controls: ["CKV2_AWS_27"],
        resourceTypes: ["rds/clusterParameterGroup:ClusterParameterGroup"],
        expectedInputs: [
            { path: "parameters", expected: hasParameter("rds.force_ssl", "1"), requirement: "set rds.force_ssl to 1" },
            {
                path: "parameters",
                expected: hasParameter("log_statement", "ddl"),
                requirement: "log changes of the schema",
            },
            {
                path: "parameters",
                expected: hasParameter("log_min_duration_statement"),
                requirement: "log slow statements",
            },
        ],
    },
    {
        name: "database-events-notified",
        description: "somebody hears of failures, maintenance and changed settings of the database",
        fix: "Subscribe to the events of clusters, instances, parameter groups and security groups.",
        controls: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
        resourceTypes: ["rds/cluster:Cluster"],
        expectedInputs: [{ path: "engine", expected: hasEventSubscriptions, requirement: "have its events told" }],
    },
    {
        name: "cache-recoverable",
        description: "the cache takes upgrades and is backed up, and fails over where it has replicas",
        fix: "Set the input to the value that the rule names.",
        controls: ["ElastiCache.1", "CKV_AWS_134", "ElastiCache.2", "CKV_AWS_322", "ElastiCache.3", "CKV2_AWS_50"],
        resourceTypes: ["elasticache/replicationGroup:ReplicationGroup"],
        expectedInputs: [
            { path: "autoMinorVersionUpgrade", expected: true },
            { path: "snapshotRetentionLimit", expected: (value) => Number(value) >= 1, requirement: "be backed up" },
            {
                path: "automaticFailoverEnabled",
                expected: isOnExactlyWithReplicas,
                requirement: "fail over where it has replicas",
            },
            {
                path: "multiAzEnabled",
                expected: isOnExactlyWithReplicas,
                requirement: "spread its replicas over zones",
            },
        ],
    },
    {
        name: "cache-requires-token",
        description: "the cache asks every client for a token",
        fix: "Set authToken to a generated secret.",
        controls: ["ElastiCache.6", "CKV_AWS_31"],
        resourceTypes: ["elasticache/replicationGroup:ReplicationGroup"],
        expectedInputs: [
            { path: "authToken", expected: (value) => value instanceof Secret, requirement: "have a secret token" },
        ],
    },
    {
        name: "tables-scale",
        description: "tables grow with their load",
        fix: "Set billingMode to PAY_PER_REQUEST, or scale reads and writes.",
        controls: ["DynamoDB.1", "CKV2_AWS_16"],
        resourceTypes: ["dynamodb/table:Table"],
        expectedInputs: [{ path: "billingMode", expected: scalesOnDemand, requirement: "be paid by request or scale" }],
    },
];
