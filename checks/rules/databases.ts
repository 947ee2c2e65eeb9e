import { Secret, type PlanNode } from "../../plan/plan.ts";
import {
    arnOf,
    findingsUnless,
    getPath,
    inputText,
    inputTexts,
    itemsOf,
    resourcesOfType,
    textAtPath,
} from "../../plan/query.ts";
import { hasEventReport } from "../event-reports.ts";
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

const requiredParameters: Readonly<Record<string, string>> = {
    "rds.force_ssl": "1",
    log_connections: "1",
    log_disconnections: "1",
    log_statement: "ddl",
    log_parameter_max_length: "0",
    log_error_verbosity: "terse",
};

const slowStatements = "log_min_duration_statement";
const libraries = "shared_preload_libraries";
const auditedStatements = "pgaudit.log";

/** Others could undo them, as `pgaudit.log_parameter` does, which logs the values of statements. */
const knownParameters: ReadonlySet<unknown> = new Set([
    ...Object.keys(requiredParameters),
    slowStatements,
    libraries,
    auditedStatements,
]);

const hasParameter =
    (name: string, isRight: (value: string) => boolean): InputPredicate =>
    (parameters) => {
        const found = itemsOf(parameters).filter((parameter) => getPath(parameter, "name") === name);
        return found.length > 0 && found.every((parameter) => isRight(textAtPath(parameter, "value")));
    };

/**
 * Parameters that PostgreSQL reads only when it starts
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html).
 */
const staticParameters: ReadonlySet<unknown> = new Set([libraries]);

/**
 * Values that a family has without being set
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html).
 */
const familyDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "aurora-postgresql17": { "rds.force_ssl": "1" },
};

/** RDS keeps a static parameter, and a value that is the family's own, as `pending-reboot`; any other method differs for good. */
const hasLastingMethods: InputPredicate = (parameters, group) =>
    itemsOf(parameters).every((parameter) => {
        const [name, value] = [textAtPath(parameter, "name"), textAtPath(parameter, "value")];
        const isDefault = familyDefaults[inputText(group, "family")]?.[name] === value;
        const method = staticParameters.has(name) || isDefault ? "pending-reboot" : "immediate";
        return getPath(parameter, "applyMethod") === method;
    });

const hasAuditAsSet: InputPredicate = (parameters, node, plan, settings) =>
    !settings.database.pgaudit ||
    [
        hasParameter(libraries, (value) => value.split(",").includes("pgaudit")),
        hasParameter(auditedStatements, (value) => value === "role,ddl"),
    ].every((holds) => holds(parameters, node, plan, settings));

const isGroupOfStack: InputPredicate = (name, _node, plan) =>
    resourcesOfType(plan, "rds/clusterParameterGroup:ClusterParameterGroup").some(({ id }) => id === name);

/** Event categories that Security Hub requires (https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-19). */
const requiredEventCategories: Readonly<Record<string, readonly string[]>> = {
    "db-cluster": ["maintenance", "failure"],
    "db-instance": ["maintenance", "configuration change", "failure"],
    "db-parameter-group": ["configuration change"],
    "db-security-group": ["configuration change", "failure"],
};

const hasEventSubscriptions: InputPredicate = (_value, cluster, plan) => {
    const instances = resourcesOfType(plan, "rds/clusterInstance:ClusterInstance").filter(
        (instance) => instance.inputs.clusterIdentifier === cluster.id,
    );
    const sources: Readonly<Record<string, readonly PlanNode[]>> = {
        "db-cluster": [cluster],
        "db-instance": instances,
    };
    const topics = resourcesOfType(plan, "sns/topic:Topic").map(arnOf);
    return Object.entries(requiredEventCategories).every(([sourceType, categories]) =>
        resourcesOfType(plan, "rds/eventSubscription:EventSubscription").some(
            (each) =>
                inputText(each, "sourceType") === sourceType &&
                each.inputs.enabled !== false &&
                topics.includes(inputText(each, "snsTopic")) &&
                categories.every((category) => inputTexts(each, "eventCategories").includes(category)) &&
                (sources[sourceType] ?? []).every(({ id }) => inputTexts(each, "sourceIds").includes(id)),
        ),
    );
};

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

/** A cluster that is stopped, and one that is deleted (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html). */
const clusterLosses = {
    source: "aws.rds",
    detailType: "RDS DB Cluster Event",
    namedBy: "detail.EventID",
    names: ["RDS-EVENT-0150", "RDS-EVENT-0171"],
    by: "resources",
} as const;

