import {
    AddRoleToInstanceProfileCommand,
    AttachRolePolicyCommand,
    CreateInstanceProfileCommand,
    DeleteInstanceProfileCommand,
    DeleteRolePolicyCommand,
    DetachRolePolicyCommand,
    PutRolePolicyCommand,
    RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateGrantCommand, DeleteAliasCommand, RevokeGrantCommand } from "@aws-sdk/client-kms";
import {
    DeleteResourcePolicyCommand,
    PutResourcePolicyCommand,
    PutSecretValueCommand,
    RemoveRegionsFromReplicationCommand,
    ReplicateSecretToRegionsCommand,
    UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { requireResponse, type ManualAddition } from "./addition.ts";

const role = "iam/role:Role";
const key = "kms/key:Key";
const secret = "secretsmanager/secret:Secret";

const readObjectsPolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::payment-audit-*/*" }],
});
const publicPolicy = (Action: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }],
    });

export const identityAdditions: readonly ManualAddition[] = [
    {
        under: role,
        item: "inline policy",
        opens: /^role payment-api-task-dev-\w{7} may additionally s3:GetObject on arn:aws:s3:::payment-audit-\*\/\*$/,
        add: async ({ iam }, find) => {
            const policy = { RoleName: find(role, "payment-api-task").id, PolicyName: "by-hand" };
            await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: readObjectsPolicy }));
            return { key: `${policy.RoleName}:by-hand`, remove: () => iam.send(new DeleteRolePolicyCommand(policy)) };
        },
    },
    {
        under: role,
        item: "attached policy",
        opens: /may additionally do all that arn:aws:iam::aws:policy\/AdministratorAccess allows$/,
        add: async ({ iam }, find) => {
            const policy = {
                RoleName: find(role, "payment-validator").id,
                PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
            };
            await iam.send(new AttachRolePolicyCommand(policy));
            return { key: policy.PolicyArn, remove: () => iam.send(new DetachRolePolicyCommand(policy)) };
        },
    },
    {
        under: role,
        item: "instance profile",
        opens: /^an EC2 instance may get the rights of role payment-validator-dev/,
        add: async ({ iam }, find) => {
            const InstanceProfileName = "by-hand";
            const member = { InstanceProfileName, RoleName: find(role, "payment-validator").id };
            await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
            await iam.send(new AddRoleToInstanceProfileCommand(member));
            return {
                key: InstanceProfileName,
                remove: async () => {
                    await iam.send(new RemoveRoleFromInstanceProfileCommand(member));
                    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
                },
            };
        },
    },
    {
        under: key,
        item: "grant",
        opens: /^arn:aws:iam::111122223333:root may use the key to Decrypt$/,
        add: async ({ kms }, find) => {
            const KeyId = find(key).id;
            const GranteePrincipal = "arn:aws:iam::111122223333:root";
            const { GrantId } = await kms.send(
                new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["Decrypt"] }),
            );
            return {
                key: requireResponse(GrantId),
                remove: () => kms.send(new RevokeGrantCommand({ KeyId, GrantId })),
            };
        },
    },
    {
        under: key,
        item: "alias",
        opens: /^who may use keys by the name alias\/by-hand gets this one$/,
        add: async ({ kms }, find) => {
            const AliasName = "alias/by-hand";
            await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: find(key).id }));
            return { key: AliasName, remove: () => kms.send(new DeleteAliasCommand({ AliasName })) };
        },
    },
    {
        under: secret,
        item: "resource policy",
        opens: /^anybody may secretsmanager:GetSecretValue on \*$/,
        add: async ({ secrets }, find) => {
            const SecretId = find(secret, "cache-token").arn;
            const ResourcePolicy = publicPolicy("secretsmanager:GetSecretValue");
            await secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
            return { key: SecretId, remove: () => secrets.send(new DeleteResourcePolicyCommand({ SecretId })) };
        },
    },
    {
        under: secret,
        item: "version",
        opens: /^who asks for by-hand gets a value that the program did not set$/,
        add: async ({ secrets }, find) => {
            const SecretId = find(secret, "merchant").arn;
            const { VersionId } = await secrets.send(
                new PutSecretValueCommand({ SecretId, SecretString: "by hand", VersionStages: ["by-hand"] }),
            );
            const stage = { SecretId, VersionStage: "by-hand", RemoveFromVersionId: VersionId };
            const remove = () => secrets.send(new UpdateSecretVersionStageCommand(stage));
            return { key: requireResponse(VersionId), remove };
        },
    },
    {
        under: secret,
        item: "setting",
        opens: /^who may read secrets in eu-west-1 may read a copy of this one$/,
        add: async ({ secrets }, find) => {
            const SecretId = find(secret, "cache-token").arn;
            await secrets.send(
                new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: [{ Region: "eu-west-1" }] }),
            );
            const copies = { SecretId, RemoveReplicaRegions: ["eu-west-1"] };
            const remove = () => secrets.send(new RemoveRegionsFromReplicationCommand(copies));
            return { key: "copy in eu-west-1", remove };
        },
    },
];
