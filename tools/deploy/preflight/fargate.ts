import { GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { paginateListServices, DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { ecsServicesOf } from "../../../plan/ecs-services.ts";
import { getPath, inputText } from "../../../plan/query.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import type { PreflightInput } from "./check.ts";

export type FargateCapacityProvider = "FARGATE" | "FARGATE_SPOT";

const toNumber = (value: unknown): number => Number(value ?? 0);

/** A service of the plan: what a task takes, and how many there are at least and at most. */
interface ServiceDemand {
    readonly name: string;
    readonly vcpus: number;
    readonly minTasks: number;
    readonly maxTasks: number;
    readonly node: PlanNode;
}

/** Without an image the plan has 0 tasks, at least and at most. */
const serviceDemands = (plan: Plan): ServiceDemand[] =>
    ecsServicesOf(plan).map(({ service: node, taskDefinition, scalableTarget }) => ({
        name: inputText(node, "name"),
        node,
        // 1024 units are one vCPU.
        vcpus: toNumber(taskDefinition?.inputs.cpu) / 1024,
        minTasks: toNumber(scalableTarget?.inputs.minCapacity ?? node.inputs.desiredCount),
        maxTasks: toNumber(scalableTarget?.inputs.maxCapacity ?? node.inputs.desiredCount),
    }));

/** Of so many tasks those that a service puts on a capacity: its base first, the rest by weight. */
function tasksOnCapacityProvider(node: PlanNode, capacity: FargateCapacityProvider, tasks: number): number {
    const found = getPath(node.inputs, "capacityProviderStrategies");
    const strategies = Array.isArray(found) ? (found as Record<string, unknown>[]) : [];
    const sum = (key: string) => strategies.reduce((total, strategy) => total + toNumber(strategy[key]), 0);
    const ours = strategies.find(({ capacityProvider }) => capacityProvider === capacity);
    const base = Math.min(toNumber(ours?.base), tasks);
    const rest = Math.max(0, tasks - sum("base"));
    const weights = sum("weight");
    return base + (weights === 0 ? 0 : Math.ceil((rest * toNumber(ours?.weight)) / weights));
}

/** vCPUs of all services at the fewest or the most tasks that autoscaling starts. */
export const plannedVcpus = (
    { plan }: PreflightInput,
    capacity: FargateCapacityProvider,
    tasks: "minTasks" | "maxTasks",
): number =>
    serviceDemands(plan).reduce(
        (sum, demand) => sum + demand.vcpus * tasksOnCapacityProvider(demand.node, capacity, demand[tasks]),
        0,
    );

const usageClassByProvider = { FARGATE: "Standard/OnDemand", FARGATE_SPOT: "Standard/Spot" } as const;

/**
 * vCPUs that others use: those of the account by AWS's own count
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html), without the stack's.
 */
export async function vcpusUsedByOthers(
    { cloudWatch, ecs }: AwsClients,
    subject: PreflightInput,
    capacity: FargateCapacityProvider,
): Promise<number> {
    const end = new Date();
    const { Datapoints: points = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
            Namespace: "AWS/Usage",
            MetricName: "ResourceCount",
            Dimensions: [
                { Name: "Service", Value: "Fargate" },
                { Name: "Type", Value: "Resource" },
                { Name: "Resource", Value: "vCPU" },
                { Name: "Class", Value: usageClassByProvider[capacity] },
            ],
            StartTime: new Date(end.getTime() - 3_600_000),
            EndTime: end,
            Period: 3600,
            Statistics: ["Maximum"],
        }),
    );
    const used = Math.max(0, ...points.map(({ Maximum = 0 }) => Maximum));
    return Math.max(0, used - (await runningVcpus(ecs, subject, capacity)));
}

async function runningVcpus(
    ecs: AwsClients["ecs"],
    { plan, state }: PreflightInput,
    capacity: FargateCapacityProvider,
): Promise<number> {
    const cluster = stateResourcesOfType(state, "ecs/cluster:Cluster")[0]?.id;
    if (cluster === undefined) {
        return 0;
    }
    // Ten are what DescribeServices takes at once.
    const pages = paginateListServices({ client: ecs, pageSize: 10 }, { cluster });
    const demands = new Map(serviceDemands(plan).map((demand) => [demand.name, demand]));
    let sum = 0;
    for await (const { serviceArns: services = [] } of pages) {
        const described =
            services.length === 0 ? [] : (await ecs.send(new DescribeServicesCommand({ cluster, services }))).services;
        for (const { serviceName = "", runningCount = 0 } of described ?? []) {
            const demand = demands.get(serviceName);
            sum +=
                demand === undefined ? 0 : demand.vcpus * tasksOnCapacityProvider(demand.node, capacity, runningCount);
        }
    }
    return sum;
}
