import type { ControlGroup } from "./control-group.ts";

/** Keys, secrets, roles and users. */
export const keysAndAccessControls: readonly ControlGroup[] = [
    {
        ids: ["SecretsManager.1", "SecretsManager.2", "SecretsManager.4", "CKV_AWS_304", "CKV2_AWS_57"],
        title: "Secrets are rotated",
        requirements: ["PCI-8.3.9", "PCI-8.6.3"],
        unmetReason:
            "RDS rotates the database's secret by schedule; operators rotate the tokens of the cache and of the merchants' API and merchants' keys with `npm run rotate`, as merchants must change to a new key themselves",
    },
    {
        ids: ["SecretsManager.3"],
        title: "Unused secrets are removed",
        requirements: ["PCI-8.6.3"],
        unmetReason: "A plan does not show when a secret was last used",
    },
    {
        ids: ["CKV_AWS_149", "aws-secretsmanager-secret-configure-customer-managed-key"],
        title: "Secrets are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.6.1", "PCI-8.6.3"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["aws-secretsmanager-secret-missing-description"],
        title: "Secrets have a description",
        requirements: ["PCI-8.6.3"],
        rules: ["secrets-described"],
    },
    {
        ids: ["KMS.4", "CKV_AWS_7", "aws-kms-key-enable-key-rotation"],
        title: "KMS keys are rotated every year",
        requirements: ["PCI-3.7.4"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["KMS.5", "CKV_AWS_33", "CKV2_AWS_64"],
        title: "KMS key policies allow no public or cross-account access",
        requirements: ["PCI-3.6.1", "PCI-7.2.2"],
        rules: ["no-outside-principals"],
    },
    {
        ids: ["KMS.1", "KMS.2"],
        title: "No policy allows decryption with all KMS keys",
        requirements: ["PCI-3.6.1", "PCI-7.2.5"],
        rules: ["workloads-have-no-extra-permissions", "wildcards-listed"],
    },
    {
        ids: ["KMS.3"],
        title: "No KMS key is scheduled for deletion",
        requirements: ["PCI-3.6.1"],
        unmetReason:
            "Keys of a destroyed stack are scheduled for deletion by design; of a running stack, key-loss-reported reports it",
    },
    {
        ids: [
            "CKV_AWS_227",
            "aws-kms-key-missing-description",
            "aws-kms-key-disallow-bypass-policy-lockout-safety-check",
        ],
        title: "KMS keys are enabled, have a description and keep the policy lockout safety check",
        requirements: ["PCI-3.6.1"],
        rules: ["keys-described"],
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
        title: "IAM policies allow neither all actions nor all actions of a service",
        requirements: ["PCI-7.2.2", "PCI-7.2.5"],
        rules: ["no-service-wide-actions", "no-privilege-escalation"],
    },
    {
        ids: ["CKV_AWS_290", "CKV_AWS_355"],
        title: "IAM policies name their resources, except for actions without resource ARNs",
        requirements: ["PCI-7.2.5"],
        rules: ["wildcards-listed"],
    },
    {
        ids: ["CKV2_AWS_40"],
        title: "IAM policies do not allow all IAM actions",
        requirements: ["PCI-7.2.5"],
        rules: ["no-service-wide-actions"],
    },
    {
        ids: ["CKV_AWS_60", "CKV_AWS_61"],
        title: "Role trust policies name specific services",
        requirements: ["PCI-7.2.5"],
        rules: ["narrow-trust"],
    },
    {
        ids: ["CKV_AWS_274", "CKV_AWS_275", "CKV2_AWS_56"],
        title: "No role has an administrator policy",
        requirements: ["PCI-7.2.2"],
        rules: ["no-administrators"],
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
        title: "IAM users have strong passwords, MFA and rotated access keys",
        requirements: ["PCI-8.3.9"],
        unmetReason:
            "The platform creates no IAM users: people sign in through IAM Identity Center, except those whom bootstrap/break-glass.yaml names, each with MFA. `npm run evidence` lists the access keys of all users",
    },
];
