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

/** The service grows fast and shrinks slowly: a spike costs customers, an idle task a cent. In seconds. */
const cooldown = { scaleOutCooldown: 60, scaleInCooldown: 300 };

/** Percent of the tasks' CPU and memory that scaling aims at: headroom for the minute until new tasks serve. */
const utilizationTargets = { ECSServiceAverageCPUUtilization: 60, ECSServiceAverageMemoryUtilization: 70 };

/**
 * Keeps a service between its bounds, by CPU, memory and, where they are known, the requests and the waiting messages of each
 * task: CPU says no more than 100 %, so it grows a service by two thirds at a time; counts ask for all that is needed at once
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
    const follow = (noun: string, tracking: TrackingConfiguration) => {
        addTargetTracking(nameOf(scope, `${service}-${noun}`), target, { ...tracking, ...cooldown }, opts);
    };
    for (const [predefinedMetricType, targetValue] of Object.entries(utilizationTargets)) {
        const noun = predefinedMetricType.includes("CPU") ? "cpu" : "memory";
        follow(noun, { targetValue, predefinedMetricSpecification: { predefinedMetricType } });
    }
    if (settings.requestsPerTaskPerMinute !== undefined && args.requestCountLabel !== undefined) {
        follow("requests", {
            targetValue: settings.requestsPerTaskPerMinute,
            predefinedMetricSpecification: {
                predefinedMetricType: "ALBRequestCountPerTarget",
                resourceLabel: args.requestCountLabel,
            },
        });
    }
    if (args.queueName !== undefined) {
        follow("backlog", {
            targetValue: settings.backlogPerTask,
            customizedMetricSpecification: { metrics: backlogPerTask(args, args.queueName) },
        });
    }
}

/** Messages that wait for each running task; all of them while none runs, which starts the first. */
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
