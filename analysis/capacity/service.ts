import { arnOf, resourcesOfType, getPath, inputText, inputTexts, itemsOf, toText } from "../../plan/query.ts";
import {
    awaitsImage,
    gatewayTimeoutSeconds,
    numberAt,
    serviceNameOf,
    ecsServicesOf,
    receivesRequests,
    type PlannedService,
} from "../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import type { TasksByService } from "../../plan/stack-settings.ts";
import { assumptions } from "./assumptions.ts";

/** What a target-tracking policy follows: percent of CPU, requests a minute and task, or messages that wait for each task. */
export type Metric = "cpu" | "requests" | "backlog";

export interface TargetTrackingPolicy {
    readonly metric: Metric;
    readonly target: number;
    /** Seconds after a scale-out in which no other follows, unless it is larger. */
    readonly scaleOutCooldownSeconds: number;
}

/** Tasks that a step of a step scaling policy adds. */
export interface ScalingStep {
    /** Least difference of the metric to the alarm's threshold. */
    readonly from: number;
    /** Difference from which the next step applies. */
    readonly to: number;
    /** In percent of the desired tasks. */
    readonly addedPercent: number;
}

/** A step scaling policy with the alarm that invokes it. */
export interface StepScalingPolicy {
    readonly metric: Metric;
    readonly threshold: number;
    /** Datapoints of a minute that the alarm evaluates. */
    readonly minutes: number;
    readonly cooldownSeconds: number;
    readonly steps: readonly ScalingStep[];
}

/** A service in the simulation: from the plan, and from `assumptions` where the plan has no figure. */
export interface SimulatedService {
    readonly name: string;
    /** `requests` are refused when they wait too long, `messages` wait in their queue. */
    readonly of: "requests" | "messages";
    /** Tasks at rest, with the reserve. */
    readonly minTasks: number;
    readonly maxTasks: number;
    readonly vcpu: number;
    /** Requests or messages a second that a task serves at most. */
    readonly capacityPerTask: number;
    /** Requests or messages a second at rest: what the tasks without the reserve do, at the utilization that scaling targets. */
    readonly loadAtRest: number;
    /** Seconds from the decision to start a task until it serves. */
    readonly taskStartSeconds: number;
    /** Seconds after which a request that waits is given up. */
    readonly requestTimeoutSeconds: number;
    readonly policies: readonly TargetTrackingPolicy[];
    readonly stepPolicies: readonly StepScalingPolicy[];
}

export interface SimulationArgs {
    /** A plan has no tasks while a service waits for its first image. */
    readonly tasks: TasksByService;
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
            : [
                  {
                      ...simulatedService(each, each.scalableTarget, patience, args),
                      stepPolicies: each.scalingPolicies.flatMap((policy) => stepScalingPoliciesOf(plan, policy)),
                  },
              ],
    );
}

function simulatedService(
    planned: PlannedService,
    scaling: PlanNode,
    patience: number,
    { tasks, launch }: SimulationArgs,
): Omit<SimulatedService, "stepPolicies"> {
    const name = serviceNameOf(planned);
    const vcpu = Number(planned.taskDefinition?.inputs.cpu) / 1024;
    const policies = planned.scalingPolicies.flatMap(targetTrackingPoliciesOf);
    const target = (metric: Metric) => policies.find((each) => each.metric === metric)?.target;
    const busy = (target("cpu") ?? assumptions.utilization) / 100;
    const { atRest = 0, min = 0, max = 0, requestsPerMinute } = tasks[name] ?? {};
    const backlog = target("backlog");
    const ofMessages = planned.queue !== undefined && backlog !== undefined;
    const perTask = ofMessages
        ? backlog / assumptions.acceptableLatency
        : requestsPerMinute === undefined
          ? vcpu * assumptions.requestsPerVcpuSecond
          : requestsPerMinute / 60 / busy;
    const check = (key: string) => numberAt(planned.targetGroup?.inputs, `healthCheck.${key}`, 0);
    return {
        name,
        of: ofMessages ? "messages" : "requests",
        // A service with no tasks at rest is simulated with one, and the load of one.
        minTasks: Math.max(1, min, numberAt(scaling.inputs, "minCapacity")),
        maxTasks: awaitsImage(planned) ? max : numberAt(scaling.inputs, "maxCapacity"),
        vcpu,
        capacityPerTask: perTask,
        loadAtRest: Math.max(1, atRest) * perTask * busy,
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

const metricsByName: Readonly<Record<string, Metric>> = {
    CPUUtilization: "cpu",
    RequestCountPerTarget: "requests",
};

/** One for each alarm that invokes the policy. Only scale-outs in percent of the desired tasks are simulated. */
function stepScalingPoliciesOf(plan: Plan, policy: PlanNode): StepScalingPolicy[] {
    const configuration = getPath(policy.inputs, "stepScalingPolicyConfiguration");
    if (getPath(configuration, "adjustmentType") !== "PercentChangeInCapacity") {
        return [];
    }
    const steps = itemsOf(getPath(configuration, "stepAdjustments")).map((step): ScalingStep => ({
        from: Number(getPath(step, "metricIntervalLowerBound") ?? -Infinity),
        to: Number(getPath(step, "metricIntervalUpperBound") ?? Infinity),
        addedPercent: numberAt(step, "scalingAdjustment", 0),
    }));
    return resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").flatMap((alarm) => {
        const metric = metricsByName[inputText(alarm, "metricName")];
        return metric === undefined || !inputTexts(alarm, "alarmActions").includes(arnOf(policy))
            ? []
            : [
                  {
                      metric,
                      threshold: numberAt(alarm.inputs, "threshold"),
                      minutes: (numberAt(alarm.inputs, "period") * numberAt(alarm.inputs, "evaluationPeriods")) / 60,
                      // 300 s by default (AWS, `StepScalingPolicyConfiguration`).
                      cooldownSeconds: numberAt(configuration, "cooldown", 300),
                      steps,
                  },
              ];
    });
}
