import type { Severity } from "../alerts.ts";
import { metricNamespace } from "../logs.ts";

/** What alarms watch, with the CloudWatch namespace of its metrics. The subjects of a kind have the same dimensions. */
export const namespaceByKind = {
    service: "AWS/ECS",
    "running-tasks": "ECS/ContainerInsights",
    "application-log": metricNamespace,
    target: "AWS/ApplicationELB",
    alb: "AWS/ApplicationELB",
    queue: "AWS/SQS",
    "dead-letters": "AWS/SQS",
    database: "AWS/RDS",
    cache: "AWS/ElastiCache",
    function: "AWS/Lambda",
    table: "AWS/DynamoDB",
    "table-operation": "AWS/DynamoDB",
    api: "AWS/ApiGateway",
    "api-usage": "AWS/ApiGateway",
    recovery: metricNamespace,
} as const;
export type AlarmSubjectKind = keyof typeof namespaceByKind;

interface Row {
    readonly subjectKind: AlarmSubjectKind;
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