export const databaseRules: readonly Rule[] = [
    {
        name: "database-recoverable",
        description:
            "The database has the backup retention that the stack sets, also after its deletion, and its snapshots keep its tags",
        fix: "Set backupRetentionPeriod to database.backupRetentionDays, copyTagsToSnapshot, and deleteAutomatedBackups to false.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                {
                    path: "backupRetentionPeriod",
                    expected: (value, _node, _plan, { database }) => value === database.backupRetentionDays,
                    requirement: "have the backupRetentionPeriod that the stack sets",
                },
                { path: "copyTagsToSnapshot", expected: true },
                { path: "deleteAutomatedBackups", expected: false },
            ],
        }),
    },
    {
        name: "database-accounts",
        description: "The database has IAM authentication, and a custom administrator user name",
        fix: "Set iamDatabaseAuthenticationEnabled, and a masterUsername that is not a default.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                { path: "iamDatabaseAuthenticationEnabled", expected: true },
                {
                    path: "masterUsername",
                    expected: (value) => !commonUserNames.has(value),
                    requirement: "have a masterUsername that is not a default",
                },
            ],
        }),
    },
    {
        name: "database-logs-exported",
        description: "The database exports its logs to CloudWatch Logs",
        fix: "Export the log postgresql.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [{ path: "enabledCloudwatchLogsExports.0", expected: "postgresql" }],
        }),
    },
    {
        name: "database-instances-maintained",
        description: "Database instances take minor version upgrades, and have the monitoring that the stack sets",
        fix: "Set the input to the value in the finding.",
        check: requireInputs({
            types: ["rds/clusterInstance:ClusterInstance"],
            inputs: [
                { path: "autoMinorVersionUpgrade", expected: true },
                { path: "copyTagsToSnapshot", expected: true },
                {
                    path: "engineVersion",
                    // RDS upgrades the cluster with its instances; a version of an instance would be a downgrade afterwards.
                    expected: undefined,
                    requirement: "leave engineVersion to the cluster",
                },
                {
                    path: "monitoringInterval",
                    expected: (value, _node, _plan, { database }) =>
                        (value ?? 0) === database.monitoringIntervalSeconds,
                    requirement: "have the monitoringInterval that the stack sets",
                },
                {
                    path: "performanceInsightsEnabled",
                    expected: hasPerformanceInsights,
                    requirement: "have Performance Insights enabled",
                },
            ],
        }),
    },
    {
        name: "database-parameters",
        description:
            "The database requires TLS, logs connections, schema changes and slow statements without their values, and has pgAudit where the stack sets it",
        fix: "Set the parameter in the cluster's parameter group, and give the database no other group.",
        check: requireInputs(
            {
                types: ["rds/clusterParameterGroup:ClusterParameterGroup"],
                inputs: [
                    ...Object.entries(requiredParameters).map(([name, value]) => ({
                        path: "parameters",
                        expected: hasParameter(name, (each) => each === value),
                        requirement: `set ${name} to ${value}`,
                    })),
                    {
                        path: "parameters",
                        // -1 is off.
                        expected: hasParameter(slowStatements, (value) => /^\d+$/.test(value)),
                        requirement: `set ${slowStatements} to a number of milliseconds`,
                    },
                    {
                        path: "parameters.*.name",
                        expected: (name) => knownParameters.has(name),
                        requirement: "set only parameters that the rule knows",
                    },
                    {
                        path: "parameters",
                        expected: hasAuditAsSet,
                        requirement: "load pgaudit, and set pgaudit.log to role,ddl",
                    },
                    {
                        path: "parameters",
                        expected: hasLastingMethods,
                        requirement:
                            "have each parameter's applyMethod as RDS keeps it, or every update shows a change",
                    },
                ],
            },
            {
                types: ["rds/cluster:Cluster"],
                inputs: [
                    {
                        path: "dbClusterParameterGroupName",
                        expected: isGroupOfStack,
                        requirement: "have a cluster parameter group of the stack",
                    },
                    // RDS gives it to all instances when it upgrades the cluster.
                    { path: "dbInstanceParameterGroupName", expected: undefined },
                ],
            },
            {
                types: ["rds/clusterInstance:ClusterInstance"],
                inputs: [{ path: "dbParameterGroupName", expected: undefined }],
            },
        ),
    },
    {
        name: "database-events-notified",
        description: "Event subscriptions report failures, maintenance and configuration changes of the database",
        fix: "Subscribe a topic of the stack to the events of the cluster, its instances, parameter groups and security groups.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                {
                    path: "engine",
                    expected: hasEventSubscriptions,
                    requirement: "have event subscriptions for the categories of RDS.19 to RDS.22",
                },
            ],
        }),
    },
    {
        name: "database-loss-reported",
        description: "A database cluster that is stopped or deleted is reported",
        fix: "Name the cluster's ARN in an EventBridge rule on RDS-EVENT-0150 and RDS-EVENT-0171 that notifies a topic, without another condition.",
        check: (plan) =>
            findingsUnless(
                resourcesOfType(plan, "rds/cluster:Cluster"),
                (cluster) => hasEventReport(plan, clusterLosses, (arns) => itemsOf(arns).includes(arnOf(cluster))),
                "have an EventBridge rule that notifies a topic when it is stopped or deleted",
            ),
    },
    {
        name: "cache-recoverable",
        description: "The cache takes minor version upgrades, has backups, and fails over where it has replicas",
        fix: "Set the input to the value in the finding.",
        check: requireInputs({
            types: ["elasticache/replicationGroup:ReplicationGroup"],
            inputs: [
                { path: "autoMinorVersionUpgrade", expected: true },
                {
                    path: "snapshotRetentionLimit",
                    expected: (value) => Number(value) >= 1,
                    requirement: "have automatic backups",
                },
                {
                    path: "automaticFailoverEnabled",
                    expected: isOnExactlyWithReplicas,
                    requirement: "have automatic failover exactly where it has replicas",
                },
                {
                    path: "multiAzEnabled",
                    expected: isOnExactlyWithReplicas,
                    requirement: "have Multi-AZ exactly where it has replicas",
                },
            ],
        }),
    },
    {
        name: "cache-requires-token",
        description: "The cache requires an AUTH token",
        fix: "Set authToken to a generated secret.",
        check: requireInputs({
            types: ["elasticache/replicationGroup:ReplicationGroup"],
            inputs: [
                {
                    path: "authToken",
                    expected: (value) => value instanceof Secret,
                    requirement: "have a secret AUTH token",
                },
            ],
        }),
    },
    {
        name: "tables-scale",
        description: "DynamoDB tables scale with demand",
        fix: "Set billingMode to PAY_PER_REQUEST, or scale read and write capacity.",
        check: requireInputs({
            types: ["dynamodb/table:Table"],
            inputs: [
                {
                    path: "billingMode",
                    expected: scalesOnDemand,
                    requirement: "have on-demand billing, or autoscaling of read and write capacity",
                },
            ],
        }),
    },
];
