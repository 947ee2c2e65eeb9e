import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import type { ServiceSettings } from "../settings/schema.ts";
import { addTargetTracking, type TrackingConfiguration } from "../target-tracking.ts";
import { taskRange } from "./image.ts";
import { scaleOutOnSurge } from "./surge.ts";

/** The target group whose requests are counted. */
export interface ScalingRoute {
    /** `app/<load balancer>/<id>/targetgroup/<target group>/<id>` */
    readonly requestCountLabel: pulumi.Input<string>;
    readonly targetGroupArnSuffix: pulumi.Input<string>;
}

export interface ScalingArgs {
    readonly scope: Scope;
    readonly service: string;
    readonly settings: ServiceSettings;
    readonly clusterName: pulumi.Input<string>;
    readonly serviceName: pulumi.Input<string>;
    readonly resourceId: pulumi.Input<string>;
    /** Left out for a worker. */
    readonly route?: ScalingRoute;
    /** Queue that the service consumes. */
    readonly queueName?: string;
}

/** In seconds. Scale in is slower than scale out: too few tasks fail requests, an idle task costs a cent. */
const cooldown = { scaleOutCooldown: 60, scaleInCooldown: 300 };

/**
 * Target percentages of CPU and memory. AWS scales in only when all policies agree, unless a policy has its scale-in disabled.
 * Memory stays allocated after a spike, so it would keep the spike's tasks.
 */
const utilizationPolicies = {
    cpu: { predefinedMetricType: "ECSServiceAverageCPUUtilization", targetValue: 60, disableScaleIn: false },
    memory: { predefinedMetricType: "ECSServiceAverageMemoryUtilization", targetValue: 70, disableScaleIn: true },
};

/**
 * Scales a service between its minimum and maximum by CPU, memory and, if set, requests and waiting messages per task. CPU
 * cannot exceed 100 %, so it adds at most two thirds of the tasks at a time; the counts give the whole number needed at once
 * (docs/simulation.md). A sudden increase of the requests starts tasks without waiting for three minutes of figures.
 */
export function autoscale(args: ScalingArgs, opts: pulumi.CustomResourceOptions): void {
    const { scope, service, settings } = args;
    const { min, max } = taskRange(settings);
    const target = new aws.appautoscaling.Target(
        nameOf(scope, service),
        {
            serviceNamespace: "ecs",
            resourceId: args.resourceId,
            scalableDimension: "ecs:service:DesiredCount",
            minCapacity: min,
            maxCapacity: max,
        },
        opts,
    );
    const track = (noun: string, tracking: TrackingConfiguration) => {
        addTargetTracking(nameOf(scope, `${service}-${noun}`), target, { ...tracking, ...cooldown }, opts);
    };
    for (const [noun, { predefinedMetricType, ...policy }] of Object.entries(utilizationPolicies)) {
        track(noun, { ...policy, predefinedMetricSpecification: { predefinedMetricType } });
    }
    if (settings.requestsPerTaskPerMinute !== undefined && args.route !== undefined) {
        const targetValue = Math.ceil((settings.requestsPerTaskPerMinute * 100) / (100 + settings.reservePercent));
        track("requests", {
            targetValue,
            disableScaleIn: false,
            predefinedMetricSpecification: {
                predefinedMetricType: "ALBRequestCountPerTarget",
                resourceLabel: args.route.requestCountLabel,
            },
        });
        scaleOutOnSurge(
            nameOf(scope, `${service}-surge`),
            { target, requestsPerTask: targetValue, targetGroup: args.route.targetGroupArnSuffix },
            opts,
        );
    }
    if (args.queueName !== undefined) {
        track("backlog", {
            targetValue: settings.backlogPerTask,
            disableScaleIn: false,
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
