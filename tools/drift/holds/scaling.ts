import {
    paginateDescribeScalableTargets,
    paginateDescribeScalingPolicies,
    paginateDescribeScheduledActions,
    type ScalableDimension,
    type ServiceNamespace,
} from "@aws-sdk/client-application-auto-scaling";
import { allOf } from "../../deploy/clients.ts";
import { everything, lists, read } from "../../../analysis/deployer/grant.ts";
import { listing, type Holds, type Lister, type Resource } from "../listing.ts";
import { orUnknown } from "../words.ts";

const describe = (name: string) => [read(`application-autoscaling: Describe${name}`, everything(lists))];

/** What scales a table, an index of it or a service. */
export const scalableTargets = (namespace: ServiceNamespace, idOf: (resource: Resource) => string): Lister =>
    listing({
        item: "scaling target",
        rights: describe("ScalableTargets"),
        list: ({ scaling: client }, parent) =>
            allOf(
                paginateDescribeScalableTargets(
                    { client },
                    { ServiceNamespace: namespace, ResourceIds: [idOf(parent)] },
                ),
                (page) => page.ScalableTargets,
            ),
        key: ({ ResourceId, ScalableDimension: dimension }) => `${ResourceId} ${dimension}`,
        planned: {
            "appautoscaling/target:Target": ({ text }) => `${text("resourceId")} ${text("scalableDimension")}`,
        },
        opens: ({ MinCapacity, MaxCapacity, ScalableDimension: dimension }) =>
            `${dimension} is set between ${orUnknown(MinCapacity)} and ${orUnknown(MaxCapacity)} whatever the program says`,
        remove: ({ ResourceId, ScalableDimension: dimension }) =>
            `aws application-autoscaling deregister-scalable-target --service-namespace ${namespace} ` +
            `--resource-id ${ResourceId} --scalable-dimension ${dimension}`,
    });

/** The target that a policy or an action belongs to, as the state and AWS name it. */
const scaled = ({ text }: Resource) => ({
    ServiceNamespace: text("serviceNamespace") as ServiceNamespace,
    ScalableDimension: text("scalableDimension") as ScalableDimension,
    ResourceId: text("resourceId"),
});
const commandOn = (verb: string, { text }: Resource): string =>
    `aws application-autoscaling ${verb} --service-namespace ${text("serviceNamespace")} ` +
    `--resource-id ${text("resourceId")} --scalable-dimension ${text("scalableDimension")}`;
const keyOf = (name: string, { text }: Resource): string =>
    `${text("resourceId")} ${text("scalableDimension")} ${name}`;

const ofTarget = [
    listing({
        item: "scaling policy",
        rights: describe("ScalingPolicies"),
        list: ({ scaling: client }, target) =>
            allOf(paginateDescribeScalingPolicies({ client }, scaled(target)), (page) => page.ScalingPolicies),
        key: ({ PolicyName }, target) => keyOf(PolicyName, target),
        planned: { "appautoscaling/policy:Policy": (policy) => keyOf(policy.text("name"), policy) },
        opens: ({ PolicyType }) => `${PolicyType} changes the capacity by rules that nobody planned`,
        remove: ({ PolicyName }, target) => `${commandOn("delete-scaling-policy", target)} --policy-name ${PolicyName}`,
    }),
    listing({
        item: "scheduled action",
        rights: describe("ScheduledActions"),
        list: ({ scaling: client }, target) =>
            allOf(paginateDescribeScheduledActions({ client }, scaled(target)), (page) => page.ScheduledActions),
        key: ({ ScheduledActionName }, target) => keyOf(ScheduledActionName, target),
        planned: { "appautoscaling/scheduledAction:ScheduledAction": (action) => keyOf(action.text("name"), action) },
        opens: ({ Schedule, ScalableTargetAction: action }) =>
            `the bounds become ${orUnknown(action?.MinCapacity)} to ${orUnknown(action?.MaxCapacity)} at ${Schedule}`,
        remove: ({ ScheduledActionName }, target) =>
            `${commandOn("delete-scheduled-action", target)} --scheduled-action-name ${ScheduledActionName}`,
    }),
];

export const scaling: Readonly<Record<string, Holds>> = {
    "appautoscaling/target:Target": ofTarget,
    "appautoscaling/policy:Policy": "its rules are arguments of its own, and AWS makes and removes its alarms with it",
};
