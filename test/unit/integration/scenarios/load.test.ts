import { expect, test } from "@jest/globals";
import {
    dollarsPerMillionAtApi,
    dollarsPerMillionAtLoadBalancer,
    limitAtApi,
    limitAtLoadBalancer,
    runLoadTest,
    type LoadTest,
    type LoadGeneratorResult,
} from "../../../integration/scenarios/load.ts";
import { startTime, inputsOfCalls, drillContextOn, type CallInput, type FakeAccount } from "../../tools/drill/fakes.ts";
import { fakeAccountForService } from "../../tools/drill/fake-accounts.ts";

const load: LoadTest = {
    service: "api",
    url: "https://payments.example.com/api/health",
    seconds: 300,
    requestsPerSecond: 5,
    connections: 10,
    loadBalancer: "app/payment-dev-1a2b3c4/1",
    limit: limitAtLoadBalancer(2000),
    dollarsPerMillionRequests: dollarsPerMillionAtLoadBalancer,
};
const sent: LoadGeneratorResult = { requests: 1500, failed: 1, p99: 120 };
const grown = {
    StartTime: new Date(startTime + 60_000),
    Description: "Setting desired count to 3",
    StatusCode: "Successful",
};

const tracked: [string, number][] = [
    ["ECSServiceAverageMemoryUtilization", 70],
    ["ECSServiceAverageCPUUtilization", 60],
];

/** A stack under load: CloudWatch's figures by minute, and what scaling did. */
const world = ({
    p99 = [0.2, 0.3],
    cpu = [20, 30, 25],
    activities = [] as CallInput[],
    bounds = {},
    policies = tracked,
} = {}): FakeAccount => ({
    state: () => ({}),
    handlers: {
        ...fakeAccountForService().handlers,
        GetMetricData: () => ({
            MetricDataResults: [
                { Id: "p99", Values: p99 },
                { Id: "cpu", Values: cpu },
            ],
        }),
        DescribeScalingActivities: () => ({ ScalingActivities: activities }),
        DescribeScalingPolicies: () => ({
            ScalingPolicies: [
                // By steps, and by a metric of its own.
                {},
                { TargetTrackingScalingPolicyConfiguration: { TargetValue: 5 } },
                ...policies.map(([PredefinedMetricType, TargetValue]) => ({
                    TargetTrackingScalingPolicyConfiguration: {
                        PredefinedMetricSpecification: { PredefinedMetricType },
                        TargetValue,
                    },
                })),
            ],
        }),
        DescribeScalableTargets: () => ({ ScalableTargets: [bounds] }),
    },
});
const send = () => Promise.resolve(sent);

test("a service that meets its SLO under load passes, and its scaling activities are reported", async () => {
    const before = {
        StartTime: new Date(startTime - 60_000),
        Description: "Setting desired count to 2",
        StatusCode: "Failed",
    };
    const atOnce = { ...grown, StartTime: new Date(startTime), Description: "Setting desired count to 2" };
    const { drillContext, said, names } = drillContextOn(
        world({ cpu: [90, 80, 85, 20], activities: [before, atOnce, grown] }),
    );
    await expect(runLoadTest(drillContext, load, send)).resolves.toEqual({
        sent,
        targetP99: 0.3,
        cpu: 80,
        activities: ["Setting desired count to 2: Successful", "Setting desired count to 3: Successful"],
        seconds: 0,
    });
    expect(said).toEqual([
        "at most 1500 requests to https://payments.example.com/api/health in 300 s, for about $0.00",
    ]);
    expect(names()).toEqual([
        "DescribeServices",
        "GetMetricData",
        "DescribeScalingActivities",
        "DescribeScalingPolicies",
        "DescribeScalableTargets",
    ]);
});

test("only this service's scaling and this load's minutes are read", async () => {
    const { drillContext, calls } = drillContextOn(world());
    await runLoadTest(drillContext, load, send);
    const ResourceId = "service/payment-cluster-dev/payment-api-dev";
    const scaled = { ServiceNamespace: "ecs", ScalableDimension: "ecs:service:DesiredCount" };
    expect(inputsOfCalls(calls, "DescribeScalingActivities")).toEqual([{ ...scaled, ResourceId }]);
    expect(inputsOfCalls(calls, "DescribeScalingPolicies")).toEqual([{ ...scaled, ResourceId }]);
    expect(inputsOfCalls(calls, "DescribeScalableTargets")).toEqual([{ ...scaled, ResourceIds: [ResourceId] }]);
    const metric = (Namespace: string, MetricName: string, dimensions: Record<string, string>) => ({
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    });
    const ofBalancer = metric("AWS/ApplicationELB", "TargetResponseTime", { LoadBalancer: load.loadBalancer });
    const ofService = metric("AWS/ECS", "CPUUtilization", {
        ClusterName: "payment-cluster-dev",
        ServiceName: "payment-api-dev",
    });
    expect(inputsOfCalls(calls, "GetMetricData")).toEqual([
        {
            StartTime: new Date(startTime),
            EndTime: new Date(startTime + 300_000),
            // A level is sustained only in consecutive minutes.
            ScanBy: "TimestampAscending",
            MetricDataQueries: [
                { Id: "p99", MetricStat: { Metric: ofBalancer, Period: 60, Stat: "p99" } },
                { Id: "cpu", MetricStat: { Metric: ofService, Period: 60, Stat: "Average" } },
            ],
        },
    ]);
});

