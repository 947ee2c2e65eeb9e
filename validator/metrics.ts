import type { Config } from "./config.ts";
import type { Write } from "./log.ts";

export type Outcome = "Accepted" | "Refused" | "Replayed" | "Conflict" | "Unavailable";

const common = ["Service", "Environment"];

/**
 * One line in CloudWatch's embedded metric format per request: metrics without a call to CloudWatch.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function count(
    write: Write,
    config: Config,
    now: number,
    outcome: Outcome,
    latencyMs: number,
    reason?: string,
): void {
    const outcomes = [{ Name: outcome, Unit: "Count" }];
    const latency = [{ Name: "Latency", Unit: "Milliseconds" }];
    const directive = (dimensions: string[][], metrics: object[]) => ({
        Namespace: config.metricsNamespace,
        Dimensions: dimensions,
        Metrics: metrics,
    });
    write(
        JSON.stringify({
            _aws: {
                Timestamp: now,
                CloudWatchMetrics: [
                    directive([common], latency),
                    // Refusals also by reason. The set without it stays, since CloudWatch does not sum over dimensions.
                    directive(reason === undefined ? [common] : [common, [...common, "Reason"]], outcomes),
                ],
            },
            Service: config.service,
            Environment: config.environment,
            ...(reason === undefined ? {} : { Reason: reason }),
            [outcome]: 1,
            Latency: latencyMs,
        }),
    );
}
