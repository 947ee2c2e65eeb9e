import type * as pulumi from "@pulumi/pulumi";

/** How a log group keeps what it gets: spread into the arguments of `aws.cloudwatch.LogGroup`. */
export interface LogStorage {
    readonly kmsKeyId: pulumi.Input<string>;
    readonly retentionInDays: number;
}

/** Namespace of the platform's own metrics. */
export const metricNamespace = "PaymentPlatform";

/** Metric that counts the error lines of a service's log. Its name says whose: a filter can give it no fixed dimension. */
export const errorMetric = (serviceName: string) => ({
    namespace: metricNamespace,
    name: `${serviceName}-errors`,
});
