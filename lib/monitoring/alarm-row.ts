import type { Severity } from "../alerts.ts";
import { metricNamespace } from "../../contract/container.ts";
import type { MetricName } from "../../contract/metrics.ts";

/**
 * Kinds of alarm subjects, with the CloudWatch namespace of their metrics. Subjects of a kind have the same dimensions. `messages`,
 * `outbox`, `payments`, `acquirer` and `reconciliation` are groups of `contract/metrics.ts`.
 */
export const namespaceByKind = {
    service: "AWS/ECS",
    "running-tasks": "ECS/ContainerInsights",
    "application-log": metricNamespace,
    messages: metricNamespace,
    outbox: metricNamespace,
    payments: metricNamespace,
    acquirer: metricNamespace,
    reconciliation: metricNamespace,
    "steady-metric": metricNamespace,
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
    "event-rule": "AWS/Events",
    recovery: metricNamespace,
    certificate: "AWS/CertificateManager",
} as const;
export type AlarmSubjectKind = keyof typeof namespaceByKind;

type Unit = "bytes" | "count" | "days" | "milliseconds" | "percent" | "seconds";

interface Row {
    readonly subjectKind: AlarmSubjectKind;
    readonly metric: string;
    /** Threshold, in the unit of the metric; in percent of the requests for a share, in percentage points for a rise. A stack may set another. */
    readonly above?: number;
    readonly below?: number;
    /** @default "count" */
    readonly unit?: Unit;
    /** Highest value that the metric can have, if it is not the 100 of a percentage. */
    readonly highest?: number;
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
    readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
    /** A metric of the same subject, or the subject's `whileMetric`: while it is 0, the alarm is not raised. */
    readonly onlyWhile?: string;
    readonly requests?: undefined;
}

/** The share of payments with one result, in percentage points above the share of the period before. */
interface RiseRow extends Row {
    readonly statistic: "Rise";
    readonly metric: MetricName;
    /** This one and the one before it. */
    readonly periods: 2;
    readonly onlyWhile?: undefined;
    readonly requests?: undefined;
    readonly payments: {
        /** Below this number of payments, in either period, the alarm ignores the metric. */
        readonly min: number;
        /** Metrics that count all payments together, with the alarm's own. */
        readonly metrics: readonly MetricName[];
    };
}

/** A percentile, or the share of requests that fail, says nothing about a small number of requests. */
interface TrafficRow extends Row {
    /** `Share`: the sum of the metric in percent of the requests. A count of failures would grow with the traffic. */
    readonly statistic: "p99" | "Share";
    readonly onlyWhile?: undefined;
    readonly requests: RequestCount;
}

interface RequestCount {
    /** Below this number of requests in a period the alarm ignores the metric. */
    readonly min: number;
    /** The metric that counts the requests, or those that do so together, in the subject's namespace. A subject may have others. */
    readonly metric?: string | readonly string[];
    /** @default "Sum" */
    readonly statistic?: "Sum" | "SampleCount";
    /** The metrics count the other requests only, such as successful ones, so that those of the alarm's own metric are added. */
    readonly othersOnly?: true;
}

export type AlarmRow = PlainRow | RiseRow | TrafficRow;

export const isShare = ({ statistic }: Pick<AlarmRow, "statistic">): boolean => statistic === "Share";

/** What the alarm's metric is a share of, for descriptions. */
export const wholeOf = ({ subjectKind }: Pick<AlarmRow, "subjectKind">): string => wholes[subjectKind] ?? "requests";

const wholes: Readonly<Partial<Record<AlarmSubjectKind, string>>> = {
    acquirer: "calls to the acquirer",
    alb: "new connections",
    "application-log": "requests, processed messages or log lines, with the errors",
    payments: "payments",
    table: "capacity units that were used or refused",
};

/** Highest value of an alarm's metric: a threshold at or above it would never be exceeded. Infinity where there is none. */
export const highestValue = (row: AlarmRow): number =>
    row.highest ?? (isShare(row) || row.statistic === "Rise" || row.unit === "percent" ? 100 : Infinity);
