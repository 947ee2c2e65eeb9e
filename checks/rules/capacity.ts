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

/** Peak over rest that a service must be able to grow to. */
const peakFactor = 10;

/** A guardrail, which a stack may waive for a reason and a time. */
const spikeGuardrail = "tenfold-spike";

const taskRangeText = (service: PlannedService, minTasks: number | undefined): string =>
    `${minTasks ?? "?"} to ${toText(service.scalableTarget?.inputs.maxCapacity ?? "?")} tasks`;

/** That there are enough tasks: while a service is deployed, and when everybody comes at once. */
export const capacityRules: readonly Rule[] = [
    {
        name: "deployments-keep-capacity",
        description: "a deployment takes no task away before its successor serves",
        fix: "Set `deploymentMinimumHealthyPercent` to 100 and `deploymentMaximumPercent` so that one more task may start.",
        check: (plan, { services }) => [
            ...findingUnlessAnyService(ecsServicesOf(plan)),
            ...serviceFindingsUnless(
                plan,
                ({ service }) => numberAt(service.inputs, "deploymentMinimumHealthyPercent") >= 100,
                "keep all of its tasks while it is deployed",
            ),
            ...serviceFindingsUnless(
                plan,
                (each) => {
                    // ECS rounds down (AWS, `DeploymentConfiguration.maximumPercent`).
                    const tasks = Math.max(1, services[serviceNameOf(each)]?.minTasks ?? 1);
                    const percent = numberAt(each.service.inputs, "deploymentMaximumPercent");
                    return Math.floor((tasks * percent) / 100) > tasks;
                },
                "have room for a new task beside the old ones",
            ),
        ],
    },
    {
        name: "tenfold-spike-fits",
        description: "with compliance PCI-DSS every service may grow to ten times its tasks at rest",
        fix: "Raise `maxTasks` to ten times `minTasks`, or waive the guardrail `tenfold-spike`.",
        check: (plan, { compliance, services, waivers }) => {
            const isRequired = isInPciScope({ compliance }) && waivers.every(({ rule }) => rule !== spikeGuardrail);
            const minTasksOf = (each: PlannedService) => services[serviceNameOf(each)]?.minTasks;
            return [
                ...findingUnlessAnyService(ecsServicesOf(plan)),
                ...serviceFindingsUnless(
                    plan,
                    ({ scalableTarget, scalingPolicies }) => scalableTarget !== undefined && scalingPolicies.length > 0,
                    "scale by itself",
                ),
                ...serviceFindingsUnless(
                    plan,
                    (each) =>
                        !isRequired ||
                        numberAt(each.scalableTarget?.inputs, "maxCapacity", 0) >=
                            peakFactor * (minTasksOf(each) ?? Infinity),
                    (each) =>
                        `grow to ${peakFactor} times its tasks at rest, and not from ${taskRangeText(each, minTasksOf(each))}`,
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
