import {
    automaticNamePattern,
    untaggedOnly,
    allResources,
    fixedNamePattern,
    keyUseGrants,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    readGrant,
    stackRoles,
    withConditions,
    writeGrant,
    type Conditions,
    type DeployerGrant,
    type DeployerGrants,
} from "../grant.ts";

/** Left out of the policy when the stack sets no boundary. */
const withBoundary: Conditions = { StringEquals: { "iam:PermissionsBoundary": "{boundary?}" } };
const attachablePolicies: Conditions = { ArnEquals: { "iam:PolicyARN": "{attached}" } };

export const kmsKeys = regionalArns("kms", "key/*");
const aliases = regionalArns("kms", `alias/${fixedNamePattern}`);
export const secrets = regionalArns("secretsmanager", `secret:${automaticNamePattern}-??????`);

/** The provider reads the value, too, to compare it. */
const readSecretValue: DeployerGrant = readGrant("secretsmanager: GetSecretValue", secrets);
/** Reading a value takes its key, also for who only looks. */
const decryptSecretValue: DeployerGrant = readGrant(
    "kms: Decrypt",
    withConditions(withResourceTag(kmsKeys), { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } }),
);

export const identityGrants: DeployerGrants = {
    "iam/role:Role": [
        writeGrant("iam: CreateRole", withConditions(stackRoles, withBoundary)),
        writeGrant(
            "iam: PutRolePermissionsBoundary",
            withConditions(stackRoles, { StringEquals: { "iam:PermissionsBoundary": "{boundary}" } }),
        ),
        writeGrant(
            "iam: DeleteRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
            stackRoles,
        ),
        readGrant(
            "iam: GetRole ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags",
            stackRoles,
        ),
    ],
    "iam/rolePolicy:RolePolicy": [
        writeGrant("iam: PutRolePolicy", withConditions(stackRoles, withBoundary)),
        writeGrant("iam: DeleteRolePolicy", stackRoles),
        readGrant("iam: GetRolePolicy", stackRoles),
    ],
    "iam/rolePolicyAttachment:RolePolicyAttachment": [
        writeGrant("iam: AttachRolePolicy", withConditions(stackRoles, { ...attachablePolicies, ...withBoundary })),
        writeGrant("iam: DetachRolePolicy", withConditions(stackRoles, attachablePolicies)),
        readGrant("iam: ListAttachedRolePolicies", stackRoles),
    ],
    "kms/key:Key": [
        writeGrant("kms: CreateKey", withRequestTag(allResources("a key has no ARN before it exists"))),
        writeGrant("kms: TagResource", untaggedOnly(kmsKeys)),
        writeGrant(
            "kms: DisableKey DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
            withResourceTag(kmsKeys),
        ),
        readGrant("kms: DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags", withResourceTag(kmsKeys)),
    ],
    "kms/alias:Alias": [
        writeGrant("kms: CreateAlias DeleteAlias UpdateAlias", aliases),
        // Both ends of an alias must allow it.
        writeGrant("kms: CreateAlias DeleteAlias UpdateAlias", withResourceTag(kmsKeys)),
        readGrant("kms: ListAliases", allResources(listsEverything)),
    ],
    "secretsmanager/secret:Secret": [
        writeGrant(
            "secretsmanager: CreateSecret DeleteSecret PutResourcePolicy TagResource UntagResource UpdateSecret",
            secrets,
        ),
        readGrant("secretsmanager: DescribeSecret GetResourcePolicy", secrets),
        ...keyUseGrants,
    ],
    "secretsmanager/secretVersion:SecretVersion": [
        writeGrant("secretsmanager: PutSecretValue UpdateSecretVersionStage", secrets),
        readGrant("secretsmanager: DescribeSecret", secrets),
        readSecretValue,
        decryptSecretValue,
    ],
};
