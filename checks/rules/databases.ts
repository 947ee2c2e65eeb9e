import { Secret } from "../../plan/plan.ts";
import { resourcesOfType, getPath, inputText, inputTexts } from "../../plan/query.ts";
import { requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

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

export const databaseRules: readonly Rule[] = [
    {
        name: "database-recoverable",
        description: "the database is backed up as the stack says, and its snapshots keep their tags",
        fix: "Set backupRetentionPeriod to database.backupRetentionDays, and copyTagsToSnapshot.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                {
                    path: "backupRetentionPeriod",
                    expected: (value, _node, _plan, { database }) => value === database.backupRetentionDays,
                    requirement: "be backed up as long as the stack says",
                },
                { path: "copyTagsToSnapshot", expected: true },
            ],
        }),
    },
    {
        name: "database-accounts",
        description: "nobody logs in to the database by a name that attackers know, and services do by IAM",
        fix: "Set iamDatabaseAuthenticationEnabled, and a masterUsername of your own.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                { path: "iamDatabaseAuthenticationEnabled", expected: true },
                {
                    path: "masterUsername",
                    expected: (value) => !commonUserNames.has(value),
                    requirement: "have an administrator of another name",
                },
            ],
        }),
    },
    {
        name: "database-logs-exported",
        description: "the database sends its logs to CloudWatch",
        fix: "Export the log postgresql.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [{ path: "enabledCloudwatchLogsExports.0", expected: "postgresql" }],
        }),
    },
    {
        name: "database-instances-maintained",
        description: "instances of the database take minor upgrades, and are observed as the stack says",
        fix: "Set the input to the value that the rule names.",
        check: requireInputs({
            types: ["rds/clusterInstance:ClusterInstance"],
            inputs: [
                { path: "autoMinorVersionUpgrade", expected: true },
                { path: "copyTagsToSnapshot", expected: true },
                {
                    path: "monitoringInterval",
                    expected: (value, _node, _plan, { database }) =>
                        (value ?? 0) === database.monitoringIntervalSeconds,
                    requirement: "be monitored as often as the stack says",
                },
                {
                    path: "performanceInsightsEnabled",
                    expected: hasPerformanceInsights,
                    requirement: "have Performance Insights on",
                },
            ],
        }),
    },
    {
        name: "database-parameters",
        description: "the database refuses connections without TLS, and logs changes and slow statements",
        fix: "Set the parameter in the cluster's parameter group.",
        check: requireInputs({
            types: ["rds/clusterParameterGroup:ClusterParameterGroup"],
            inputs: [
                {
                    path: "parameters",
                    expected: hasParameter("rds.force_ssl", "1"),
                    requirement: "set rds.force_ssl to 1",
                },
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
        }),
    },
    {
        name: "database-events-notified",
        description: "somebody hears of failures, maintenance and changed settings of the database",
        fix: "Subscribe to the events of clusters, instances, parameter groups and security groups.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [{ path: "engine", expected: hasEventSubscriptions, requirement: "have its events told" }],
        }),
    },
    {
        name: "cache-recoverable",
        description: "the cache takes upgrades and is backed up, and fails over where it has replicas",
        fix: "Set the input to the value that the rule names.",
        check: requireInputs({
            types: ["elasticache/replicationGroup:ReplicationGroup"],
            inputs: [
                { path: "autoMinorVersionUpgrade", expected: true },
                {
                    path: "snapshotRetentionLimit",
                    expected: (value) => Number(value) >= 1,
                    requirement: "be backed up",
                },
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
        }),
    },
    {
        name: "cache-requires-token",
        description: "the cache asks every client for a token",
        fix: "Set authToken to a generated secret.",
        check: requireInputs({
            types: ["elasticache/replicationGroup:ReplicationGroup"],
            inputs: [
                { path: "authToken", expected: (value) => value instanceof Secret, requirement: "have a secret token" },
            ],
        }),
    },
    {
        name: "tables-scale",
        description: "tables grow with their load",
        fix: "Set billingMode to PAY_PER_REQUEST, or scale reads and writes.",
        check: requireInputs({
            types: ["dynamodb/table:Table"],
            inputs: [{ path: "billingMode", expected: scalesOnDemand, requirement: "be paid by request or scale" }],
        }),
    },
];
