import {
    autonamed,
    claimed,
    everything,
    fixed,
    keyUse,
    lists,
    madeOurs,
    named,
    ours,
    read,
    roles,
    where,
    write,
    type Conditions,
    type Grant,
    type Grants,
} from "../grant.ts";

/** Left out of the policy when the stack sets no boundary. */
const bounded: Conditions = { StringEquals: { "iam:PermissionsBoundary": "{boundary?}" } };
const attachable: Conditions = { ArnEquals: { "iam:PolicyARN": "{attached}" } };

export const keys = named("kms", "key/*");
const aliases = named("kms", `alias/${fixed}`);
export const secrets = named("secretsmanager", `secret:${autonamed}-??????`);

/** The provider reads the value, too, to compare it. */
const value: Grant = read("secretsmanager: GetSecretValue", secrets);
/** Reading a value takes its key, also for who only looks. */
const valueKey: Grant = read(
    "kms: Decrypt",
    where(ours(keys), { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } }),
);

export const identity: Grants = {
    "iam/role:Role": [
        write("iam: CreateRole", where(roles, bounded)),
        write(
            "iam: PutRolePermissionsBoundary",
            where(roles, { StringEquals: { "iam:PermissionsBoundary": "{boundary}" } }),
        ),
        write("iam: DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription", roles),
        read("iam: GetRole ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags", roles),
    ],
    "iam/rolePolicy:RolePolicy": [
        write("iam: PutRolePolicy", where(roles, bounded)),
        write("iam: DeleteRolePolicy", roles),
        read("iam: GetRolePolicy", roles),
    ],
    "iam/rolePolicyAttachment:RolePolicyAttachment": [
        write("iam: AttachRolePolicy", where(roles, { ...attachable, ...bounded })),
        write("iam: DetachRolePolicy", where(roles, attachable)),
        read("iam: ListAttachedRolePolicies", roles),
    ],
    "kms/key:Key": [
        write("kms: CreateKey", madeOurs(everything("a key has no ARN before it exists"))),
        write("kms: TagResource", claimed(keys)),
        write(
            "kms: DisableKey DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
            ours(keys),
        ),
        read("kms: DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags", ours(keys)),
    ],
    "kms/alias:Alias": [
        write("kms: CreateAlias DeleteAlias UpdateAlias", aliases),
        // Both ends of an alias must allow it.
        write("kms: CreateAlias DeleteAlias UpdateAlias", ours(keys)),
        read("kms: ListAliases", everything(lists)),
    ],
    "secretsmanager/secret:Secret": [
        write(
            "secretsmanager: CreateSecret DeleteSecret PutResourcePolicy TagResource UntagResource UpdateSecret",
            secrets,
        ),
        read("secretsmanager: DescribeSecret GetResourcePolicy", secrets),
        ...keyUse,
    ],
    "secretsmanager/secretVersion:SecretVersion": [
        write("secretsmanager: PutSecretValue UpdateSecretVersionStage", secrets),
        read("secretsmanager: DescribeSecret", secrets),
        value,
        valueKey,
    ],
};
