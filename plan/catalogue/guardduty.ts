import {
    allResources,
    createServiceLinkedRole,
    readGrant,
    regionalArns,
    untaggedOnly,
    withRequestTag,
    withResourceTag,
    writeGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

export const detectors = regionalArns("guardduty", "detector/*");

export const guardduty: ServiceRows = {
    "aws:guardduty/detector:Detector": {
        forceNew: forceNew("guardduty/detector", []),
        weakerInputs: [
            {
                check: changedFrom("enable", true),
                risk: "GuardDuty finds nothing",
                source: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html",
            },
        ],
        protector: { risk: "GuardDuty finds nothing, and its findings are deleted" },
        exclusive: [refused("guardduty", "CreateDetector", "", "BadRequestException")],
        recovery: "lookup",
        children: "listed",
        grants: [
            writeGrant(
                "guardduty: CreateDetector",
                withRequestTag(allResources("a detector has no ARN before it exists")),
            ),
            writeGrant("guardduty: TagResource", untaggedOnly(detectors)),
            writeGrant(
                "guardduty: DeleteDetector TagResource UntagResource UpdateDetector",
                withResourceTag(detectors),
            ),
            readGrant("guardduty: GetDetector ListTagsForResource", detectors),
            createServiceLinkedRole("guardduty.amazonaws.com"),
        ],
    },
    "aws:guardduty/detectorFeature:DetectorFeature": {
        name: { maxLength: 64, uniqueWithin: "a detector of the stack; AWS has chosen the name" },
        forceNew: forceNew("guardduty/detector_feature", ["additionalConfigurations.name", "detectorId", "name"]),
        weakerInputs: [
            {
                check: changedFrom("status", "ENABLED"),
                risk: "GuardDuty no longer looks there",
                source: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
            },
        ],
        protector: {
            risk: "GuardDuty no longer looks there",
            protects: "aws:guardduty/detector:Detector",
        },
        wholeLists: [
            {
                of: "RUNTIME_MONITORING",
                input: "additionalConfigurations",
                key: "name",
                items: ["EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"],
                source: "https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorAdditionalConfigurationResult.html",
            },
        ],
        exclusive: [merged("guardduty", "UpdateDetector", "detectorId name")],
        recovery: { createAgain: "the second creation writes the same values again" },
        children: { none: "it is a switch of its detector" },
        grants: [
            writeGrant("guardduty: UpdateDetector", withResourceTag(detectors)),
            readGrant("guardduty: GetDetector", detectors),
        ],
    },
};
