import { resourcesOfType, getPath, toText, inputText } from "../../plan/query.ts";
import {
    gatewayTimeoutSeconds,
    numberAt,
    serviceNameOf,
    ecsServicesOf,
    receivesRequests,
    type PlannedService,
} from "../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { assumptions } from "./assumptions.ts";

/** What a target-tracking policy follows: percent of CPU, requests a minute and task, or messages that wait for each task. */
export type Metric = "cpu" | "requests" | "backlog";

export interface TargetTrackingPolicy {
    readonly metric: Metric;
    readonly target: number;
    /** Seconds after a scale-out in which no other follows, unless it is larger. */
    readonly scaleOutCooldownSeconds: number;
}

/** A service in the simulation: from the plan, and from `assumptions` where the plan has no figure. */
export interface SimulatedService {
    readonly name: string;
    /** `requests` are refused when they wait too long, `messages` wait in their queue. */
    readonly of: "requests" | "messages";
    readonly minTasks: number;
    readonly maxTasks: number;
    readonly vcpu: number;
    /** Requests or messages a second that a task serves at most. */
    readonly capacityPerTask: number;
    /** Requests or messages a second at rest: the least tasks, at the utilization that scaling targets. */
    readonly loadAtRest: number;
    /** Seconds from the decision to start a task until it serves. */
    readonly taskStartSeconds: number;
    /** Seconds after which a request that waits is given up. */
    readonly requestTimeoutSeconds: number;
    readonly policies: readonly TargetTrackingPolicy[];
}

export interface SimulationArgs {
    /** Tasks at rest by service: a plan has none while a service waits for its first image. */
    readonly minTasks: Readonly<Record<string, number>>;
    /** Seconds from the decision to start a task until its container runs. */
    readonly launch: number;
}

/** The scalable services that receive requests or consume a queue. A plan does not contain the load of other workers. */
export function simulatedServices(plan: Plan, args: SimulationArgs): SimulatedService[] {
    const balancer = Math.min(
        ...resourcesOfType(plan, "lb/loadBalancer:LoadBalancer").map(({ inputs }) =>
            numberAt(inputs, "idleTimeout", assumptions.idleTimeout),
        ),
    );
    // The shorter timeout applies: API Gateway's for merchants, the load balancer's for customers.
    const patience = Math.min(balancer, gatewayTimeoutSeconds(plan) || Infinity);
    return ecsServicesOf(plan).flatMap((each) =>
        each.scalableTarget === undefined || !(receivesRequests(each) || each.queue)
            ? []
            : [simulatedService(each, each.scalableTarget, patience, args)],
    );
}

function simulatedService(
    planned: PlannedService,
    scaling: PlanNode,
    patience: number,
    { minTasks, launch }: SimulationArgs,
): SimulatedService {
    const name = serviceNameOf(planned);
    const vcpu = Number(planned.taskDefinition?.inputs.cpu) / 1024;
    const policies = planned.scalingPolicies.flatMap(targetTrackingPoliciesOf);
    const target = (metric: Metric) => policies.find((each) => each.metric === metric)?.target;
    const busy = (target("cpu") ?? assumptions.utilization) / 100;
    const [requests, backlog] = [target("requests"), target("backlog")];
    const ofMessages = planned.queue !== undefined && backlog !== undefined;
    const perTask = ofMessages
        ? backlog / assumptions.acceptableLatency
        : requests === undefined
          ? vcpu * assumptions.requestsPerVcpuSecond
          : requests / 60 / busy;
    // A service with no tasks at rest is simulated with one, and the load of one.
    const least = Math.max(1, minTasks[name] ?? 0, numberAt(scaling.inputs, "minCapacity"));
    const check = (key: string) => numberAt(planned.targetGroup?.inputs, `healthCheck.${key}`, 0);
    return {
        name,
        of: ofMessages ? "messages" : "requests",
        minTasks: least,
        maxTasks: numberAt(scaling.inputs, "maxCapacity"),
        vcpu,
        capacityPerTask: perTask,
        loadAtRest: least * perTask * busy,
        // A consumer reads its queue at once; a task gets requests once its target is healthy.
        taskStartSeconds: launch + (ofMessages ? 0 : check("interval") * check("healthyThreshold")),
        requestTimeoutSeconds: patience,
        policies,
    };
}

const metricsByPredefinedType: Readonly<Record<string, Metric>> = {
    ECSServiceAverageCPUUtilization: "cpu",
    ALBRequestCountPerTarget: "requests",
};

/** Nothing for a policy on memory, which does not follow the load. */
function targetTrackingPoliciesOf(policy: PlanNode): TargetTrackingPolicy[] {
    const configuration = getPath(policy.inputs, "targetTrackingScalingPolicyConfiguration");
    const own = getPath(configuration, "customizedMetricSpecification");
    const metric =
        own === undefined
            ? metricsByPredefinedType[
                  toText(getPath(configuration, "predefinedMetricSpecification.predefinedMetricType") ?? "")
              ]
            : JSON.stringify(own).includes("ApproximateNumberOfMessagesVisible")
              ? "backlog"
              : undefined;
    // 300 s by default (AWS, `TargetTrackingScalingPolicyConfiguration`).
    const cooldown = numberAt(configuration, "scaleOutCooldown", 300);
    return metric === undefined || inputText(policy, "policyType") !== "TargetTrackingScaling"
        ? []
        : [{ metric, target: numberAt(configuration, "targetValue"), scaleOutCooldownSeconds: cooldown }];
}
