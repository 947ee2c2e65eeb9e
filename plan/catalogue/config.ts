import {
    allResources,
    passRoles,
    readGrant,
    regionalArns,
    untaggedOnly,
    withRequestTag,
    withResourceTag,
    writeGrant,
    listGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom } from "./protection-checks.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const recorders = regionalArns("config", "configuration-recorder/payment-config-{suffix}/*");
export const configRuleArns = regionalArns("config", "config-rule/*");

export const config: ServiceRows = {
    "aws:cfg/deliveryChannel:DeliveryChannel": {
        name: { maxLength: 256 },
        forceNew: forceNew("configservice/delivery_channel", ["name"]),
        otherKeyInputs: ["s3KmsKeyArn"],
        exclusive: [refused("config", "PutDeliveryChannel", "", "MaxNumberOfDeliveryChannelsExceededException")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "config: DeleteDeliveryChannel PutDeliveryChannel",
                allResources("AWS names no resource for this action"),
            ),
            listGrant("config: DescribeDeliveryChannels"),
        ],
    },
    "aws:cfg/recorder:Recorder": {
        name: { maxLength: 256 },
        forceNew: forceNew("configservice/configuration_recorder", ["name"]),
        protector: { risk: "changes of the account's resources leave no record" },
        exclusive: [
            refused("config", "PutConfigurationRecorder", "", "MaxNumberOfConfigurationRecordersExceededException"),
        ],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "config: DeleteConfigurationRecorder PutConfigurationRecorder TagResource UntagResource",
                recorders,
            ),
            listGrant("config: DescribeConfigurationRecorders"),
            passRoles,
        ],
    },
    "aws:cfg/recorderStatus:RecorderStatus": {
        name: { maxLength: 256 },
        forceNew: forceNew("configservice/configuration_recorder_status", []),
        weakerInputs: [
            {
                check: changedFrom("isEnabled", true),
                risk: "changes of the account's resources leave no record",
                source: "https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html",
            },
        ],
        protector: {
            risk: "changes of the account's resources leave no record",
            protects: "aws:cfg/recorder:Recorder",
        },
        exclusive: [merged("config", "StartConfigurationRecorder", "name")],
        recovery: { importId: "{name}" },
        children: { none: "it is the switch of its recorder" },
        grants: [
            writeGrant("config: StartConfigurationRecorder StopConfigurationRecorder", recorders),
            listGrant("config: DescribeConfigurationRecorderStatus"),
        ],
    },
    "aws:cfg/rule:Rule": {
        name: { maxLength: 128 },
        forceNew: forceNew("configservice/config_rule", ["name"]),
        protector: { risk: "AWS Config no longer checks this", protects: "aws:cfg/recorder:Recorder" },
        exclusive: [merged("config", "PutConfigRule", "name")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
            writeGrant("config: PutConfigRule", withRequestTag(configRuleArns)),
            writeGrant("config: TagResource", untaggedOnly(configRuleArns)),
            writeGrant(
                "config: DeleteConfigRule PutConfigRule TagResource UntagResource",
                withResourceTag(configRuleArns),
            ),
            readGrant("config: ListTagsForResource", withResourceTag(configRuleArns)),
            listGrant("config: DescribeConfigRules"),
        ],
    },
};
