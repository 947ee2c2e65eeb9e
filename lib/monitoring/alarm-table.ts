import type { Severity } from "../alerts.ts";

/** What an alarm watches; each subject has the dimensions that its rows need. */
export type AlarmSubjectKind =
    | "service"
    | "running-tasks"
    | "application-log"
    | "target"
    | "alb"
    | "queue"
    | "dead-letters"
    | "database"
    | "cache"
    | "function"
    | "table"
    | "table-operation"
    | "api"
    | "api-usage"
    | "recovery";

interface Row {
    readonly subjectKind: AlarmSubjectKind;
    readonly namespace: string;
    readonly metric: string;
    /** The alarm is raised above this (or below it), in the unit of the metric. A stack may set its own. */
    readonly above?: number;
    readonly below?: number;
    /** Where the threshold comes from, when each subject has its own. */
    readonly preset?: string;
    /** Length of a period, and how many in a row must be bad. */
    readonly minutes: number;
    readonly periods: number;
    readonly severity: Severity;
    /** Silence is a fault, too: the metric comes as long as its subject lives. */
    readonly missingDataBreaches?: true;
    /** What to do first: the alarm's description. */
    readonly firstAction: string;
}

interface PlainRow extends Row {
    readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
    readonly minRequests?: undefined;
    readonly requestMetric?: undefined;
}

/** A percentile of few requests is chance. */
interface PercentileRow extends Row {
    readonly statistic: "p99";
    /** Requests in the period below which the metric says nothing. */
    readonly minRequests: number;
    /**
     * The metric that counts the requests.
     * @default RequestCount
     */
    readonly requestMetric?: string;
}

export type AlarmRow = PlainRow | PercentileRow;

