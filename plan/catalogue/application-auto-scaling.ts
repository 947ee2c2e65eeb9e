import {
    createServiceLinkedRole,
    readGrant,
    regionalArns,
    untaggedOnly,
    withConditions,
    withRequestTag,
    withResourceTag,
    writeGrant,
    listGrant,
} from "./deployer-grant.ts";
import { merged } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import type { ServiceRows } from "./row.ts";

/** The IDs are random: the namespace limits the grants to what the platform scales. */
const scalableTargets = withConditions(regionalArns("application-autoscaling", "scalable-target/*"), {
    "ForAllValues:StringEquals": { "application-autoscaling:service-namespace": ["dynamodb", "ecs"] },
});

export const applicationAutoScaling: ServiceRows = {
    "aws:appautoscaling/policy:Policy": {
        name: { maxLength: 256 },
        summary: [
            "{targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification.predefinedMetricType}",
            "own metric{targetTrackingScalingPolicyConfiguration.customizedMetricSpecification?}",
            "at {targetTrackingScalingPolicyConfiguration.targetValue}",
            "steps of {stepScalingPolicyConfiguration.adjustmentType}",
        ],
        fakeOutputs: {
            alarmArns: [],
            // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
            arn: (request) =>
                request.arn(
                    "autoscaling",
                    `scalingPolicy:${request.hex(32)}:resource/${request.text("serviceNamespace")}/` +
                        `${request.text("resourceId")}:policyName/${request.physicalName}`,
                ),
        },
        providerDefaults: { "targetTrackingScalingPolicyConfiguration.disableScaleIn": false },
        forceNew: forceNew("appautoscaling/policy", ["name", "resourceId", "scalableDimension", "serviceNamespace"]),
        exclusive: [
            merged("application-autoscaling", "PutScalingPolicy", "serviceNamespace resourceId scalableDimension name"),
        ],
        recovery: { importId: "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}" },
        children: { none: "its rules are arguments of its own, and AWS makes and removes its alarms with it" },
        grants: [
            writeGrant(
                "application-autoscaling: DeleteScalingPolicy PutScalingPolicy",
                withResourceTag(scalableTargets),
            ),
            listGrant("application-autoscaling: DescribeScalingPolicies"),
            // Target tracking makes alarms of its own
            // (https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html).
            writeGrant(
                "cloudwatch: DeleteAlarms PutMetricAlarm",
                regionalArns(
                    "cloudwatch",
                    "alarm:TargetTracking-service/payment-cluster-{suffix}/*",
                    "alarm:TargetTracking-table/payment-transactions-{suffix}*",
                ),
            ),
        ],
    },
    "aws:appautoscaling/target:Target": {
        summary: ["{scalableDimension} {minCapacity}-{maxCapacity}"],
        fakeOutputs: { id: (request) => request.text("resourceId", request.name) },
        forceNew: forceNew("appautoscaling/target", ["resourceId", "scalableDimension", "serviceNamespace"]),
        exclusive: [
            merged(
                "application-autoscaling",
                "RegisterScalableTarget",
                "serviceNamespace resourceId scalableDimension",
            ),
        ],
        recovery: { importId: "{serviceNamespace}/{resourceId}/{scalableDimension}" },
        children: "listed",
        grants: [
            writeGrant("application-autoscaling: RegisterScalableTarget", withRequestTag(scalableTargets)),
            writeGrant("application-autoscaling: TagResource", untaggedOnly(scalableTargets)),
            writeGrant(
                "application-autoscaling: DeregisterScalableTarget RegisterScalableTarget TagResource UntagResource",
                withResourceTag(scalableTargets),
            ),
            listGrant("application-autoscaling: DescribeScalableTargets"),
            readGrant(
                "application-autoscaling: ListTagsForResource",
                withResourceTag(regionalArns("application-autoscaling", "scalable-target/*")),
            ),
            createServiceLinkedRole("ecs.application-autoscaling.amazonaws.com"),
            createServiceLinkedRole("dynamodb.application-autoscaling.amazonaws.com"),
        ],
    },
};
