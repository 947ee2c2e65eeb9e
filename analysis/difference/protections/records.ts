import { changedTo, eachNamedItem, changedFrom, removed, shortened } from "./checks.ts";
import { encryptionRisk, type WeakerInput } from "./weaker-input.ts";

const cloudtrail = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide";

/** What tells of changes and attacks, by type. */
export const recordProtections: Readonly<Record<string, readonly WeakerInput[]>> = {
    "aws:cloudwatch/logGroup:LogGroup": [
        {
            check: shortened("retentionInDays"),
            risk: "CloudWatch deletes the events that are older",
            source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        },
        {
            check: removed("kmsKeyId"),
            risk: encryptionRisk,
            source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        },
    ],
    "aws:cloudtrail/trail:Trail": [
        {
            check: changedTo("enableLogging", false),
            risk: "nobody sees who changed what",
            source: `${cloudtrail}/cloudtrail-turning-off-logging.html`,
        },
        {
            check: changedFrom("enableLogFileValidation", true),
            risk: "nobody can prove that the records are whole",
            source: `${cloudtrail}/cloudtrail-log-file-validation-intro.html`,
        },
        {
            check: changedFrom("isMultiRegionTrail", true),
            risk: "calls in other regions leave no record",
            source: `${cloudtrail}/receive-cloudtrail-log-files-from-multiple-regions.html`,
        },
        {
            check: removed("kmsKeyId"),
            risk: encryptionRisk,
            source: `${cloudtrail}/encrypting-cloudtrail-log-files-with-aws-kms.html`,
        },
        {
            check: eachNamedItem("advancedEventSelectors", "name", [], () => "goes"),
            risk: "such calls leave no record",
            source: `${cloudtrail}/logging-data-events-with-cloudtrail.html`,
        },
    ],
    "aws:ec2/flowLog:FlowLog": [
        {
            check: changedFrom("trafficType", "ALL"),
            risk: "part of the traffic leaves no record",
            source: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
        },
    ],
    "aws:guardduty/detector:Detector": [
        {
            check: changedFrom("enable", true),
            risk: "GuardDuty finds nothing",
            source: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html",
        },
    ],
    "aws:guardduty/detectorFeature:DetectorFeature": [
        {
            check: changedFrom("status", "ENABLED"),
            risk: "GuardDuty no longer looks there",
            source: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html",
        },
    ],
    "aws:cfg/recorderStatus:RecorderStatus": [
        {
            check: changedFrom("isEnabled", true),
            risk: "changes of the account's resources leave no record",
            source: "https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html",
        },
    ],
};
