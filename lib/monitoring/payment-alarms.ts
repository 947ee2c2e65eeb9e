import { lateAfterHours } from "../settings/acquirer.ts";
import { maxRetentionSeconds } from "../time-limits.ts";
import type { AlarmRow } from "./alarm-row.ts";

/** Alarms on what services measure of payments, for those that send the group of metrics (`contract/metrics.ts`). */
export const paymentAlarms = {
    "metrics-missing": {
        subjectKind: "steady-metric",
        metric: "values of its first steady metric",
        statistic: "SampleCount",
        onlyWhile: "DesiredTaskCount",
        below: 1,
        minutes: 1,
        // A task that starts measures at once; ten minutes are those of `tasks-missing`.
        periods: 10,
        severity: "warning",
        missingDataBreaches: true,
        firstAction:
            "The alarms on payments see nothing: search the service's log for metrics that could not be measured, or another image.",
    },
    "messages-failing": {
        subjectKind: "messages",
        metric: "FailedMessageAge",
        statistic: "Maximum",
        unit: "seconds",
        highest: maxRetentionSeconds,
        // As `oldest-message`, which does not see a message that was received three times.
        above: 300,
        // Longer than the 300 s between two attempts (`retrySeconds` in services/common/consumer.ts), so that each period has one.
        minutes: 10,
        periods: 1,
        severity: "critical",
        firstAction:
            "A message has failed for minutes, and is tried again: search the consumer's log for messages that failed, and mend what fails.",
    },
    "outbox-stuck": {
        subjectKind: "outbox",
        metric: "OutboxAge",
        statistic: "Maximum",
        unit: "seconds",
        // A message waits for a second, and two more after each failure.
        above: 120,
        minutes: 1,
        periods: 3,
        severity: "critical",
        firstAction:
            "Recorded messages are not sent, so payments stand still: search the service's log for the outbox, and look at the queue or topic.",
    },
    "accepted-stuck": {
        subjectKind: "payments",
        metric: "AcceptedAge",
        statistic: "Maximum",
        unit: "seconds",
        // Twice the 15 minutes for which messages may wait in a tenfold spike (`serviceLevels.backlogMinutes`).
        above: 1800,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "A payment waits for its authorization: look at the queue, its dead letters and the acquirer; then send the messages again.",
    },
    "authorized-stuck": {
        subjectKind: "payments",
        metric: "AuthorizedAge",
        statistic: "Maximum",
        unit: "seconds",
        // The capture follows the authorization at once. A message that fails is tried again after 2, 4, 8, ... seconds, at most 300
        // (`retrySeconds` in services/common/consumer.ts): in 900 s ten attempts have failed.
        above: 900,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "Money of a customer is reserved and not captured: look at dead letters and the acquirer; then send the messages again.",
    },
    "refund-stuck": {
        subjectKind: "payments",
        metric: "RefundAge",
        statistic: "Maximum",
        unit: "seconds",
        // As `accepted-stuck`: its message waits in the same queue.
        above: 1800,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "A customer's refund is requested and not made: look at the queue, its dead letters and the acquirer.",
    },
    "declines-high": {
        subjectKind: "payments",
        metric: "PaymentsDeclined",
        statistic: "Share",
        // Of a total failure, and of a rise too slow for `declines-rising`. Twice a share of 30 %; a stack whose merchants have more sets
        // another. Simulated as `declines-rising`, at 220 payments an hour: no false alarm in 8,000 days where 30 % are declined,
        // 63 where 40 % are, 2,604 where 45 % are.
        above: 60,
        minutes: 30,
        periods: 1,
        severity: "critical",
        requests: { min: 100, metric: ["PaymentsCaptured", "PaymentsFailed"], othersOnly: true },
        firstAction: "Most customers cannot pay: group declines by reason, and ask the acquirer.",
    },
    "declines-rising": {
        subjectKind: "payments",
        metric: "PaymentsDeclined",
        statistic: "Rise",
        // The hours slide by the minute, so that chance has 1,440 tries a day. Simulated for 8,000 days, minute by minute, with 30 % of
        // declines: 3 false alarms at 220 payments an hour with a minimum of 200, 1,475 at 110 an hour with one of 100.
        above: 20,
        minutes: 60,
        periods: 2,
        severity: "critical",
        payments: { min: 200, metrics: ["PaymentsCaptured", "PaymentsDeclined", "PaymentsFailed"] },
        firstAction:
            "More customers cannot pay than in the hour before: group declines by reason, and ask the acquirer.",
    },
    "capture-failures-high": {
        subjectKind: "payments",
        metric: "PaymentsFailed",
        statistic: "Share",
        // As `declines-high`. Simulated at 110 authorized payments an hour: no false alarm in 8,000 days where 2 % fail, 63 where 5 % do.
        above: 20,
        minutes: 30,
        periods: 1,
        severity: "critical",
        requests: { min: 50, metric: "PaymentsCaptured", othersOnly: true },
        firstAction: "Many authorized payments fail: group them by reason, and ask the acquirer.",
    },
    "captures-failing": {
        subjectKind: "payments",
        metric: "PaymentsFailed",
        statistic: "Rise",
        // Simulated as `declines-rising`, at 330 authorized payments an hour with a minimum of 300: no false alarm in 8,000 days where 1 %
        // fail, 12 where 2 % do, 323 where 3 % do; at 110 an hour with a minimum of 100 and 1 %: 442.
        above: 5,
        minutes: 60,
        periods: 2,
        severity: "critical",
        payments: { min: 300, metrics: ["PaymentsCaptured", "PaymentsFailed"] },
        firstAction:
            "Authorized payments fail more often than in the hour before: group them by reason, and ask the acquirer.",
    },
    "acquirer-slow": {
        subjectKind: "acquirer",
        metric: "AcquirerLatency",
        statistic: "p99",
        unit: "milliseconds",
        above: 5000,
        minutes: 5,
        periods: 3,
        severity: "warning",
        requests: { min: 100, metric: "AcquirerLatency", statistic: "SampleCount" },
        firstAction:
            "Nobody waits for the acquirer, but payments take longer: see its status page, and whether the queue grows.",
    },
    "acquirer-errors": {
        subjectKind: "acquirer",
        metric: "AcquirerErrors",
        statistic: "Share",
        above: 10,
        minutes: 5,
        periods: 1,
        severity: "critical",
        // As that of `target-5xx`: one call in twenty is below the threshold.
        requests: { min: 20, metric: "AcquirerLatency", statistic: "SampleCount" },
        firstAction:
            "The acquirer does not decide: see its status page and the path to it. Messages are tried again by themselves.",
    },
    "reconciliation-differs": {
        subjectKind: "reconciliation",
        metric: "ReconciliationDifferences",
        statistic: "Maximum",
        // One payment that only one side knows is money that somebody misses.
        above: 0,
        minutes: 5,
        periods: 1,
        severity: "critical",
        firstAction:
            "The acquirer's report and the database differ: read the differences in the log of the reconciliation, and settle each with the acquirer.",
    },
    "reconciliation-late": {
        subjectKind: "reconciliation",
        metric: "ReconciliationAge",
        statistic: "Maximum",
        unit: "seconds",
        above: lateAfterHours({ hour: 0 }) * 3600,
        preset: `${lateAfterHours({ hour: 0 })} hours and the hour of its start`,
        minutes: 5,
        periods: 1,
        severity: "warning",
        firstAction:
            "No day was compared with the acquirer's report in time: read the log of the reconciliation, or find out why no task started.",
    },
} as const satisfies Record<string, AlarmRow>;
