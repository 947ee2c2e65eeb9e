import { brokenLevels, countedSeconds, worstSpikes } from "../../analysis/capacity/outcome.ts";
import { simulatedServices, type SimulatedService } from "../../analysis/capacity/service.ts";
import { assumptions } from "../../analysis/capacity/assumptions.ts";
import { isInPciScope } from "../../lib/settings/compliance.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { findingsUnless, getPath, inputText, resourcesOfType, toText } from "../../plan/query.ts";
import { tasksByService } from "../../plan/stack-settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import type { Rule } from "../rule.ts";
import {
    awaitsImage,
    numberAt,
    serviceNameOf,
    ecsServicesOf,
    findingUnlessAnyService,
    serviceFindingsUnless,
    type PlannedService,
} from "../../plan/ecs-services.ts";

/** Ratio of peak to minimum tasks that a service must support. */
const peakFactor = 10;

/** Guardrail of the settings, which a stack may waive. */
const spikeGuardrail = "tenfold-spike";

const mustBearSpikes = ({ compliance, waivers }: PlatformSettings): boolean =>
    isInPciScope({ compliance }) && waivers.every(({ rule }) => rule !== spikeGuardrail);

/** Most tasks of a service; those of the settings while it waits for its first image. */
const maxTasksOf = (service: PlannedService, { services }: PlatformSettings): number =>
    awaitsImage(service)
        ? (services[serviceNameOf(service)]?.maxTasks ?? 0)
        : numberAt(service.scalableTarget?.inputs, "maxCapacity", 0);

const taskRangeText = (service: PlannedService, settings: PlatformSettings): string =>
    `${settings.services[serviceNameOf(service)]?.minTasks ?? "?"} to ` +
    `${service.scalableTarget === undefined ? "?" : maxTasksOf(service, settings)} tasks`;

/** The spike of the service levels: ten times the load within 5 minutes, until after the time that is counted. */
const spike = { factor: peakFactor, within: 300, at: 120, until: 120 + countedSeconds + 300 };

/** Service levels that a service with requests does not keep in the simulation, by its name. */
function brokenLevelsByService(plan: Plan, settings: PlatformSettings): Map<string, string[]> {
    const takesRequests = ({ of }: SimulatedService) => of === "requests";
    const services = simulatedServices(plan, { tasks: tasksByService(settings), launch: assumptions.launch });
    const found = worstSpikes(services.filter(takesRequests), spike, settings.serviceLevels);
    return new Map(found.map(({ outcome }) => [outcome.service, brokenLevels(outcome, settings.serviceLevels)]));
}

const isTargetTracking = (policy: PlanNode): boolean => inputText(policy, "policyType") === "TargetTrackingScaling";

const followsMemory = (policy: PlanNode): boolean =>
    toText(
        getPath(
            policy.inputs,
            "targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType",
        ) ?? "",
    ).startsWith("ECSServiceAverageMemoryUtilization");

const scalesIn = (policy: PlanNode): boolean =>
    getPath(policy.inputs, "targetTrackingScalingPolicyConfiguration.disableScaleIn") !== true;

/** Enough tasks during a deployment and during a spike of requests. */
export const capacityRules: readonly Rule[] = [
    {
        name: "deployments-keep-capacity",
        description: "A deployment stops a task only after its replacement is healthy",
        fix: "Set `deploymentMinimumHealthyPercent` to 100, and `deploymentMaximumPercent` high enough to start one more task.",
        check: (plan, { services }) => [
            ...findingUnlessAnyService(ecsServicesOf(plan)),
            ...serviceFindingsUnless(
                plan,
                ({ service }) => numberAt(service.inputs, "deploymentMinimumHealthyPercent") >= 100,
                "keep 100 % of its tasks healthy during a deployment",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => {
                    // ECS rounds down (AWS, `DeploymentConfiguration.maximumPercent`).
                    const tasks = Math.max(1, services[serviceNameOf(each)]?.minTasks ?? 1);
                    const percent = numberAt(each.service.inputs, "deploymentMaximumPercent");
                    return Math.floor((tasks * percent) / 100) > tasks;
                },
                "allow one task more than the desired count during a deployment",
            ),
        ],
    },
    {
        name: "tenfold-spike-fits",
        description: "With compliance PCI-DSS, every service can scale to ten times its minimum number of tasks",
        fix: "Raise `maxTasks` to ten times `minTasks`, or waive the guardrail `tenfold-spike`.",
        check: (plan, settings) => [
            ...findingUnlessAnyService(ecsServicesOf(plan)),
            ...serviceFindingsUnless(
                plan,
                ({ scalableTarget, scalingPolicies }) => scalableTarget !== undefined && scalingPolicies.length > 0,
                "have an autoscaling target with a scaling policy",
            ),
            ...serviceFindingsUnless(
                plan,
                ({ scalableTarget }) => scalableTarget?.inputs.suspendedState === undefined,
                "have autoscaling that the program does not suspend",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) =>
                    !mustBearSpikes(settings) ||
                    maxTasksOf(each, settings) >=
                        peakFactor * (settings.services[serviceNameOf(each)]?.minTasks ?? Infinity),
                (each) => `scale to ${peakFactor} times its minimum tasks, not from ${taskRangeText(each, settings)}`,
            ),
        ],
        evidence: (plan, settings) =>
            ecsServicesOf(plan).map((each) => `${inputText(each.service, "name")}: ${taskRangeText(each, settings)}`),
    },
    {
        name: "spikes-absorbed",
        description:
            "With compliance PCI-DSS, every service that takes requests keeps the service levels in a tenfold spike",
        fix: "Set `requestsPerTaskPerMinute` and raise `reservePercent`; `npm run simulate -- <stack>` shows what happens. Until then, an entry of checks/exceptions.yaml allows it.",
        check: (plan, settings) => {
            const broken = mustBearSpikes(settings)
                ? brokenLevelsByService(plan, settings)
                : new Map<string, string[]>();
            return ecsServicesOf(plan).flatMap((each) =>
                (broken.get(serviceNameOf(each)) ?? []).map((level) => ({
                    node: each.service,
                    reason: `must ${level}`,
                })),
            );
        },
    },
    {
        name: "scale-in-follows-load",
        description: "Scale-in of services follows metrics that fall with the load, which memory does not",
        fix: "Set `disableScaleIn` on the policy on memory, and leave it out on one on CPU, requests or messages.",
        check: (plan) => [
            ...findingsUnless(
                resourcesOfType(plan, "appautoscaling/policy:Policy").filter(followsMemory),
                (policy) => !scalesIn(policy),
                "not scale in: memory stays allocated after a spike, and AWS scales in only when all policies agree",
            ),
            ...serviceFindingsUnless(
                plan,
                ({ scalingPolicies }) =>
                    scalingPolicies.length === 0 ||
                    scalingPolicies.some((policy) => isTargetTracking(policy) && scalesIn(policy)),
                "have a policy that scales in",
            ),
        ],
    },
];
