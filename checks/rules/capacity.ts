import { isInPciScope } from "../../lib/settings/compliance.ts";
import { toText, inputText } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
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

const taskRangeText = (service: PlannedService, minTasks: number | undefined): string =>
    `${minTasks ?? "?"} to ${toText(service.scalableTarget?.inputs.maxCapacity ?? "?")} tasks`;

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
        check: (plan, { compliance, services, waivers }) => {
            const isRequired = isInPciScope({ compliance }) && waivers.every(({ rule }) => rule !== spikeGuardrail);
            const minTasksOf = (each: PlannedService) => services[serviceNameOf(each)]?.minTasks;
            return [
                ...findingUnlessAnyService(ecsServicesOf(plan)),
                ...serviceFindingsUnless(
                    plan,
                    ({ scalableTarget, scalingPolicies }) => scalableTarget !== undefined && scalingPolicies.length > 0,
                    "have an autoscaling target with a scaling policy",
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) =>
                        !isRequired ||
                        numberAt(each.scalableTarget?.inputs, "maxCapacity", 0) >=
                            peakFactor * (minTasksOf(each) ?? Infinity),
                    (each) =>
                        `scale to ${peakFactor} times its minimum tasks, not from ${taskRangeText(each, minTasksOf(each))}`,
                ),
            ];
        },
        evidence: (plan, { services }) =>
            ecsServicesOf(plan).map(
                (each) =>
                    `${inputText(each.service, "name")}: ${taskRangeText(each, services[serviceNameOf(each)]?.minTasks)}`,
            ),
    },
];
