/**
 * Metrics that services send to CloudWatch, in groups: the setting `metrics` of a service names those that it sends, and the alarms of
 * a group exist for these services. The group `reconciliation` is not named there: a service whose acquirer is reconciled has it. A service writes each value as one line in CloudWatch's embedded metric format to its log, in
 * the namespace `metricNamespace` (`container.ts`), with the dimensions `Service` and `Environment`: the values of the variables `SERVICE` and
 * `ENVIRONMENT`. No value and no dimension names a merchant, a payment or a card.
 */

/** Unit of CloudWatch. */
type MetricUnit = "Count" | "Milliseconds" | "Seconds";

export interface MetricContract {
    readonly unit: MetricUnit;
    readonly meaning: string;
    /** Each task sends it every `steadyMetricSeconds`, also where it is 0, so that its absence means that no task could measure. */
    readonly steady?: true;
}

/** Seconds between two values of a steady metric of a task: less than a minute, so that each minute of an alarm has one, also of one task. */
export const steadyMetricSeconds = 50;

export const metricGroups = {
    acceptance: {
        PaymentsAccepted: { unit: "Count", meaning: "1 for each payment that was accepted" },
        PaymentsReplayed: {
            unit: "Count",
            meaning: "1 for each request with a known idempotency key, which got the first response again",
        },
    },
    acquirer: {
        AcquirerErrors: { unit: "Count", meaning: "1 for each call to the acquirer that ended without a decision" },
        AcquirerLatency: {
            unit: "Milliseconds",
            meaning:
                "Duration of each call to the acquirer, with those that failed: the number of values is that of the calls",
        },
    },
    messages: {
        FailedMessageAge: {
            unit: "Seconds",
            meaning:
                "Time since a message was first received, for each attempt at it that failed: the number of values is that of the failures",
        },
        MessagesRefused: { unit: "Count", meaning: "1 for each message that no attempt can process" },
    },
    outbox: {
        OutboxAge: {
            unit: "Seconds",
            meaning: "Age of the oldest message that the service has recorded and not sent; 0 where none waits",
            steady: true,
        },
    },
    payments: {
        AcceptedAge: {
            unit: "Seconds",
            meaning:
                "Time for which the oldest payment has been `accepted`, without an authorization or a refusal; 0 where none is",
            steady: true,
        },
        AuthorizedAge: {
            unit: "Seconds",
            meaning: "Time for which the oldest payment has been `authorized`, without a capture; 0 where none is",
            steady: true,
        },
        PaymentsCaptured: { unit: "Count", meaning: "1 for each payment that was captured" },
        PaymentsDeclined: { unit: "Count", meaning: "1 for each payment whose authorization was refused" },
        PaymentsFailed: { unit: "Count", meaning: "1 for each authorized payment whose capture was refused" },
        PaymentsRefunded: { unit: "Count", meaning: "1 for each payment that was refunded" },
        RefundAge: {
            unit: "Seconds",
            meaning: "Time for which the oldest refund has been `requested`, without a result; 0 where none is",
            steady: true,
        },
    },
    reconciliation: {
        ReconciliationAge: {
            unit: "Seconds",
            meaning:
                "Time since the end of the last day that was compared with the acquirer's report without a missed one before it",
            steady: true,
        },
        ReconciliationDifferences: {
            unit: "Count",
            meaning:
                "Captures and refunds that only the acquirer or only the database knows, with another amount or made twice, which nobody has settled; 0 where none is",
            steady: true,
        },
    },
    requests: {
        RequestLatency: {
            unit: "Milliseconds",
            meaning: "Duration of each request within the service, except health checks",
        },
        RequestsRefused: { unit: "Count", meaning: "1 for each request that got a status from 400 to 499" },
    },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MetricContract>>>>;

export type MetricGroup = keyof typeof metricGroups;
type NamesOf<T> = T extends unknown ? keyof T : never;
export type MetricName = NamesOf<(typeof metricGroups)[MetricGroup]>;

export const metricGroupNames = Object.keys(metricGroups) as MetricGroup[];

/** All metrics by name; no two groups have one of the same name. */
export const metrics = Object.assign({}, ...Object.values(metricGroups)) as Readonly<
    Record<MetricName, MetricContract>
>;

export const metricsOf = (groups: readonly MetricGroup[]): MetricName[] =>
    groups.flatMap((group) => Object.keys(metricGroups[group]) as MetricName[]);
