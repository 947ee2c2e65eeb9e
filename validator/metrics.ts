import type { Config } from "./config.ts";
import type { WriteLine } from "./log.ts";

export type RequestOutcome = "Accepted" | "Refused" | "Replayed" | "Conflict" | "Unavailable";

const dimensionNames = ["Service", "Environment"];

/**
 * One line in CloudWatch's embedded metric format per request: metrics without a call to CloudWatch.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function writeMetrics(
    write: WriteLine,
    config: Config,
    now: number,
    outcome: RequestOutcome,
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
                    directive([dimensionNames], latency),
                    // Refusals also by reason. The set without it stays, since CloudWatch does not sum over dimensions.
                    directive(
                        reason === undefined ? [dimensionNames] : [dimensionNames, [...dimensionNames, "Reason"]],
                        outcomes,
                    ),
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
