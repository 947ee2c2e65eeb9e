import type { Values } from "../../../../plan/plan.ts";
import { inputText } from "../../../../plan/query.ts";
import {
    changeInputs,
    changeItems,
    changePolicy,
    changeResources,
    keepItems,
    mentions,
    removeResources,
    setInput,
    type FaultsByRule,
} from "../fault.ts";

const database = "rds/cluster:Cluster";
const instance = "rds/clusterInstance:ClusterInstance";
const parameters = "rds/clusterParameterGroup:ClusterParameterGroup";
const events = "rds/eventSubscription:EventSubscription";
const cache = "elasticache/replicationGroup:ReplicationGroup";
const eventRule = "aws:cloudwatch/eventRule:EventRule";
const lossUnreported = "must have an EventBridge rule that notifies a topic when it is stopped or deleted";
const target = "aws:appautoscaling/target:Target";

export const databaseFaults: FaultsByRule = {
    "database-recoverable": {
        "a retention below that of the stack": [
            setInput(database, "backupRetentionPeriod", 1),
            "payment-database-prod must have the backupRetentionPeriod that the stack sets",
        ],
        "snapshots without tags": [
            setInput(database, "copyTagsToSnapshot", false),
            "payment-database-prod must have copyTagsToSnapshot true, not false",
        ],
        "backups that are deleted with it": [
            setInput(database, "deleteAutomatedBackups", true),
            "payment-database-prod must have deleteAutomatedBackups false, not true",
        ],
    },
    "database-accounts": {
        "no IAM authentication": [
            setInput(database, "iamDatabaseAuthenticationEnabled", false),
            "payment-database-prod must have iamDatabaseAuthenticationEnabled true, not false",
        ],
        "the default administrator": [
            setInput(database, "masterUsername", "postgres"),
            "payment-database-prod must have a masterUsername that is not a default",
        ],
    },
    "database-logs-exported": {
        "no log": [
            setInput(database, "enabledCloudwatchLogsExports", []),
            "payment-database-prod must have enabledCloudwatchLogsExports.0 postgresql, not unset",
        ],
    },
    "data-api-watched": {
        "the Data API, which the stack does not set": [
            setInput(database, "enableHttpEndpoint", true),
            "payment-database-prod must have the Data API only where the stack sets database.breakGlass",
        ],
    },
    "database-instances-maintained": {
        "no minor version upgrades": [
            setInput(instance, "autoMinorVersionUpgrade", false),
            "payment-database-1-prod must have autoMinorVersionUpgrade true, not false",
        ],
        "snapshots without tags": [
            setInput(instance, "copyTagsToSnapshot", false),
            "payment-database-1-prod must have copyTagsToSnapshot true, not false",
        ],
        "a version of its own": [
            setInput(instance, "engineVersion", "17"),
            "payment-database-1-prod must leave engineVersion to the cluster",
        ],
        "no enhanced monitoring": [
            setInput(instance, "monitoringInterval", 0),
            "payment-database-1-prod must have the monitoringInterval that the stack sets",
        ],
        "no Container Insights": [
            setInput(database, "performanceInsightsEnabled", false),
            "payment-database-1-prod must have Performance Insights enabled",
        ],
    },
    "database-parameters": {
        "no rds.force_ssl": [
            keepItems(parameters, "parameters", (each) => !mentions("force_ssl")(each)),
            "payment-postgresql17-prod must set rds.force_ssl to 1",
        ],
        "rds.force_ssl 0": [
            changeItems(parameters, "parameters", (each) =>
                mentions("force_ssl")(each) ? { ...each, value: "0" } : each,
            ),
            "payment-postgresql17-prod must set rds.force_ssl to 1",
        ],
        "a log of all statements": [
            changeItems(parameters, "parameters", (each) =>
                mentions("log_statement")(each) ? { ...each, value: "all" } : each,
            ),
            "payment-postgresql17-prod must set log_statement to ddl",
        ],
        "no log of slow statements": [
            keepItems(parameters, "parameters", (each) => !mentions("min_duration")(each)),
            "payment-postgresql17-prod must set log_min_duration_statement to a number of milliseconds",
        ],
        "a log of bound values": [
            keepItems(parameters, "parameters", (each) => !mentions("log_parameter_max_length")(each)),
            "payment-postgresql17-prod must set log_parameter_max_length to 0",
        ],
        "a log of the rows that break a constraint": [
            changeItems(parameters, "parameters", (each) =>
                mentions("log_error_verbosity")(each) ? { ...each, value: "default" } : each,
            ),
            "payment-postgresql17-prod must set log_error_verbosity to terse",
        ],
        "no pgAudit": [
            keepItems(parameters, "parameters", (each) => !mentions("shared_preload")(each)),
            "payment-postgresql17-prod must load pgaudit, and set pgaudit.log to role,ddl",
        ],
        "a log of all statements beside the other": [
            changeInputs(`aws:${parameters}`, "", (old) => ({
                parameters: [
                    ...(old.parameters as Values[]),
                    { name: "log_statement", value: "all", applyMethod: "immediate" },
                ],
            })),
            "payment-postgresql17-prod must set log_statement to ddl",
        ],
        "a log of slow statements that is off": [
            changeItems(parameters, "parameters", (each) =>
                mentions("min_duration")(each) ? { ...each, value: "-1" } : each,
            ),
            "payment-postgresql17-prod must set log_min_duration_statement to a number of milliseconds",
        ],
        "no log of connections": [
            keepItems(parameters, "parameters", (each) => !mentions("log_connections")(each)),
            "payment-postgresql17-prod must set log_connections to 1",
        ],
        "a parameter that nobody has judged": [
            changeInputs(`aws:${parameters}`, "", (old) => ({
                parameters: [
                    ...(old.parameters as Values[]),
                    { name: "pgaudit.log_parameter", value: "1", applyMethod: "immediate" },
                ],
            })),
            "payment-postgresql17-prod must set only parameters that the rule knows",
        ],
        "a cluster with the parameters of AWS": [
            setInput(database, "dbClusterParameterGroupName", "default.aurora-postgresql17"),
            "payment-database-prod must have a cluster parameter group of the stack",
        ],
        "a cluster without a parameter group": [
            setInput(database, "dbClusterParameterGroupName", null),
            "payment-database-prod must have a cluster parameter group of the stack",
        ],
        "a group for instances that an upgrade of the cluster sets": [
            setInput(database, "dbInstanceParameterGroupName", "other"),
            "payment-database-prod must have dbInstanceParameterGroupName unset, not other",
        ],
        "an instance with other parameters": [
            setInput(instance, "dbParameterGroupName", "other"),
            "payment-database-1-prod must have dbParameterGroupName unset, not other",
        ],
        "a value of AWS's own that is applied at once": [
            changeItems(parameters, "parameters", (each) =>
                mentions("force_ssl")(each) ? { ...each, applyMethod: "immediate" } : each,
            ),
            "payment-postgresql17-prod must have each parameter's applyMethod as RDS keeps it, or every update shows a change",
        ],
        "a static parameter that is applied at once": [
            changeItems(parameters, "parameters", (each) => ({ ...each, applyMethod: "immediate" })),
            "payment-postgresql16-prod must have each parameter's applyMethod as RDS keeps it, or every update shows a change",
        ],
    },
    "database-events-notified": {
        "no subscription for parameter groups": [
            removeResources(`aws:${events}`, "parameter-group"),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
        "subscriptions without failures": [
            changeInputs(`aws:${events}`, "", ({ eventCategories }) => ({
                eventCategories: (eventCategories as string[]).filter((category) => category !== "failure"),
            })),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
        "a subscription that is off": [
            changeInputs(`aws:${events}`, "db-cluster", { enabled: false }),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
        "a subscription to a topic of another stack": [
            changeInputs(`aws:${events}`, "db-cluster", { snsTopic: "arn:aws:sns:us-east-1:123456789012:other" }),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
        ...Object.fromEntries(
            ["cluster", "instance"].map((source) => [
                `a subscription for another ${source}`,
                [
                    changeInputs(`aws:${events}`, `db-${source}`, { sourceIds: ["payment-database2-prod"] }),
                    "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
                ],
            ]),
        ),
    },
    "database-loss-reported": {
        "no rule": [removeResources(eventRule, "database-lost"), `payment-database-prod ${lossUnreported}`],
        "a rule without deletions": [
            changePolicy(eventRule, "database-lost", ',"RDS-EVENT-0171"', "", "eventPattern"),
            `payment-database-prod ${lossUnreported}`,
        ],
        "a rule on another cluster": [
            changePolicy(eventRule, "database-lost", "payment-database-prod", "payment-database2-prod", "eventPattern"),
            `payment-database-prod ${lossUnreported}`,
        ],
        "a rule on events of instances": [
            changePolicy(eventRule, "database-lost", "RDS DB Cluster Event", "RDS DB Instance Event", "eventPattern"),
            `payment-database-prod ${lossUnreported}`,
        ],
        "a rule that is limited to one kind of events": [
            changePolicy(
                eventRule,
                "database-lost",
                '"detail":{',
                '"detail":{"EventCategories":["notification"],',
                "eventPattern",
            ),
            `payment-database-prod ${lossUnreported}`,
        ],
    },
    "cache-recoverable": {
        "no minor version upgrades": [
            setInput(cache, "autoMinorVersionUpgrade", false),
            "payment-cache-prod must have autoMinorVersionUpgrade true, not false",
        ],
        "no backups": [setInput(cache, "snapshotRetentionLimit", 0), "payment-cache-prod must have automatic backups"],
        "no failover": [
            setInput(cache, "automaticFailoverEnabled", false),
            "payment-cache-prod must have automatic failover exactly where it has replicas",
        ],
        "one zone": [
            setInput(cache, "multiAzEnabled", false),
            "payment-cache-prod must have Multi-AZ exactly where it has replicas",
        ],
    },
    "cache-requires-token": {
        "no token": [setInput(cache, "authToken", null), "payment-cache-prod must have a secret AUTH token"],
    },
    "tables-scale": {
        "provisioned capacity without autoscaling": [
            removeResources(target, "transactions"),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "autoscaling of reads only": [
            changeResources(target, "transactions", (node) =>
                inputText(node, "scalableDimension").includes("table:Write") ? [] : [node],
            ),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "autoscaling of an index instead of writes": [
            changePolicy(target, "transactions-write", "table:Write", "index:Write", "scalableDimension"),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "autoscaling of another table": [
            changeInputs(target, "transactions", { resourceId: "table/payment-other" }),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
    },
};
