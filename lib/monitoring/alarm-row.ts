import type { Severity } from "../alerts.ts";
import { metricNamespace } from "../logs.ts";

/** Kinds of alarm subjects, with the CloudWatch namespace of their metrics. Subjects of a kind have the same dimensions. */
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
    /** Threshold, in the unit of the metric. A stack may set another. */
    readonly above?: number;
    readonly below?: number;
    /** Description of the threshold, if each subject has its own. */
    readonly preset?: string;
    /** Length of a period, and number of consecutive periods that must breach the threshold. */
    readonly minutes: number;
    readonly periods: number;
    readonly severity: Severity;
    /** Missing data breaches the threshold: the metric exists as long as its subject does. */
    readonly missingDataBreaches?: true;
    /** First action of the operator: the alarm's description. */
    readonly firstAction: string;
}

interface PlainRow extends Row {
    readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
    readonly minRequests?: undefined;
    readonly requestMetric?: undefined;
}

/** A percentile says nothing about a small number of requests. */
interface PercentileRow extends Row {
    readonly statistic: "p99";
    /** Below this number of requests in a period the alarm ignores the metric. */
    readonly minRequests: number;
    /**
     * The metric that counts the requests.
     * @default RequestCount
     */
    readonly requestMetric?: string;
}

export type AlarmRow = PlainRow | PercentileRow;
