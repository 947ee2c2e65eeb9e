import {
    paginateDescribeScalableTargets,
    paginateDescribeScalingPolicies,
    paginateDescribeScheduledActions,
    type ScalableDimension,
    type ServiceNamespace,
} from "@aws-sdk/client-application-auto-scaling";
import { collectPages } from "../../frame/aws-clients.ts";
import { listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { defineLister, type ChildListers, type ChildLister, type DriftResource } from "../listing.ts";
import { textOrUnknown } from "../text.ts";

const describePermissions = (name: string) => [listGrant(`application-autoscaling: Describe${name}`)];

/** What scales a table, an index of it or a service. */
export const scalableTargetLister = (
    namespace: ServiceNamespace,
    idOf: (resource: DriftResource) => string,
): ChildLister =>
    defineLister({
        item: "scaling target",
        permissions: describePermissions("ScalableTargets"),
        list: ({ autoscaling: client }, parent) =>
            collectPages(
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
            `${dimension} is set between ${textOrUnknown(MinCapacity)} and ${textOrUnknown(MaxCapacity)} whatever the program says`,
        remove: ({ ResourceId, ScalableDimension: dimension }) =>
            `aws application-autoscaling deregister-scalable-target --service-namespace ${namespace} ` +
            `--resource-id ${ResourceId} --scalable-dimension ${dimension}`,
    });

/** The target that a policy or an action belongs to, as the state and AWS name it. */
const scalableTargetInput = ({ text }: DriftResource) => ({
    ServiceNamespace: text("serviceNamespace") as ServiceNamespace,
    ScalableDimension: text("scalableDimension") as ScalableDimension,
    ResourceId: text("resourceId"),
});
const scalingCommand = (verb: string, { text }: DriftResource): string =>
    `aws application-autoscaling ${verb} --service-namespace ${text("serviceNamespace")} ` +
    `--resource-id ${text("resourceId")} --scalable-dimension ${text("scalableDimension")}`;
const scalingKey = (name: string, { text }: DriftResource): string =>
    `${text("resourceId")} ${text("scalableDimension")} ${name}`;

const targetListers = [
    defineLister({
        item: "scaling policy",
        permissions: describePermissions("ScalingPolicies"),
        list: ({ autoscaling: client }, target) =>
            collectPages(
                paginateDescribeScalingPolicies({ client }, scalableTargetInput(target)),
                (page) => page.ScalingPolicies,
            ),
        key: ({ PolicyName }, target) => scalingKey(PolicyName, target),
        planned: { "appautoscaling/policy:Policy": (policy) => scalingKey(policy.text("name"), policy) },
        opens: ({ PolicyType }) => `${PolicyType} changes the capacity by rules that are not in the state`,
        remove: ({ PolicyName }, target) =>
            `${scalingCommand("delete-scaling-policy", target)} --policy-name ${PolicyName}`,
    }),
    defineLister({
        item: "scheduled action",
        permissions: describePermissions("ScheduledActions"),
        list: ({ autoscaling: client }, target) =>
            collectPages(
                paginateDescribeScheduledActions({ client }, scalableTargetInput(target)),
                (page) => page.ScheduledActions,
            ),
        key: ({ ScheduledActionName }, target) => scalingKey(ScheduledActionName, target),
        planned: {
            "appautoscaling/scheduledAction:ScheduledAction": (action) => scalingKey(action.text("name"), action),
        },
        opens: ({ Schedule, ScalableTargetAction: action }) =>
            `the bounds become ${textOrUnknown(action?.MinCapacity)} to ${textOrUnknown(action?.MaxCapacity)} at ${Schedule}`,
        remove: ({ ScheduledActionName }, target) =>
            `${scalingCommand("delete-scheduled-action", target)} --scheduled-action-name ${ScheduledActionName}`,
    }),
];

export const scalingListersByType: Readonly<Record<string, ChildListers>> = {
    "appautoscaling/target:Target": targetListers,
};
