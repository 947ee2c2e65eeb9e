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
                route: {
                    requestCountLabel: "app/the-alb/1/targetgroup/the-group/2",
                    targetGroupArnSuffix: "targetgroup/the-group/2",
                },
                queueName,
            },
            {},
        );
    });

const trackingOf = async (noun: string, settings?: Partial<ServiceSettings>, queueName?: string) =>
    findNode(await planned(settings, queueName), `payment-payment-${noun}-test`, typeTokens.scalingPolicy).inputs
        .targetTrackingScalingPolicyConfiguration;

test.each([
    ["with an image, keeps its range of tasks", { imageDigest }, 3, 30],
    ["with an image and a reserve, keeps the reserve running, too", { imageDigest, reservePercent: 50 }, 5, 30],
    ["with a reserve above its maximum, keeps to the maximum", { imageDigest, reservePercent: 1000 }, 30, 30],
    [
        "with a reserve of ten percent, does not round 55 up",
        { imageDigest, minTasks: 50, maxTasks: 60, reservePercent: 10 },
        55,
        60,
    ],
    ["without an image, wants none and starts none, whatever its backlog", { reservePercent: 50 }, 0, 0],
])("a service, %s", async (_, settings, minCapacity, maxCapacity) => {
    const plan = await planned({ minTasks: 3, maxTasks: 30, requestsPerTaskPerMinute: 900, ...settings });
    expect(onlyNode(plan, typeTokens.scalingTarget).inputs).toEqual({
        serviceNamespace: "ecs",
        resourceId: "service/the-cluster/the-service",
        scalableDimension: "ecs:service:DesiredCount",
        minCapacity,
        maxCapacity,
    });
});

test.each([
    ["cpu", "ECSServiceAverageCPUUtilization", 60, false],
    // Memory stays allocated: a policy on it that scales in would keep the tasks of a spike.
    ["memory", "ECSServiceAverageMemoryUtilization", 70, true],
])("a service scales out when its %s exceeds its target", async (...row) => {
    const [noun, predefinedMetricType, targetValue, disableScaleIn] = row;
    expect(await trackingOf(noun)).toEqual({
        targetValue,
        predefinedMetricSpecification: { predefinedMetricType },
        disableScaleIn,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});

test.each([
    [0, 900],
    // Each task gets so few requests that there are two more for each that the load needs.
    [200, 300],
])("a service with a number of requests for each task scales by it, with a reserve of %d %%", async (...row) => {
    const [reservePercent, targetValue] = row;
    expect(await trackingOf("requests", { requestsPerTaskPerMinute: 900, reservePercent })).toEqual({
        targetValue,
        disableScaleIn: false,
        predefinedMetricSpecification: {
            predefinedMetricType: "ALBRequestCountPerTarget",
            resourceLabel: "app/the-alb/1/targetgroup/the-group/2",
        },
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});

test("one minute with one and a half times the requests doubles the tasks, with twice as many it starts a spike's", async () => {
    const plan = await planned({ requestsPerTaskPerMinute: 900, reservePercent: 200 });
    const policy = findNode(plan, "payment-payment-surge-test", typeTokens.scalingPolicy);
    expect(policy.inputs).toMatchObject({
        policyType: "StepScaling",
        resourceId: "service/the-cluster/the-service",
        stepScalingPolicyConfiguration: {
            adjustmentType: "PercentChangeInCapacity",
            metricAggregationType: "Average",
            cooldown: 60,
            stepAdjustments: [
                { metricIntervalLowerBound: "0", metricIntervalUpperBound: "150", scalingAdjustment: 100 },
                { metricIntervalLowerBound: "150", scalingAdjustment: 900 },
            ],
        },
    });
    const alarm = findNode(plan, "payment-payment-surge-test", typeTokens.alarm);
    expect(alarm.inputs).toMatchObject({
        namespace: "AWS/ApplicationELB",
        metricName: "RequestCountPerTarget",
        dimensions: { TargetGroup: "targetgroup/the-group/2" },
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 450,
        treatMissingData: "notBreaching",
        alarmActions: [policy.outputs.arn],
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
        disableScaleIn: false,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
    });
});
