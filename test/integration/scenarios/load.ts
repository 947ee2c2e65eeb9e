import {
    DescribeScalableTargetsCommand,
    DescribeScalingActivitiesCommand,
    DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { nameOf } from "../../../lib/scope.ts";
import { clusterName, reasonNotSteady } from "./service.ts";
import {
    assertAll,
    DrillError,
    secondsSince,
    requireValue,
    type DrillContext,
    type Skipped,
} from "../../../tools/drill/context.ts";

/** Which requests are sent, and how many. */
export interface LoadTest {
    readonly service: string;
    readonly url: string;
    /** Longest duration. */
    readonly seconds: number;
    readonly requestsPerSecond: number;
    readonly connections: number;
    /** Of the load balancer, as CloudWatch names it: `app/payment-dev-1a2b3c4/0123456789abcdef`. */
    readonly loadBalancer: string;
    readonly limit: LoadLimit;
    readonly dollarsPerMillionRequests: number;
}

/** The lowest limit of the stack on what one client may send. */
export interface LoadLimit {
    /** Its path in the settings. */
    readonly setting: string;
    readonly value: number;
    /** Less a tenth as reserve. */
    readonly requestsPerSecond: number;
}

/** What the load generator measured. */
export interface LoadGeneratorResult {
    readonly requests: number;
    /** No answer, or another than a success: a firewall and a usage plan refuse with 403 and 429. */
    readonly failed: number;
    /** Milliseconds. */
    readonly p99: number;
}

export interface LoadTestResult {
    readonly sent: LoadGeneratorResult;
    /** Seconds, as the load balancer saw it, of its worst minute. */
    readonly targetP99: number;
    /** Percent, of the busiest three minutes in a row. */
    readonly cpu: number;
    readonly activities: readonly string[];
    readonly seconds: number;
}

/** The platform's promises: p99 below a second, 99.9 % of requests answered (lib/monitoring). */
const maxP99Seconds = 1;
const maxFailedShare = 0.001;

/** $0.60 for a million requests of the web firewall (https://aws.amazon.com/waf/pricing/), and the load balancer's own share. */
export const dollarsPerMillionAtLoadBalancer = 2;

/** The same, and $3.50 of API Gateway (https://aws.amazon.com/api-gateway/pricing/). */
export const dollarsPerMillionAtApi = dollarsPerMillionAtLoadBalancer + 3.5;

/** Requests from one address at the load balancer, as its web firewall allows them. */
export const limitAtLoadBalancer = (requestsPer5Minutes: number): LoadLimit => ({
    setting: "waf.requestsPer5Minutes",
    value: requestsPer5Minutes,
    requestsPerSecond: Math.floor((requestsPer5Minutes * 0.9) / 300),
});

/**
 * Requests of a merchant at the merchants' API. No other limit there is lower: the stage and the web firewall let through what
 * each usage plan allows (lib/settings/gateway.ts).
 */
export const limitAtApi = (merchant: string, ratePerSecond: number): LoadLimit => ({
    setting: `gateway.merchants.${merchant}.ratePerSecond`,
    value: ratePerSecond,
    requestsPerSecond: ratePerSecond * 0.9,
});

async function readMetrics(
    { clients, clock, suffix }: DrillContext,
    { service, loadBalancer }: LoadTest,
    start: number,
): Promise<{ p99: number[]; cpu: number[] }> {
    const stat = (
        Id: string,
        Namespace: string,
        MetricName: string,
        Stat: string,
        dimensions: Record<string, string>,
    ) => ({
        Id,
        MetricStat: {
            Metric: {
                Namespace,
                MetricName,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 60,
            Stat,
        },
    });
    const { MetricDataResults } = await clients.cloudWatch.send(
        new GetMetricDataCommand({
            StartTime: new Date(start),
            EndTime: new Date(clock.now()),
            ScanBy: "TimestampAscending",
            MetricDataQueries: [
                stat("p99", "AWS/ApplicationELB", "TargetResponseTime", "p99", { LoadBalancer: loadBalancer }),
                stat("cpu", "AWS/ECS", "CPUUtilization", "Average", {
                    ClusterName: clusterName({ suffix }),
                    ServiceName: nameOf({ suffix }, service),
                }),
            ],
        }),
    );
    const valuesOf = (id: string) => MetricDataResults?.find(({ Id }) => Id === id)?.Values ?? [];
    return { p99: valuesOf("p99"), cpu: valuesOf("cpu") };
}

/** The highest level that held for three values in a row: what makes target tracking grow a service. */
const highestSustained = (values: readonly number[]): number =>
    Math.max(0, ...values.slice(2).map((value, i) => Math.min(value, ...values.slice(i, i + 2))));

/**
 * Sends a limited load, and reads the metrics and scaling activities of the service. The load changes only the number of
 * tasks, which scaling reduces again.
 *
 * @param send sends the load, for at most its `seconds`
 * @throws DrillError when the service was slow, failed, did not grow where it had to, or could not
 */
export async function runLoadTest(
    context: DrillContext,
    load: LoadTest,
    send: (load: LoadTest) => Promise<LoadGeneratorResult>,
): Promise<LoadTestResult | Skipped> {
    const { clients, clock, say } = context;
    const skipped = await reasonNotSteady(context, load.service);
    if (skipped !== undefined) {
        return { skipped };
    }
    const { limit } = load;
    if (load.requestsPerSecond > limit.requestsPerSecond) {
        throw new DrillError(
            `${load.requestsPerSecond} requests a second are more than the stack allows one client: ` +
                `ask for ${limit.requestsPerSecond}, or raise ${limit.setting} (${limit.value})`,
        );
    }
    const maxRequests = load.requestsPerSecond * load.seconds;
    say(
        `at most ${maxRequests} requests to ${load.url} in ${load.seconds} s, for about $${((maxRequests * load.dollarsPerMillionRequests) / 1e6).toFixed(2)}`,
    );
    const start = clock.now();
    const sent = await send(load);
    const seconds = secondsSince(context, start);
    // CloudWatch has the metrics of a minute two minutes later, and scaling evaluates three of them.
    await clock.sleep(5 * 60_000);

    const { p99, cpu } = await readMetrics(context, load, start);
    const ServiceNamespace = "ecs";
    const ResourceId = `service/${clusterName(context)}/${nameOf(context, load.service)}`;
    const ScalableDimension = "ecs:service:DesiredCount";
    const scalableTarget = { ServiceNamespace, ResourceId, ScalableDimension } as const;
    const { autoscaling } = clients;
    const { ScalingActivities = [] } = await autoscaling.send(new DescribeScalingActivitiesCommand(scalableTarget));
    const { ScalingPolicies } = await autoscaling.send(new DescribeScalingPoliciesCommand(scalableTarget));
    const { ScalableTargets } = await autoscaling.send(
        new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension }),
    );
    const bounds = ScalableTargets?.[0];
    const cpuTargetValue = ScalingPolicies?.map((policy) => policy.TargetTrackingScalingPolicyConfiguration).find(
        (tracking) =>
            tracking?.PredefinedMetricSpecification?.PredefinedMetricType === "ECSServiceAverageCPUUtilization",
    )?.TargetValue;
    const activities = ScalingActivities.filter(
        ({ StartTime }) => requireValue(StartTime, "DescribeScalingActivities", "StartTime").getTime() >= start,
    );
    const level = highestSustained(cpu);
    assertAll(`${load.service}, under ${load.requestsPerSecond} requests a second,`, {
        "get requests": sent.requests > 0 && p99.length > 0,
        [`answer in less than ${maxP99Seconds} s (p99)`]: Math.max(...p99, sent.p99 / 1000) < maxP99Seconds,
        [`answer all but ${maxFailedShare * 100} % of requests`]: sent.failed <= sent.requests * maxFailedShare,
        "grow with its CPU": cpuTargetValue !== undefined,
        [`grow when its CPU is above ${cpuTargetValue ?? 0} %`]:
            level <= (cpuTargetValue ?? 100) || activities.length > 0,
        "scale without failure": activities.every(({ StatusCode }) => StatusCode !== "Failed"),
        "be registered for scaling": bounds !== undefined,
        "not be suspended from scaling": bounds?.SuspendedState?.DynamicScalingOutSuspended !== true,
    });
    return {
        sent,
        targetP99: Math.max(...p99),
        cpu: level,
        activities: activities.map(({ Description, StatusCode }) => [Description, StatusCode].join(": ")),
        seconds,
    };
}
