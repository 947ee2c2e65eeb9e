import { expect, test } from "@jest/globals";
import { autoscale } from "../../lib/compute/scaling.ts";
import type { ServiceSettings } from "../../lib/settings/schema.ts";
import { requireItem } from "../../lib/list.ts";
import { inputsOf, findNode, planComponent } from "../recorder.ts";
import { imageDigest, logicalNamesOf, onlyNode, testScope, servicesFromDefaults, typeTokens } from "./fixtures.ts";

const planned = (settings: Partial<ServiceSettings> = {}, queueName?: string) =>
    planComponent(() => {
        autoscale(
            {
                scope: testScope(),
                service: "payment",
                settings: requireItem(servicesFromDefaults({ payment: settings }), "payment"),
                clusterName: "the-cluster",
                serviceName: "the-service",
                resourceId: "service/the-cluster/the-service",
                requestCountLabel: "app/the-alb/1/targetgroup/the-group/2",
                queueName,
            },
            {},
        );
    });

const trackingOf = async (noun: string, settings?: Partial<ServiceSettings>, queueName?: string) =>
    findNode(await planned(settings, queueName), `payment-payment-${noun}-test`, typeTokens.scalingPolicy).inputs
        .targetTrackingScalingPolicyConfiguration;

test.each([
    ["with an image, keeps at least its minimum of tasks", imageDigest, 3],
    ["without an image, wants none", undefined, 0],
])("a service, %s", async (_, digest, minCapacity) => {
    const plan = await planned({ imageDigest: digest, minTasks: 3, maxTasks: 30 });
    expect(onlyNode(plan, typeTokens.scalingTarget).inputs).toEqual({
        serviceNamespace: "ecs",
        resourceId: "service/the-cluster/the-service",
        scalableDimension: "ecs:service:DesiredCount",
        minCapacity,
        maxCapacity: 30,
    });
});

test.each([
    ["cpu", "ECSServiceAverageCPUUtilization", 60],
    ["memory", "ECSServiceAverageMemoryUtilization", 70],
])("a service scales out when its %s exceeds its target", async (noun, predefinedMetricType, targetValue) => {
    expect(await trackingOf(noun)).toEqual({
        targetValue,
        predefinedMetricSpecification: { predefinedMetricType },
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});

test("a service with a number of requests for each task scales by their number", async () => {
    expect(await trackingOf("requests", { requestsPerTaskPerMinute: 900 })).toEqual({
        targetValue: 900,
        predefinedMetricSpecification: {
            predefinedMetricType: "ALBRequestCountPerTarget",
            resourceLabel: "app/the-alb/1/targetgroup/the-group/2",
        },
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});

test("a service without a queue scales by CPU and memory only", async () => {
    expect(logicalNamesOf(await planned(), typeTokens.scalingPolicy)).toEqual([
        "payment-payment-cpu-test",
        "payment-payment-memory-test",
    ]);
});

test("a consumer scales by its backlog, too, on the same target", async () => {
    const plan = await planned({}, "the-queue");
    expect(logicalNamesOf(plan, typeTokens.scalingPolicy)).toEqual([
        "payment-payment-backlog-test",
        "payment-payment-cpu-test",
        "payment-payment-memory-test",
    ]);
    for (const inputs of inputsOf(plan, typeTokens.scalingPolicy)) {
        expect(inputs).toMatchObject({
            policyType: "TargetTrackingScaling",
            serviceNamespace: "ecs",
            resourceId: "service/the-cluster/the-service",
            scalableDimension: "ecs:service:DesiredCount",
        });
    }
});

test("the backlog is the number of messages for each running task, and all of them while none runs", async () => {
    const tracking = await trackingOf("backlog", { backlogPerTask: 25 }, "the-queue");
    expect(tracking).toEqual({
        targetValue: 25,
        customizedMetricSpecification: {
            metrics: [
                {
                    id: "waiting",
                    returnData: false,
                    metricStat: {
                        stat: "Sum",
                        metric: {
                            namespace: "AWS/SQS",
                            metricName: "ApproximateNumberOfMessagesVisible",
                            dimensions: [{ name: "QueueName", value: "the-queue" }],
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
                                { name: "ClusterName", value: "the-cluster" },
                                { name: "ServiceName", value: "the-service" },
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
            ],
        },
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});
