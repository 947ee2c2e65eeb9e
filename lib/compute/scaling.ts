import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import type { ServiceSettings } from "../settings/schema.ts";
import { addTargetTracking, type TrackingConfiguration } from "../target-tracking.ts";
import { tasksAtRest } from "./image.ts";

export interface ScalingArgs {
    readonly scope: Scope;
    readonly service: string;
    readonly settings: ServiceSettings;
    readonly clusterName: pulumi.Input<string>;
    readonly serviceName: pulumi.Input<string>;
    readonly resourceId: pulumi.Input<string>;
    /** `app/<load balancer>/<id>/targetgroup/<target group>/<id>`; left out for a worker. */
    readonly requestCountLabel?: pulumi.Input<string>;
    /** Queue that the service consumes. */
    readonly queueName?: string;
}

/** In seconds. Scale in is slower than scale out: too few tasks fail requests, an idle task costs a cent. */
const cooldown = { scaleOutCooldown: 60, scaleInCooldown: 300 };

/** Target percentages of CPU and memory. The rest is the reserve until new tasks are healthy. */
const utilizationTargets = { ECSServiceAverageCPUUtilization: 60, ECSServiceAverageMemoryUtilization: 70 };

/**
 * Scales a service between its minimum and maximum by CPU, memory and, if set, requests and waiting messages per task. CPU
 * cannot exceed 100 %, so it adds at most two thirds of the tasks at a time; the counts give the whole number needed at once
 * (docs/simulation.md).
 */
export function autoscale(args: ScalingArgs, opts: pulumi.CustomResourceOptions): void {
    const { scope, service, settings } = args;
    const target = new aws.appautoscaling.Target(
        nameOf(scope, service),
        {
            serviceNamespace: "ecs",
            resourceId: args.resourceId,
            scalableDimension: "ecs:service:DesiredCount",
            minCapacity: tasksAtRest(settings),
            maxCapacity: settings.maxTasks,
        },
        opts,
    );
    const track = (noun: string, tracking: TrackingConfiguration) => {
        addTargetTracking(nameOf(scope, `${service}-${noun}`), target, { ...tracking, ...cooldown }, opts);
    };
    for (const [predefinedMetricType, targetValue] of Object.entries(utilizationTargets)) {
        const noun = predefinedMetricType.includes("CPU") ? "cpu" : "memory";
        track(noun, { targetValue, predefinedMetricSpecification: { predefinedMetricType } });
    }
    if (settings.requestsPerTaskPerMinute !== undefined && args.requestCountLabel !== undefined) {
        track("requests", {
            targetValue: settings.requestsPerTaskPerMinute,
            predefinedMetricSpecification: {
                predefinedMetricType: "ALBRequestCountPerTarget",
                resourceLabel: args.requestCountLabel,
            },
        });
    }
    if (args.queueName !== undefined) {
        track("backlog", {
            targetValue: settings.backlogPerTask,
            customizedMetricSpecification: { metrics: backlogPerTask(args, args.queueName) },
        });
    }
}

/** Waiting messages per running task; all waiting messages if no task runs, so that the first one starts. */
function backlogPerTask({ clusterName, serviceName }: ScalingArgs, queueName: string) {
    return [
        {
            id: "waiting",
            returnData: false,
            metricStat: {
                stat: "Sum",
                metric: {
                    namespace: "AWS/SQS",
                    metricName: "ApproximateNumberOfMessagesVisible",
                    dimensions: [{ name: "QueueName", value: queueName }],
                },
            },
        },
        {
            id: "tasks",
            returnData: false,
            metricStat: {
                stat: "Average",
                metric: {
                    namespace: "ECS/ContainerInsights",
                    metricName: "RunningTaskCount",
                    dimensions: [
                        { name: "ClusterName", value: clusterName },
                        { name: "ServiceName", value: serviceName },
                    ],
                },
            },
        },
        {
            id: "backlog",
            label: "Messages waiting per task",
            expression: "IF(FILL(tasks, 0) > 0, waiting / tasks, waiting)",
            returnData: true,
        },
    ];
}
