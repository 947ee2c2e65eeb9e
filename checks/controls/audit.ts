import type { ControlGroup } from "./control-group.ts";

/** Buckets, logs, CloudTrail and detection services. */
export const auditControls: readonly ControlGroup[] = [
    {
        ids: ["S3.1", "S3.2", "S3.3", "S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"],
        title: "Buckets block public access",
        requirements: ["PCI-1.4.4"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["S3.5", "CKV_AWS_379"],
        title: "Buckets deny requests without TLS",
        requirements: ["PCI-4.2.1"],
        rules: ["tls-only-policies"],
    },
    {
        ids: ["S3.9", "CKV_AWS_18", "CloudTrail.7"],
        title: "Buckets have access logging, except the access log bucket itself",
        requirements: ["PCI-10.2.1"],
        rules: ["buckets-complete"],
    },
    {
        ids: ["S3.12", "CKV2_AWS_43", "aws-s3-bucket-disallow-public-read"],
        title: "Buckets have ACLs disabled",
        requirements: ["PCI-7.2.2"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["S3.10", "S3.13", "CKV2_AWS_61"],
        title: "Buckets have lifecycle rules with transitions and expiration",
        requirements: ["PCI-3.2.1", "PCI-10.5.1"],
        rules: ["buckets-complete", "records-kept-as-set"],
    },
    {
        ids: ["CKV_AWS_300"],
        title: "Lifecycle rules abort incomplete multipart uploads",
        requirements: ["PCI-3.2.1"],
        rules: ["uploads-aborted"],
    },
    {
        ids: ["S3.14", "CKV_AWS_21"],
        title: "Buckets have versioning",
        requirements: ["PCI-10.3.2"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["S3.15", "CKV_AWS_143"],
        title: "Buckets have Object Lock",
        requirements: ["PCI-10.3.2", "PCI-10.3.3", "PCI-10.5.1"],
        rules: ["records-lockable"],
    },
    {
        ids: ["S3.17", "CKV_AWS_19", "CKV_AWS_145"],
        title: "Buckets are encrypted with a KMS key of the platform, or with SSE-S3 where AWS supports no other",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: [
            "aws-s3-bucket-configure-server-side-encryption-kms",
            "aws-s3-bucket-configure-server-side-encryption-customer-managed-key",
            "aws-s3-bucket-enable-server-side-encryption",
            "aws-s3-bucket-enable-replication-configuration",
        ],
        title: "Inputs of the bucket itself set encryption and replication",
        requirements: ["PCI-3.5.1"],
        unmetReason: "The checks read inputs of the bucket that the provider has moved to separate resources",
    },
    {
        ids: ["S3.7", "CKV_AWS_144"],
        title: "Buckets have cross-region replication",
        requirements: ["PCI-12.10.1"],
        unmetReason: "The platform runs in one region by decision",
    },
    {
        ids: ["S3.11", "CKV2_AWS_62"],
        title: "Buckets have event notifications",
        requirements: ["PCI-10.2.1"],
        unmetReason: "CloudTrail data events record access to audit records, and access logs record other access",
    },
    {
        ids: ["S3.20"],
        title: "Buckets have MFA delete",
        requirements: ["PCI-10.3.2"],
        unmetReason: "Only the account's root user can enable it, and no stack could then be destroyed",
    },
    {
        ids: ["S3.22", "S3.23"],
        title: "CloudTrail records data events of all buckets",
        requirements: ["PCI-10.2.1"],
        unmetReason: "The trail records data events of the audit bucket; buckets of other systems are out of scope",
    },
    {
        ids: ["S3.6", "CKV_AWS_70", "CKV_AWS_93"],
        title: "Bucket policies allow no public or cross-account access",
        requirements: ["PCI-7.2.2"],
        rules: ["no-outside-principals"],
    },
    {
        ids: ["CloudTrail.1", "CloudTrail.3", "CKV_AWS_67", "CKV_AWS_251"],
        title: "A multi-region trail is enabled",
        requirements: ["PCI-10.2.1"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.2", "CKV_AWS_35"],
        title: "The trail is encrypted with a KMS key of the platform",
        requirements: ["PCI-10.3.2"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["CloudTrail.4", "CKV_AWS_36"],
        title: "The trail has log file validation",
        requirements: ["PCI-10.3.4"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.5", "CKV2_AWS_10"],
        title: "The trail sends events to CloudWatch Logs",
        requirements: ["PCI-10.3.3"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.6"],
        title: "The trail's bucket blocks public access",
        requirements: ["PCI-10.3.2"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["CKV_AWS_252"],
        title: "The trail notifies an SNS topic of each log file",
        requirements: ["PCI-10.7.2"],
        unmetReason:
            "CloudTrail delivers files every five minutes, too often for a notification; trail-change-reported reports what ends them",
    },
    {
        ids: [
            "CloudWatch.1",
            "CloudWatch.2",
            "CloudWatch.3",
            "CloudWatch.4",
            "CloudWatch.6",
            "CloudWatch.8",
            "CloudWatch.9",
            "CloudWatch.10",
            "CloudWatch.11",
            "CloudWatch.12",
            "CloudWatch.13",
            "CloudWatch.14",
        ],
        title: "Metric filters and alarms exist for changes of the account",
        requirements: ["PCI-10.7.2"],
        unmetReason: "Root, IAM and networks belong to all systems of an account, and its owner monitors them",
    },
    {
        ids: ["CloudWatch.5", "CloudWatch.7"],
        title: "Metric filters and alarms exist for changes of trails and for the loss of KMS keys",
        requirements: ["PCI-10.7.2"],
        unmetReason:
            "EventBridge rules report both without a metric filter, for the stack's own trail and keys: trail-change-reported and key-loss-reported",
    },
    {
        ids: ["CloudWatch.15", "CloudWatch.17", "CKV_AWS_319"],
        title: "Alarms have actions, and actions are enabled",
        requirements: ["PCI-10.7.2"],
        rules: ["alarms-notify-topics"],
    },
    {
        ids: ["CloudWatch.16", "CKV_AWS_66", "CKV_AWS_158"],
        title: "Log groups have a retention and encryption",
        requirements: ["PCI-10.5.1"],
        rules: ["encrypted-with-own-keys", "logs-kept-as-set"],
    },
    {
        ids: ["CKV_AWS_338"],
        title: "Log groups have a retention of a year or more",
        requirements: ["PCI-10.5.1"],
        unmetReason:
            "Dev has no payments and a shorter retention of application logs; with compliance PCI-DSS all logs have a year",
    },
    {
        ids: [
            "GuardDuty.1",
            "GuardDuty.6",
            "GuardDuty.7",
            "GuardDuty.9",
            "GuardDuty.10",
            "GuardDuty.11",
            "GuardDuty.12",
            "CKV_AWS_238",
            "CKV2_AWS_3",
        ],
        title: "GuardDuty is enabled",
        requirements: ["PCI-10.4.1.1", "PCI-11.5.1"],
        unmetReason:
            "An account has one detector: in the committed stacks the account's owner creates it, with accountServices.guardDuty a stack does",
    },
    {
        ids: ["Config.1", "CKV_AWS_121", "CKV2_AWS_45", "CKV2_AWS_48"],
        title: "AWS Config is enabled and records all resources",
        requirements: ["PCI-11.5.2"],
        unmetReason:
            "An account has one recorder: in the committed stacks the account's owner creates it, with accountServices.config a stack does",
    },
    {
        ids: ["CKV_AWS_297"],
        title: "EventBridge schedules are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["EventBridge.3"],
        title: "Custom event buses have a resource policy",
        requirements: ["PCI-7.2.5"],
        unmetReason: "The platform has no custom event bus: its rules are on the default event bus",
    },
];
