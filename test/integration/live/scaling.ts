import {
    DescribeScalableTargetsCommand,
    DescribeScalingPoliciesCommand,
    type ScalableDimension,
    type ServiceNamespace,
} from "@aws-sdk/client-application-auto-scaling";
import { camel, type At, type Row } from "./row.ts";

/** What is scaled, a service or a table, with the program's name. */
const scaled = ({ text }: At) => ({
    ServiceNamespace: text("serviceNamespace") as ServiceNamespace,
    ScalableDimension: text("scalableDimension") as ScalableDimension,
});

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
                }
            );
        },
    },
];
