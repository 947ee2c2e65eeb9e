import type { ControlGroup } from "./control-group.ts";

/** Keys, secrets, roles and people. */
export const keysAndAccessControls: readonly ControlGroup[] = [
    {
        ids: ["SecretsManager.1", "SecretsManager.2", "SecretsManager.4", "CKV_AWS_304", "CKV2_AWS_57"],
        title: "Secrets are rotated",
        requirements: ["PCI-8.3.9", "PCI-8.6.3"],
        unmetReason:
            "RDS rotates the database's own; the cache's token and merchants' keys change when their holders agree, by hand",
    },
    {
        ids: ["SecretsManager.3"],
        title: "No secret lies about unused",
        requirements: ["PCI-8.6.3"],
        unmetReason: "AWS measures use, which no plan shows",
    },
    {
        ids: ["CKV_AWS_149", "aws-secretsmanager-secret-configure-customer-managed-key"],
        title: "Secrets are encrypted with a key of the platform",
        requirements: ["PCI-3.6.1", "PCI-8.6.3"],
    },
    {
        ids: ["aws-secretsmanager-secret-missing-description"],
        title: "Secrets say what they open",
        requirements: ["PCI-8.6.3"],
    },
    {
        ids: ["KMS.4", "CKV_AWS_7", "aws-kms-key-enable-key-rotation"],
        title: "Keys are rotated every year",
        requirements: ["PCI-3.7.4"],
    },
    {
        ids: ["KMS.5", "CKV_AWS_33", "CKV2_AWS_64"],
        title: "Keys have policies, which let no stranger in",
        requirements: ["PCI-3.6.1", "PCI-7.2.2"],
    },
    {
        ids: ["KMS.1", "KMS.2"],
        title: "Nobody may decrypt with every key",
        requirements: ["PCI-3.6.1", "PCI-7.2.5"],
    },
    {
        ids: ["KMS.3"],
        title: "No key is about to be deleted",
        requirements: ["PCI-3.6.1"],
        unmetReason: "Keys of a destroyed stack wait for their deletion, as they should",
    },
    {
        ids: [
            "CKV_AWS_227",
            "aws-kms-key-missing-description",
            "aws-kms-key-disallow-bypass-policy-lockout-safety-check",
        ],
        title: "Keys are on, described and manageable",
        requirements: ["PCI-3.6.1"],
    },
    {
        ids: [
            "IAM.1",
            "IAM.21",
            "CKV_AWS_62",
            "CKV_AWS_63",
            "CKV_AWS_286",
            "CKV_AWS_287",
            "CKV_AWS_288",
            "CKV_AWS_289",
        ],
        title: "No policy allows everything, or every action of a service",
        requirements: ["PCI-7.2.2", "PCI-7.2.5"],
    },
    {
        ids: ["CKV_AWS_290", "CKV_AWS_355"],
        title: "Policies name their resources, except where AWS takes none",
        requirements: ["PCI-7.2.5"],
    },
    {
        ids: ["CKV2_AWS_40"],
        title: "No policy allows all of IAM",
        requirements: ["PCI-7.2.5"],
    },
    {
        ids: ["CKV_AWS_60", "CKV_AWS_61"],
        title: "Roles are taken by named services only",
        requirements: ["PCI-7.2.5"],
    },
    {
        ids: ["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
        title: "Nobody is an administrator",
        requirements: ["PCI-7.2.2"],
    },
    {
        ids: [
            "IAM.3",
            "IAM.5",
            "IAM.6",
            "IAM.7",
            "IAM.8",
            "IAM.9",
            "IAM.11",
            "IAM.12",
            "IAM.13",
            "IAM.14",
            "IAM.15",
            "IAM.16",
            "IAM.17",
            "IAM.18",
            "IAM.19",
        ],
        title: "Users have strong passwords, MFA and fresh keys",
        requirements: ["PCI-8.3.9"],
        unmetReason: "The platform has no IAM users: people sign in through the account's identity centre",
    },
];
