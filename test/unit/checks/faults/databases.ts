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
const target = "aws:appautoscaling/target:Target";

export const databaseFaults: FaultsByRule = {
    "database-recoverable": {
        "fewer backups than the stack says": [
            setInput(database, "backupRetentionPeriod", 1),
            "payment-database-prod must have the backupRetentionPeriod that the stack sets",
        ],
        "snapshots without tags": [
            setInput(database, "copyTagsToSnapshot", false),
            "payment-database-prod must have copyTagsToSnapshot true, not false",
        ],
    },
    "database-accounts": {
        "passwords alone": [
            setInput(database, "iamDatabaseAuthenticationEnabled", false),
            "payment-database-prod must have iamDatabaseAuthenticationEnabled true, not false",
        ],
        "AWS's administrator": [
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
    "database-instances-maintained": {
        "no upgrades": [
            setInput(instance, "autoMinorVersionUpgrade", false),
            "payment-database-1-prod must have autoMinorVersionUpgrade true, not false",
        ],
        "snapshots without tags": [
            setInput(instance, "copyTagsToSnapshot", false),
            "payment-database-1-prod must have copyTagsToSnapshot true, not false",
        ],
        "monitored less than the stack says": [
            setInput(instance, "monitoringInterval", 0),
            "payment-database-1-prod must have the monitoringInterval that the stack sets",
        ],
        "no insights": [
            setInput(database, "performanceInsightsEnabled", false),
            "payment-database-1-prod must have Performance Insights enabled",
        ],
    },
    "database-parameters": {
        "connections in clear": [
            keepItems(parameters, "parameters", (each) => !mentions("force_ssl")(each)),
            "payment-postgresql17-prod must set rds.force_ssl to 1",
        ],
        "TLS on request": [
            changeItems(parameters, "parameters", (each) =>
                mentions("force_ssl")(each) ? { ...each, value: "0" } : each,
            ),
            "payment-postgresql17-prod must set rds.force_ssl to 1",
        ],
        "all statements": [
            changeItems(parameters, "parameters", (each) =>
                mentions("log_statement")(each) ? { ...each, value: "all" } : each,
            ),
            "payment-postgresql17-prod must set log_statement to ddl",
        ],
        "slow statements unseen": [
            keepItems(parameters, "parameters", (each) => !mentions("min_duration")(each)),
            "payment-postgresql17-prod must set log_min_duration_statement",
        ],
    },
    "database-events-notified": {
        "one source less": [
            removeResources(`aws:${events}`, "parameter-group"),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
        "failures untold": [
            changeInputs(`aws:${events}`, "", ({ eventCategories }) => ({
                eventCategories: (eventCategories as string[]).filter((category) => category !== "failure"),
            })),
            "payment-database-prod must have event subscriptions for the categories of RDS.19 to RDS.22",
        ],
    },
    "cache-recoverable": {
        "no upgrades": [
            setInput(cache, "autoMinorVersionUpgrade", false),
            "payment-cache-prod must have autoMinorVersionUpgrade true, not false",
        ],
        "no snapshots": [
            setInput(cache, "snapshotRetentionLimit", 0),
            "payment-cache-prod must have automatic backups",
        ],
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
        "a fixed size": [
            removeResources(target, "transactions"),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "reads that scale, writes that do not": [
            changeResources(target, "transactions", (node) =>
                inputText(node, "scalableDimension").includes("table:Write") ? [] : [node],
            ),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "an index that scales in place of writes": [
            changePolicy(target, "transactions-write", "table:Write", "index:Write", "scalableDimension"),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
        "another table that scales": [
            changeInputs(target, "transactions", { resourceId: "table/payment-other" }),
            "payment-transactions-prod must have on-demand billing, or autoscaling of read and write capacity",
        ],
    },
};
