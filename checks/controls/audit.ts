import type { ControlGroup } from "./control-group.ts";

/** Buckets, logs, trail and detection. */
export const auditControls: readonly ControlGroup[] = [
    {
        ids: ["S3.1", "S3.2", "S3.3", "S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"],
        title: "Buckets block public access",
        requirements: ["PCI-1.4.4"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["S3.5", "CKV_AWS_379"],
        title: "Buckets refuse what does not come over TLS",
        requirements: ["PCI-4.2.1"],
        rules: ["tls-only-policies"],
    },
    {
        ids: ["S3.9", "CKV_AWS_18", "CloudTrail.7"],
        title: "Accesses to buckets are logged, except to the log itself",
        requirements: ["PCI-10.2.1"],
        rules: ["buckets-complete"],
    },
    {
        ids: ["S3.12", "CKV2_AWS_43", "aws-s3-bucket-disallow-public-read"],
        title: "Buckets take no access lists",
        requirements: ["PCI-7.2.2"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["S3.10", "S3.13", "CKV2_AWS_61"],
        title: "Objects move and expire",
        requirements: ["PCI-3.2.1", "PCI-10.5.1"],
        rules: ["buckets-complete", "records-kept-as-set"],
    },
    {
        ids: ["CKV_AWS_300"],
        title: "Unfinished uploads are cleared away",
        requirements: ["PCI-3.2.1"],
        rules: ["uploads-aborted"],
    },
    {
        ids: ["S3.14", "CKV_AWS_21"],
        title: "Buckets keep versions",
        requirements: ["PCI-10.3.2"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["S3.15", "CKV_AWS_143"],
        title: "Objects can be locked",
        requirements: ["PCI-10.3.2", "PCI-10.5.1"],
        rules: ["records-lockable"],
    },
    {
        ids: ["S3.17", "CKV_AWS_19", "CKV_AWS_145"],
        title: "Buckets are encrypted with a key of the platform, or S3's own where AWS takes no other",
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
        title: "The bucket itself names its encryption and replica",
        requirements: ["PCI-3.5.1"],
        unmetReason: "The checks read inputs of the bucket that the provider has moved to resources of their own",
    },
    {
        ids: ["S3.7", "CKV_AWS_144"],
        title: "Buckets are copied to another region",
        requirements: ["PCI-12.10.1"],
        unmetReason: "The platform runs in one region by decision",
    },
    {
        ids: ["S3.11", "CKV2_AWS_62"],
        title: "Buckets tell what happens in them",
        requirements: ["PCI-10.2.1"],
        unmetReason: "The trail records accesses to records, and access logs the others",
    },
    {
        ids: ["S3.20"],
        title: "Versions are deleted with MFA only",
        requirements: ["PCI-10.3.2"],
        unmetReason: "Only the account's root user can turn it on, and no stack could then be destroyed",
    },
    {
        ids: ["S3.22", "S3.23"],
        title: "Data events of all buckets are recorded",
        requirements: ["PCI-10.2.1"],
        unmetReason:
            "The trail records accesses to the audit records; those of other systems are not the platform's to record",
    },
    {
        ids: ["S3.6", "CKV_AWS_70", "CKV_AWS_93"],
        title: "Buckets are open to nobody else",
        requirements: ["PCI-7.2.2"],
        rules: ["no-outside-principals"],
    },
    {
        ids: ["CloudTrail.1", "CloudTrail.3", "CKV_AWS_67", "CKV_AWS_251"],
        title: "A trail of all regions is on",
        requirements: ["PCI-10.2.1"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.2", "CKV_AWS_35"],
        title: "The trail is encrypted with a key of the platform",
        requirements: ["PCI-10.3.2"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["CloudTrail.4", "CKV_AWS_36"],
        title: "A change of the trail's files is noticed",
        requirements: ["PCI-10.3.4"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.5", "CKV2_AWS_10"],
        title: "The trail goes to CloudWatch",
        requirements: ["PCI-10.4.1.1"],
        rules: ["trail-complete"],
    },
    {
        ids: ["CloudTrail.6"],
        title: "The trail's bucket is private",
        requirements: ["PCI-10.3.2"],
        rules: ["stores-locked-down", "buckets-complete"],
    },
    {
        ids: ["CKV_AWS_252"],
        title: "The trail tells a topic of each file",
        requirements: ["PCI-10.7.2"],
        unmetReason: "Files come every five minutes and nobody reads such mail; alarms watch the log group",
    },
    {
        ids: [
            "CloudWatch.1",
            "CloudWatch.2",
            "CloudWatch.3",
            "CloudWatch.4",
            "CloudWatch.5",
            "CloudWatch.6",
            "CloudWatch.7",
            "CloudWatch.8",
            "CloudWatch.9",
            "CloudWatch.10",
            "CloudWatch.11",
            "CloudWatch.12",
            "CloudWatch.13",
            "CloudWatch.14",
        ],
        title: "Changes of the account raise alarms",
        requirements: ["PCI-10.4.1.1", "PCI-10.7.2"],
        unmetReason:
            "The account's owner watches root, IAM and networks for all systems; the trail gives what is needed",
    },
    {
        ids: ["CloudWatch.15", "CloudWatch.17", "CKV_AWS_319"],
        title: "Alarms act",
        requirements: ["PCI-10.7.2"],
        rules: ["alarms-notify-topics"],
    },
    {
        ids: ["CloudWatch.16", "CKV_AWS_66", "CKV_AWS_158"],
        title: "Log groups keep and encrypt what they hold",
        requirements: ["PCI-10.5.1"],
        rules: ["encrypted-with-own-keys", "logs-kept-as-set"],
    },
    {
        ids: ["CKV_AWS_338"],
        title: "Log groups keep it for a year",
        requirements: ["PCI-10.5.1"],
        unmetReason:
            "Dev and staging hold no payments and keep application logs shorter; audit logs and production keep a year",
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
        title: "GuardDuty watches the account",
        requirements: ["PCI-11.5.1"],
        unmetReason:
            "An account has one detector: the committed stacks leave it to the account's owner, accountServices.guardDuty creates it",
    },
    {
        ids: ["Config.1", "CKV_AWS_121", "CKV2_AWS_45", "CKV2_AWS_48"],
        title: "AWS Config records all changes",
        requirements: ["PCI-11.5.2"],
        unmetReason:
            "An account has one recorder: the committed stacks leave it to the account's owner, accountServices.config creates it",
    },
    {
        ids: ["CKV_AWS_297"],
        title: "What a schedule hands to its target is encrypted with a key of the platform",
        requirements: ["PCI-3.6.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["EventBridge.3"],
        title: "Event buses have policies",
        requirements: ["PCI-7.2.5"],
        unmetReason: "The platform has no bus of its own: its rules stand on the default one",
    },
];
