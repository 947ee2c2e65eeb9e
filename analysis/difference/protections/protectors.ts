import { encryptionRisk } from "./weaker-input.ts";

/** A resource that does nothing but protect another, or keep a record of it. */
export interface Protector {
    /** What can happen without it. */
    readonly risk: string;
    /** Type of what it protects; where that goes as well, nothing is left to protect. Left out: the account, or the network. */
    readonly protects?: string;
}

const bucket = "aws:s3/bucket:Bucket";

/** Resources whose deletion takes protection away. */
export const protectors: Readonly<Record<string, Protector>> = {
    "aws:s3/bucketVersioning:BucketVersioning": { risk: "what is overwritten or deleted is gone", protects: bucket },
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
        risk: "records can be deleted before their time",
        protects: bucket,
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        risk: "a policy or an ACL can make the bucket public",
        protects: bucket,
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        risk: encryptionRisk,
        protects: bucket,
    },
    "aws:s3/bucketLogging:BucketLogging": { risk: "requests to the bucket leave no record", protects: bucket },
    "aws:s3/bucketPolicy:BucketPolicy": { risk: "S3 answers calls without TLS", protects: bucket },
    "aws:sqs/queuePolicy:QueuePolicy": { risk: "SQS answers calls without TLS", protects: "aws:sqs/queue:Queue" },
    "aws:sns/topicPolicy:TopicPolicy": { risk: "SNS answers calls without TLS", protects: "aws:sns/topic:Topic" },
    "aws:wafv2/webAclAssociation:WebAclAssociation": { risk: "requests pass without the firewall" },
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
        risk: "what the firewall blocks leaves no record",
        protects: "aws:wafv2/webAcl:WebAcl",
    },
    "aws:cloudtrail/trail:Trail": { risk: "nobody sees who changed what" },
    "aws:ec2/flowLog:FlowLog": { risk: "traffic leaves no record", protects: "aws:ec2/vpc:Vpc" },
    "aws:guardduty/detector:Detector": { risk: "GuardDuty finds nothing, and its findings go" },
    "aws:guardduty/detectorFeature:DetectorFeature": {
        risk: "GuardDuty no longer looks there",
        protects: "aws:guardduty/detector:Detector",
    },
    "aws:cfg/recorder:Recorder": { risk: "changes of the account's resources leave no record" },
    "aws:cfg/recorderStatus:RecorderStatus": {
        risk: "changes of the account's resources leave no record",
        protects: "aws:cfg/recorder:Recorder",
    },
    "aws:cfg/rule:Rule": { risk: "AWS Config no longer checks this", protects: "aws:cfg/recorder:Recorder" },
    "aws:securityhub/account:Account": { risk: "nothing checks the account" },
    "aws:securityhub/standardsSubscription:StandardsSubscription": {
        risk: "nothing checks the account against the standard",
        protects: "aws:securityhub/account:Account",
    },
};
