import { isInPciScope } from "../../lib/settings/compliance.ts";
import { shown, text } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
    numberAt,
    serviceNameOf,
    servicesOf,
    someServices,
    unlessServed,
    type PlannedService,
} from "../../plan/ecs-services.ts";

/** Peak over rest that a service must be able to grow to. */
const spike = 10;

/** A guardrail, which a stack may waive for a reason and a time. */
const spikeGuardrail = "tenfold-spike";

const bounds = (service: PlannedService, minTasks: number | undefined): string =>
    `${minTasks ?? "?"} to ${shown(service.scaling?.inputs.maxCapacity ?? "?")} tasks`;

/** That there are enough tasks: while a service is deployed, and when everybody comes at once. */
export const capacityRules: readonly Rule[] = [
    {
        name: "deployments-keep-capacity",
        promise: "a deployment takes no task away before its successor serves",
        fix: "Set `deploymentMinimumHealthyPercent` to 100 and `deploymentMaximumPercent` so that one more task may start.",
        controls: [],
        about: ["ecs/service:Service"],
        check: (plan, { services }) => [
            ...someServices(servicesOf(plan)),
            ...unlessServed(
                plan,
                ({ service }) => numberAt(service.inputs, "deploymentMinimumHealthyPercent") >= 100,
                "keep all of its tasks while it is deployed",
            ),
            ...unlessServed(
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
        promise: "with compliance PCI-DSS every service may grow to ten times its tasks at rest",
        fix: "Raise `maxTasks` to ten times `minTasks`, or waive the guardrail `tenfold-spike`.",
        controls: [],
        about: ["appautoscaling/target:Target", "ecs/service:Service"],
        check: (plan, { compliance, services, waivers }) => {
            const isMeant = isInPciScope({ compliance }) && waivers.every(({ rule }) => rule !== spikeGuardrail);
            const least = (each: PlannedService) => services[serviceNameOf(each)]?.minTasks;
            return [
                ...someServices(servicesOf(plan)),
                ...unlessServed(
                    plan,
                    ({ scaling, policies }) => scaling !== undefined && policies.length > 0,
                    "scale by itself",
                ),
                ...unlessServed(
                    plan,
                    (each) =>
                        !isMeant ||
                        numberAt(each.scaling?.inputs, "maxCapacity", 0) >= spike * (least(each) ?? Infinity),
                    (each) => `grow to ${spike} times its tasks at rest, and not from ${bounds(each, least(each))}`,
                ),
            ];
        },
        evidence: (plan, { services }) =>
            servicesOf(plan).map(
                (each) => `${text(each.service, "name")}: ${bounds(each, services[serviceNameOf(each)]?.minTasks)}`,
            ),
    },
];
