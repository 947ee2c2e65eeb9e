import { metricNamespace } from "../../contract/container.ts";
import type { MetricName } from "../../contract/metrics.ts";
import type { Plan } from "../../plan/plan.ts";
import { inputText, resourcesOfType } from "../../plan/query.ts";

/** Of the metrics of the container contract. */
const serviceFailures: readonly MetricName[] = ["AcquirerErrors", "PaymentsDeclined", "PaymentsFailed"];

/** Metrics that count failures of requests, so that the count grows with the traffic, each with its page. */
const failureMetrics: readonly { namespace: string; metrics: readonly string[]; source: string }[] = [
    {
        namespace: "AWS/ApplicationELB",
        metrics: ["HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count", "ClientTLSNegotiationErrorCount"],
        source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html",
    },
    {
        namespace: "AWS/Lambda",
        metrics: ["Errors", "Throttles"],
        source: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    },
    {
        namespace: "AWS/DynamoDB",
        metrics: ["ReadThrottleEvents", "WriteThrottleEvents", "SystemErrors"],
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
    },
    {
        namespace: "AWS/ApiGateway",
        metrics: ["4XXError", "5XXError"],
        source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
    },
    { namespace: metricNamespace, metrics: serviceFailures, source: "contract/metrics.ts" },
];

/** Names of the failure metrics of a namespace; of a metric filter, which counts lines of a log, each name. */
export function failureMetricsOf(plan: Plan): (namespace: string) => readonly string[] {
    const filters = resourcesOfType(plan, "cloudwatch/logMetricFilter:LogMetricFilter").map((filter) => ({
        namespace: inputText(filter, "metricTransformation.namespace"),
        metrics: [inputText(filter, "metricTransformation.name")],
    }));
    return (namespace) =>
        [...failureMetrics, ...filters]
            .filter((each) => each.namespace === namespace)
            .flatMap(({ metrics }) => metrics);
}
