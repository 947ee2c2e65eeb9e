import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export type TrackingConfiguration = aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfiguration;

/** Adds a target tracking policy to a scalable target. */
export function addTargetTracking(
    name: string,
    target: aws.appautoscaling.Target,
    tracking: TrackingConfiguration,
    opts: pulumi.CustomResourceOptions,
): void {
    new aws.appautoscaling.Policy(
        name,
        {
            policyType: "TargetTrackingScaling",
            serviceNamespace: target.serviceNamespace,
            resourceId: target.resourceId,
            scalableDimension: target.scalableDimension,
            targetTrackingScalingPolicyConfiguration: tracking,
        },
        opts,
    );
}
