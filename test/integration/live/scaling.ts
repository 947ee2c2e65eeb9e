import {
    DescribeScalableTargetsCommand,
    DescribeScalingPoliciesCommand,
    type ScalableDimension,
    type ServiceNamespace,
    type StepScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { camel, type At, type Row } from "./row.ts";

/** What is scaled, a service or a table, with the program's name. */
const scaled = ({ text }: At) => ({
    ServiceNamespace: text("serviceNamespace") as ServiceNamespace,
    ScalableDimension: text("scalableDimension") as ScalableDimension,
});

const boundText = (bound: number | undefined): string | undefined => (bound === undefined ? undefined : `${bound}`);

/** The provider's bounds are texts, AWS's are numbers. */
const stepScaling = (found: StepScalingPolicyConfiguration | undefined) =>
    found && {
        adjustmentType: found.AdjustmentType,
        metricAggregationType: found.MetricAggregationType,
        cooldown: found.Cooldown,
        stepAdjustments: found.StepAdjustments?.map((step) => ({
            metricIntervalLowerBound: boundText(step.MetricIntervalLowerBound),
            metricIntervalUpperBound: boundText(step.MetricIntervalUpperBound),
            scalingAdjustment: step.ScalingAdjustment,
        })),
    };

export const scalingRows: readonly Row[] = [
    {
        type: "appautoscaling/target:Target",
        read: async ({ scaling }, at) => {
            const { ScalableTargets: [found] = [] } = await scaling.send(
                new DescribeScalableTargetsCommand({ ...scaled(at), ResourceIds: [at.text("resourceId")] }),
            );
            return found && { minCapacity: found.MinCapacity, maxCapacity: found.MaxCapacity };
        },
    },
    {
        type: "appautoscaling/policy:Policy",
        read: async ({ scaling }, at) => {
            const { ScalingPolicies = [] } = await scaling.send(
                new DescribeScalingPoliciesCommand({ ...scaled(at), ResourceId: at.text("resourceId") }),
            );
            const found = ScalingPolicies.find(({ PolicyName = "" }) => at.arn.endsWith(`policyName/${PolicyName}`));
            return (
                found && {
                    policyType: found.PolicyType,
                    targetTrackingScalingPolicyConfiguration: camel(found.TargetTrackingScalingPolicyConfiguration),
                    stepScalingPolicyConfiguration: stepScaling(found.StepScalingPolicyConfiguration),
                }
            );
        },
    },
];