test.each<[string, Parameters<typeof world>[0], Partial<LoadGeneratorResult>, string]>([
    ["nothing arrived", { p99: [] }, {}, "must get requests"],
    ["slow at the load balancer", { p99: [0.2, 1.2] }, {}, "answer in less than 1 s (p99)"],
    ["slow for the caller", {}, { p99: 1100 }, "answer in less than 1 s (p99)"],
    ["failures", {}, { failed: 2 }, "answer all but 0.1 % of requests"],
    ["busy and not grown", { cpu: [61, 62, 63] }, {}, "grow when its CPU is above 60 %"],
    ["a service that does not scale by CPU", { policies: [] }, {}, "grow with its CPU"],
    ["scaling that failed", { activities: [{ ...grown, StatusCode: "Failed" }] }, {}, "scale without failure"],
    ["scaling suspended", { bounds: { SuspendedState: { DynamicScalingOutSuspended: true } } }, {}, "not be suspended"],
])("a missed SLO fails the drill: %s", async (_, figures, seen, problem) => {
    const held = runLoadTest(drillContextOn(world(figures)).drillContext, load, () =>
        Promise.resolve({ ...sent, ...seen }),
    );
    await expect(held).rejects.toThrow(problem);
});

test("a load that the web firewall would block is refused before anything is sent", async () => {
    const { drillContext } = drillContextOn(world());
    let isSent = false;
    const held = runLoadTest(drillContext, { ...load, requestsPerSecond: 7 }, () => {
        isSent = true;
        return send();
    });
    await expect(held).rejects.toThrow("ask for 6, or raise waf.requestsPer5Minutes (2000)");
    expect(isSent).toBe(false);
});

test("a merchant's load stays below the rate of the merchant's usage plan", async () => {
    const limit = limitAtApi("example-shop", 50);
    const { drillContext } = drillContextOn(world());
    await expect(runLoadTest(drillContext, { ...load, limit, requestsPerSecond: 46 }, send)).rejects.toThrow(
        "46 requests a second are more than the stack allows one client: ask for 45, or raise gateway.merchants.example-shop.ratePerSecond (50)",
    );
});

test("no load is sent to a service without tasks", async () => {
    const { handlers, state } = world();
    const { drillContext } = drillContextOn({
        state,
        handlers: { ...handlers, ...fakeAccountForService({ desired: 0 }).handlers },
    });
    await expect(runLoadTest(drillContext, load, () => Promise.reject(new Error("sent")))).resolves.toEqual({
        skipped: "payment-api-dev has no tasks (its imageDigest is not set)",
    });
});

test.each([
    ["GetMetricData", "must get requests"],
    ["DescribeScalingPolicies", "must grow with its CPU"],
    ["DescribeScalableTargets", "must be registered for scaling"],
])("a service without an answer to %s does not pass", async (call, problem) => {
    const { handlers, state } = world();
    const { drillContext } = drillContextOn({ state, handlers: { ...handlers, [call]: () => ({}) } });
    await expect(runLoadTest(drillContext, load, send)).rejects.toThrow(problem);
});

test("the cost of a load is printed before it is sent", async () => {
    const { drillContext, said } = drillContextOn(world());
    const limit = { ...load.limit, requestsPerSecond: 500 };
    const large = { ...load, seconds: 3600, requestsPerSecond: 500, limit };
    let saidBefore: string[] = [];
    await runLoadTest(drillContext, large, () => {
        saidBefore = [...said];
        return Promise.resolve({ ...sent, requests: 1_800_000 });
    });
    expect(saidBefore).toEqual([expect.stringMatching(/\b1800000 requests .*\$3\.60/)]);
    // API Gateway bills each request, too.
    await runLoadTest(drillContext, { ...large, dollarsPerMillionRequests: dollarsPerMillionAtApi }, send);
    expect(said.at(-1)).toMatch(/\$9\.90$/);
});

test("a scaling activity without a start time does not pass", async () => {
    const { drillContext } = drillContextOn(world({ activities: [{ ...grown, StartTime: undefined }] }));
    await expect(runLoadTest(drillContext, load, send)).rejects.toThrow(
        "AWS answered DescribeScalingActivities without StartTime",
    );
});
