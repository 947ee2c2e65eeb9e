import {
    claimed,
    everything,
    linkedRole,
    lists,
    madeOurs,
    named,
    ours,
    passRoles,
    read,
    write,
    type Grants,
} from "../grant.ts";

export const detectors = named("guardduty", "detector/*");
export const configRules = named("config", "config-rule/*");
const recorders = named("config", "configuration-recorder/payment-config-{suffix}/*");
export const hub = named("securityhub", "hub/default");

/** What AWS has once in an account and region, whoever made it. */
export const accountServices: Grants = {
    "guardduty/detector:Detector": [
        write("guardduty: CreateDetector", madeOurs(everything("a detector has no ARN before it exists"))),
        write("guardduty: TagResource", claimed(detectors)),
        write("guardduty: DeleteDetector TagResource UntagResource UpdateDetector", ours(detectors)),
        read("guardduty: GetDetector ListTagsForResource", detectors),
        linkedRole("guardduty.amazonaws.com"),
    ],
    "guardduty/detectorFeature:DetectorFeature": [
        write("guardduty: UpdateDetector", ours(detectors)),
        read("guardduty: GetDetector", detectors),
    ],
    "cfg/recorder:Recorder": [
        write("config: DeleteConfigurationRecorder PutConfigurationRecorder TagResource UntagResource", recorders),
        read("config: DescribeConfigurationRecorders", everything(lists)),
        passRoles,
    ],
    "cfg/recorderStatus:RecorderStatus": [
        write("config: StartConfigurationRecorder StopConfigurationRecorder", recorders),
        read("config: DescribeConfigurationRecorderStatus", everything(lists)),
    ],
    "cfg/deliveryChannel:DeliveryChannel": [
        write("config: DeleteDeliveryChannel PutDeliveryChannel", everything("AWS names no resource for this action")),
        read("config: DescribeDeliveryChannels", everything(lists)),
    ],
    "cfg/rule:Rule": [
        write("config: PutConfigRule", madeOurs(configRules)),
        write("config: TagResource", claimed(configRules)),
        write("config: DeleteConfigRule PutConfigRule TagResource UntagResource", ours(configRules)),
        read("config: ListTagsForResource", ours(configRules)),
        read("config: DescribeConfigRules", everything(lists)),
    ],
    "securityhub/account:Account": [
        write("securityhub: DisableSecurityHub EnableSecurityHub UpdateSecurityHubConfiguration", hub),
        read("securityhub: DescribeHub", hub),
        linkedRole("securityhub.amazonaws.com"),
    ],
    "securityhub/standardsSubscription:StandardsSubscription": [
        write("securityhub: BatchDisableStandards BatchEnableStandards", hub),
        read("securityhub: GetEnabledStandards", hub),
    ],
};
