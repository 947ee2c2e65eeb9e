import { GetRoleCommand } from "@aws-sdk/client-iam";
import {
    DescribeKeyCommand,
    GetKeyPolicyCommand,
    GetKeyRotationStatusCommand,
    ListResourceTagsCommand,
} from "@aws-sdk/client-kms";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import {
    listAttachedPolicies,
    listInlinePolicies,
    getInlinePolicy,
} from "../../../tools/drift/child-listers/identity.ts";
import { tagsOf, type Listing, type Row } from "./row.ts";

export const accessRows: readonly Row[] = [
    {
        type: "iam/role:Role",
        read: async ({ iam }, { name }) => {
            const { Role: found } = await iam.send(new GetRoleCommand({ RoleName: name }));
            return (
                found && {
                    // IAM returns its policies URL-encoded.
                    assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
                    description: found.Description,
                    permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
    },
    {
        type: "kms/key:Key",
        read: async ({ kms }, { id }) => {
            const { KeyMetadata: found } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
            const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId: id }));
            const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: "default" }));
            const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: id }));
            return (
                found && {
                    description: found.Description,
                    isEnabled: found.Enabled,
                    enableKeyRotation: KeyRotationEnabled,
                    policy: Policy,
                    tagsAll: Object.fromEntries((Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue])),
                }
            );
        },
    },
    {
        type: "secretsmanager/secret:Secret",
        read: async ({ secrets }, { arn }) => {
            const found = await secrets.send(new DescribeSecretCommand({ SecretId: arn }));
            return { description: found.Description, kmsKeyId: found.KmsKeyId, tagsAll: tagsOf(found.Tags) };
        },
    },
];

export const accessListings: readonly Listing[] = [
    {
        type: "iam/rolePolicy:RolePolicy",
        under: "iam/role:Role",
        by: "role",
        list: async ({ iam }, { name: RoleName }) => {
            const names = await listInlinePolicies(iam, RoleName);
            return Promise.all(names.map(async (name) => ({ policy: await getInlinePolicy(iam, RoleName, name) })));
        },
    },
    {
        type: "iam/rolePolicyAttachment:RolePolicyAttachment",
        under: "iam/role:Role",
        by: "role",
        list: async ({ iam }, { name: RoleName }) => {
            const attached = await listAttachedPolicies(iam, RoleName);
            return attached.map(({ PolicyArn }) => ({ policyArn: PolicyArn }));
        },
    },
];
