import { metricNamespace } from "../../contract/container.ts";
import { metrics, type MetricName } from "../../contract/metrics.ts";
import type { CommonConfig } from "./config.ts";

export type PutMetric = (name: MetricName, value: number) => void;

/**
 * Writes each value as a line in CloudWatch's embedded metric format: metrics without a call to CloudWatch, whatever the log level.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const createMetrics =
    ({ SERVICE, ENVIRONMENT }: CommonConfig, write: (line: string) => void): PutMetric =>
    (name, value) => {
        const directive = {
            Namespace: metricNamespace,
            Dimensions: [["Service", "Environment"]],
            Metrics: [{ Name: name, Unit: metrics[name].unit }],
        };
        const line = {
            _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
            Service: SERVICE,
            Environment: ENVIRONMENT,
            [name]: value,
        };
        write(`${JSON.stringify(line)}\n`);
    };
