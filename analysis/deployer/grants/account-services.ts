import {
    untaggedOnly,
    allResources,
    createServiceLinkedRole,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    passRoles,
    readGrant,
    writeGrant,
    type DeployerGrants,
} from "../grant.ts";

export const detectors = regionalArns("guardduty", "detector/*");
export const configRuleArns = regionalArns("config", "config-rule/*");
const recorders = regionalArns("config", "configuration-recorder/payment-config-{suffix}/*");
export const securityHubArns = regionalArns("securityhub", "hub/default");

/** What AWS has once in an account and region, whoever made it. */
export const accountServiceGrants: DeployerGrants = {
    "guardduty/detector:Detector": [
        writeGrant("guardduty: CreateDetector", withRequestTag(allResources("a detector has no ARN before it exists"))),
        writeGrant("guardduty: TagResource", untaggedOnly(detectors)),
        writeGrant("guardduty: DeleteDetector TagResource UntagResource UpdateDetector", withResourceTag(detectors)),
        readGrant("guardduty: GetDetector ListTagsForResource", detectors),
        createServiceLinkedRole("guardduty.amazonaws.com"),
    ],
    "guardduty/detectorFeature:DetectorFeature": [
        writeGrant("guardduty: UpdateDetector", withResourceTag(detectors)),
        readGrant("guardduty: GetDetector", detectors),
    ],
    "cfg/recorder:Recorder": [
        writeGrant("config: DeleteConfigurationRecorder PutConfigurationRecorder TagResource UntagResource", recorders),
        readGrant("config: DescribeConfigurationRecorders", allResources(listsEverything)),
        passRoles,
    ],
    "cfg/recorderStatus:RecorderStatus": [
        writeGrant("config: StartConfigurationRecorder StopConfigurationRecorder", recorders),
        readGrant("config: DescribeConfigurationRecorderStatus", allResources(listsEverything)),
    ],
    "cfg/deliveryChannel:DeliveryChannel": [
        writeGrant(
            "config: DeleteDeliveryChannel PutDeliveryChannel",
            allResources("AWS names no resource for this action"),
        ),
        readGrant("config: DescribeDeliveryChannels", allResources(listsEverything)),
    ],
    "cfg/rule:Rule": [
        writeGrant("config: PutConfigRule", withRequestTag(configRuleArns)),
        writeGrant("config: TagResource", untaggedOnly(configRuleArns)),
        writeGrant("config: DeleteConfigRule PutConfigRule TagResource UntagResource", withResourceTag(configRuleArns)),
        readGrant("config: ListTagsForResource", withResourceTag(configRuleArns)),
        readGrant("config: DescribeConfigRules", allResources(listsEverything)),
    ],
    "securityhub/account:Account": [
        writeGrant("securityhub: DisableSecurityHub EnableSecurityHub UpdateSecurityHubConfiguration", securityHubArns),
        readGrant("securityhub: DescribeHub", securityHubArns),
        createServiceLinkedRole("securityhub.amazonaws.com"),
    ],
    "securityhub/standardsSubscription:StandardsSubscription": [
        writeGrant("securityhub: BatchDisableStandards BatchEnableStandards", securityHubArns),
        readGrant("securityhub: GetEnabledStandards", securityHubArns),
    ],
};
