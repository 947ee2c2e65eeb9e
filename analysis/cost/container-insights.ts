import type { ServiceTasks } from "../../plan/stack-settings.ts";

/**
 * Metrics that Container Insights has for tasks on Fargate with one container, without EBS volume and restart policy, by the
 * dimensions of AWS's tables
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html and
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html).
 */
const metricCounts = {
    enabled: { cluster: 12, service: 15, family: 10, task: 0, healthCheck: { cluster: 0, service: 0, task: 0 } },
    // A task has each of its 23 metrics twice: with its service, and with its task definition.
    enhanced: { cluster: 25, service: 28, family: 23, task: 46, healthCheck: { cluster: 1, service: 2, task: 2 } },
} as const;

export type InsightsMode = keyof typeof metricCounts;

export const isInsightsMode = (value: unknown): value is InsightsMode =>
    typeof value === "string" && Object.hasOwn(metricCounts, value);

/** A service of the cluster: `min` tasks run, and its container has a health check of ECS or none. */
export interface ObservedService extends Pick<ServiceTasks, "min"> {
    readonly hasHealthCheck: boolean;
}

/** The number of metrics of a cluster in a month in which each service runs its minimum of tasks. */
export function containerInsightsMetrics(mode: InsightsMode, services: readonly ObservedService[]): number {
    const { cluster, service, family, task, healthCheck } = metricCounts[mode];
    const ofServices = services.map(({ min, hasHealthCheck }) => {
        const health = hasHealthCheck ? healthCheck.service + min * healthCheck.task : 0;
        return service + family + min * task + health;
    });
    const ofCluster = cluster + (services.some(({ hasHealthCheck }) => hasHealthCheck) ? healthCheck.cluster : 0);
    return ofServices.reduce((sum, count) => sum + count, ofCluster);
}