/** Every alarm on one metric. The key names the alarm, with its subject before it, and the threshold a stack may set. */
export const alarmTable = {
    "cpu-high": {
        subjectKind: "service",
        namespace: "AWS/ECS",
        metric: "CPUUtilization",
        statistic: "Average",
        above: 85,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction: "See whether the service stands at its maximum of tasks; raise maxTasks or cpuUnits.",
    },
    "memory-high": {
        subjectKind: "service",
        namespace: "AWS/ECS",
        metric: "MemoryUtilization",
        statistic: "Average",
        above: 90,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction: "Look for a leak since the last deployment; raise memoryMib. At 100 % the task is killed.",
    },
    "tasks-missing": {
        subjectKind: "running-tasks",
        namespace: "ECS/ContainerInsights",
        metric: "RunningTaskCount",
        statistic: "Minimum",
        below: 1,
        preset: "each service's minimum of tasks",
        minutes: 1,
        periods: 10,
        severity: "critical",
        missingDataBreaches: true,
        firstAction: "Read the service's events in ECS: image, capacity or health. Redeploy the last good image.",
    },
    "application-errors": {
        subjectKind: "application-log",
        namespace: "PaymentPlatform",
        metric: "errors",
        statistic: "Sum",
        above: 10,
        minutes: 5,
        periods: 1,
        severity: "warning",
        firstAction: "Search the service's log group for level=error; compare with the time of the last deployment.",
    },
    "target-5xx": {
        subjectKind: "target",
        namespace: "AWS/ApplicationELB",
        metric: "HTTPCode_Target_5XX_Count",
        statistic: "Sum",
        above: 10,
        minutes: 1,
        periods: 3,
        severity: "critical",
        firstAction:
            "Search the service's log group for the failing requests. During a deployment ECS rolls back by itself.",
    },
    "target-unhealthy": {
        subjectKind: "target",
        namespace: "AWS/ApplicationELB",
        metric: "UnHealthyHostCount",
        statistic: "Minimum",
        above: 0,
        minutes: 1,
        periods: 5,
        severity: "critical",
        firstAction:
            "Read the stopped tasks' reasons in ECS; check that the health path answers 200 without the database.",
    },
    "latency-p99": {
        subjectKind: "target",
        namespace: "AWS/ApplicationELB",
        metric: "TargetResponseTime",
        statistic: "p99",
        above: 1,
        minutes: 5,
        periods: 3,
        severity: "critical",
        minRequests: 100,
        firstAction: "Compare database and cache latency with tasks at their maximum; scale what is saturated.",
    },
    "connections-rejected": {
        subjectKind: "alb",
        namespace: "AWS/ApplicationELB",
        metric: "RejectedConnectionCount",
        statistic: "Sum",
        above: 0,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction: "The load balancer is out of connections: look for a flood in the firewall's log, then call AWS.",
    },
    "tls-errors": {
        subjectKind: "alb",
        namespace: "AWS/ApplicationELB",
        metric: "ClientTLSNegotiationErrorCount",
        statistic: "Sum",
        above: 500,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction:
            "Clients fail to agree on TLS: check the certificate's expiry and the last change of the TLS policy.",
    },
    "oldest-message": {
        subjectKind: "queue",
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        above: 300,
        minutes: 1,
        periods: 5,
        severity: "critical",
        firstAction:
            "Look for a failing or missing consumer; payments wait. Then see whether it stands at its maximum of tasks.",
    },
    "dead-letters": {
        subjectKind: "dead-letters",
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        above: 0,
        minutes: 1,
        periods: 1,
        severity: "critical",
        firstAction: "Read a message and the consumer's log for its id; mend, then redrive the queue.",
    },
    "cpu-saturated": {
        subjectKind: "database",
        namespace: "AWS/RDS",
        metric: "CPUUtilization",
        statistic: "Maximum",
        above: 90,
        minutes: 5,
        periods: 3,
        severity: "critical",
        firstAction: "Open Database Insights, find the statement with the highest load; raise maxAcu.",
    },
    "capacity-spent": {
        subjectKind: "database",
        namespace: "AWS/RDS",
        metric: "ACUUtilization",
        statistic: "Maximum",
        above: 90,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction: "The database is near its capacity: raise maxAcu before the next peak.",
    },
    "memory-low": {
        subjectKind: "database",
        namespace: "AWS/RDS",
        metric: "FreeableMemory",
        statistic: "Minimum",
        below: 256 * 1024 * 1024,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction: "Look for sessions with large sorts or many connections; raise minAcu.",
    },
    "replica-lag": {
        subjectKind: "database",
        namespace: "AWS/RDS",
        metric: "AuroraReplicaLagMaximum",
        statistic: "Maximum",
        above: 1000,
        minutes: 1,
        periods: 5,
        severity: "warning",
        firstAction: "Readers answer with old payments: look for a long transaction on the writer.",
    },
    deadlocks: {
        subjectKind: "database",
        namespace: "AWS/RDS",
        metric: "Deadlocks",
        statistic: "Sum",
        above: 0,
        minutes: 5,
        periods: 2,
        severity: "warning",
        firstAction: "Read the database log for the two statements; a new release probably locks in another order.",
    },
    "engine-cpu-high": {
        subjectKind: "cache",
        namespace: "AWS/ElastiCache",
        metric: "EngineCPUUtilization",
        statistic: "Maximum",
        above: 80,
        minutes: 5,
        periods: 3,
        severity: "warning",
        firstAction: "Read the slow log for costly commands; move to a larger node type.",
    },
    "memory-full": {
        subjectKind: "cache",
        namespace: "AWS/ElastiCache",
        metric: "DatabaseMemoryUsagePercentage",
        statistic: "Maximum",
        above: 80,
        minutes: 5,
        periods: 3,
        severity: "critical",
        firstAction:
            "At 100 % the cache refuses writes: look for keys without expiry, then move to a larger node type.",
    },
    "replication-lag": {
        subjectKind: "cache",
        namespace: "AWS/ElastiCache",
        metric: "ReplicationLag",
        statistic: "Maximum",
        above: 10,
        minutes: 1,
        periods: 5,
        severity: "warning",
        firstAction: "A failover now would lose the last writes: look for a saturated primary.",
    },
    "authentication-failures": {
        subjectKind: "cache",
        namespace: "AWS/ElastiCache",
        metric: "AuthenticationFailures",
        statistic: "Sum",
        above: 5,
        minutes: 5,
        periods: 1,
        severity: "warning",
        firstAction: "A client holds an old token, or somebody guesses: find the address in the flow logs.",
    },
    "function-errors": {
        subjectKind: "function",
        namespace: "AWS/Lambda",
        metric: "Errors",
        statistic: "Sum",
        above: 5,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "Merchants got 502: search the function's log group for level=ERROR and the requestId; roll the code back.",
    },
    "function-throttled": {
        subjectKind: "function",
        namespace: "AWS/Lambda",
        metric: "Throttles",
        statistic: "Sum",
        above: 0,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "Merchants are turned away: raise validation.reservedConcurrency, or the account's quota of executions.",
    },
    "function-slow": {
        subjectKind: "function",
        namespace: "AWS/Lambda",
        metric: "Duration",
        statistic: "Maximum",
        preset: "four fifths of the function's time limit, in milliseconds",
        above: 24_000,
        minutes: 5,
        periods: 2,
        severity: "warning",
        firstAction:
            "A payment nearly ran out of time: look in the traces for the AWS call that hangs; see whether the table throttles.",
    },
    "reads-throttled": {
        subjectKind: "table",
        namespace: "AWS/DynamoDB",
        metric: "ReadThrottleEvents",
        statistic: "Sum",
        above: 10,
        minutes: 5,
        periods: 1,
        severity: "warning",
        firstAction: "Raise transactions.capacity.maxUnits; on demand, look for one id that is read over and over.",
    },
    "writes-throttled": {
        subjectKind: "table",
        namespace: "AWS/DynamoDB",
        metric: "WriteThrottleEvents",
        statistic: "Sum",
        above: 10,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction: "Payments are answered with 503: raise transactions.capacity.units and maxUnits.",
    },
    "system-errors": {
        subjectKind: "table-operation",
        namespace: "AWS/DynamoDB",
        metric: "SystemErrors",
        statistic: "Sum",
        above: 5,
        minutes: 5,
        periods: 1,
        severity: "warning",
        firstAction: "DynamoDB fails by itself: see the AWS Health Dashboard; the validator retries and answers 503.",
    },
    "api-4xx": {
        subjectKind: "api",
        namespace: "AWS/ApiGateway",
        metric: "4XXError",
        statistic: "Sum",
        above: 50,
        minutes: 10,
        periods: 1,
        severity: "warning",
        firstAction:
            "Group the access log by status and key: 400 is a merchant's release, 403 a wrong key or a guess, 429 a quota.",
    },
    "api-5xx": {
        subjectKind: "api",
        namespace: "AWS/ApiGateway",
        metric: "5XXError",
        statistic: "Sum",
        above: 10,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "Group the access log by resource: /validate is the validator and its table, all else the load balancer.",
    },
    "api-slow": {
        subjectKind: "api",
        namespace: "AWS/ApiGateway",
        metric: "Latency",
        statistic: "p99",
        above: 1000,
        minutes: 5,
        periods: 3,
        severity: "critical",
        minRequests: 100,
        requestMetric: "Count",
        firstAction:
            "Compare with IntegrationLatency: the difference is the gateway's own. Then look at validator and services.",
    },
    "usage-near-quota": {
        subjectKind: "api-usage",
        namespace: "AWS/ApiGateway",
        metric: "Count",
        statistic: "Sum",
        preset: "four fifths of what all merchants together may ask for in a day",
        above: 8000,
        minutes: 24 * 60,
        periods: 1,
        severity: "warning",
        firstAction:
            "Look up the usage of each key in API Gateway; raise the quota of a merchant that grows, before it is turned away.",
    },
    "drill-overdue": {
        subjectKind: "recovery",
        namespace: "PaymentPlatform",
        metric: "DrillOverdue",
        statistic: "Maximum",
        above: 0,
        minutes: 24 * 60,
        periods: 1,
        severity: "warning",
        firstAction:
            "Nobody has restored the backups for too long: hold a drill (npm run drill), and mend what it finds.",
    },
} as const satisfies Record<string, AlarmRow>;

export type AlarmName = keyof typeof alarmTable;

/** Alarms that roll a deployment back while it runs. No request tells of a worker's errors, but its log does. */
export const deploymentAlarms = {
    path: ["target-5xx", "target-unhealthy"],
    worker: ["application-errors"],
} as const satisfies Record<string, readonly AlarmName[]>;

/** Where the runbook tells what to do about an alarm; its sections are called like the alarms. */
export const runbookSection = (alarm: string): string => `docs/runbook.md#${alarm}`;
