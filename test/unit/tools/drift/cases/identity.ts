import { publicPolicy, resourceInState, type DriftCase } from "./case.ts";

const role = {
    under: "iam/role:Role",
    parent: { id: "payment-api", outputs: { arn: "arn:aws:iam::123456789012:role/payment-api" } },
};
const key = { under: "kms/key:Key", parent: { id: "key-1", outputs: { arn: "arn:key-1" } } };
const secret = { under: "secretsmanager/secret:Secret", parent: { outputs: { arn: "arn:secret" } } };
const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:payment-validator";
const functionRole = "arn:aws:iam::123456789012:role/payment-validator";
const functionGrantConstraints = { EncryptionContextEquals: { "aws:lambda:FunctionArn": functionArn } };

const policyCases: readonly DriftCase[] = [
    {
        ...role,
        item: "inline policy",
        state: [resourceInState("iam/rolePolicy:RolePolicy", { id: "payment-api:planned" })],
        answers: {
            ListRolePolicies: { PolicyNames: ["planned", "by-hand"] },
            GetRolePolicy: {
                PolicyDocument: encodeURIComponent(
                    JSON.stringify({
                        Statement: [
                            { Effect: "Deny", Action: "s3:*", Resource: "*" },
                            { Effect: "Allow", Action: ["iam:*", "sts:*"], Resource: "*" },
                            { Effect: "Allow", NotAction: "s3:*", Resource: "arn:x", Condition: { Bool: {} } },
                        ],
                    }),
                ),
            },
        },
        opens: "role payment-api may additionally iam:*, sts:* on *; all but some actions on arn:x under conditions",
        remove: "aws iam delete-role-policy --role-name payment-api --policy-name by-hand",
    },
    {
        ...role,
        item: "attached policy",
        state: [
            resourceInState("iam/rolePolicyAttachment:RolePolicyAttachment", {
                inputs: { role: "payment-api", policyArn: "arn:planned" },
            }),
            resourceInState("iam/rolePolicyAttachment:RolePolicyAttachment", {
                inputs: { role: "another", policyArn: "arn:other" },
            }),
        ],
        answers: {
            ListAttachedRolePolicies: { AttachedPolicies: [{ PolicyArn: "arn:planned" }, { PolicyArn: "arn:other" }] },
        },
        opens: "role payment-api may additionally do all that arn:other allows",
        remove: "aws iam detach-role-policy --role-name payment-api --policy-arn arn:other",
    },
    {
        ...role,
        item: "instance profile",
        answers: { ListInstanceProfilesForRole: { InstanceProfiles: [{ InstanceProfileName: "by-hand" }] } },
        knownCount: 0,
        opens: "an EC2 instance may get the rights of role payment-api, where the role's trust policy lets it",
        remove: "aws iam remove-role-from-instance-profile --instance-profile-name by-hand --role-name payment-api",
    },
];

/** Grants of a key; the last is the one that is not planned. */
const grantCase = (surplus: object, opens: string): DriftCase => ({
    ...key,
    item: "grant",
    state: [
        resourceInState("kms/grant:Grant", { outputs: { grantId: "g-0" } }),
        resourceInState("dynamodb/table:Table", {}),
        resourceInState("ecr/repository:Repository", {}),
        resourceInState("rds/cluster:Cluster", {}),
        resourceInState("elasticache/replicationGroup:ReplicationGroup", {}),
        resourceInState("lambda/function:Function", { outputs: { arn: functionArn, role: functionRole } }),
    ],
    answers: {
        ListGrants: {
            Grants: [
                { GrantId: "g-0", GranteePrincipal: "arn:aws:iam::123456789012:role/planned" },
                { GrantId: "g-1", GranteePrincipal: "dynamodb.us-east-1.amazonaws.com" },
                { GrantId: "g-2", GranteePrincipal: "ecr.us-east-1.amazonaws.com" },
                { GrantId: "g-3", GranteePrincipal: "elasticache.amazonaws.com" },
                { GrantId: "g-4", GranteePrincipal: "rds.us-east-1.amazonaws.com" },
                {
                    GrantId: "g-5",
                    GranteePrincipal: "arn:aws:sts::123456789012:assumed-role/payment-validator/payment-validator",
                    Operations: ["Decrypt", "RetireGrant"],
                    Constraints: functionGrantConstraints,
                },
                {
                    GrantId: "g-6",
                    GranteePrincipal: functionRole,
                    Operations: ["Decrypt"],
                    Constraints: functionGrantConstraints,
                },
                { GrantId: "g-7", Operations: ["Decrypt", "Encrypt"], ...surplus },
            ],
        },
    },
    createdByAws: ["dynamodb made", "ecr made", "elasticache made", "rds made", "Lambda made", "Lambda made"],
    opens,
    remove: "aws kms revoke-grant --key-id arn:key-1 --grant-id g-7",
});

const keyCases: readonly DriftCase[] = [
    grantCase({ GranteePrincipal: "arn:thief" }, "arn:thief may use the key to Decrypt, Encrypt"),
    // Created by a person for a service, not by the service.
    grantCase(
        { GranteeServicePrincipal: "rds.us-east-1.amazonaws.com" },
        "rds.us-east-1.amazonaws.com may use the key to Decrypt, Encrypt",
    ),
    // A service that keeps nothing of the stack, and a name that only looks like a service's.
    grantCase(
        { GranteePrincipal: "redshift.amazonaws.com" },
        "redshift.amazonaws.com may use the key to Decrypt, Encrypt",
    ),
    grantCase({ GranteePrincipal: "rds.evil.com" }, "rds.evil.com may use the key to Decrypt, Encrypt"),
    // More than Lambda requests, and for a principal other than the function's role.
    grantCase(
        { GranteePrincipal: functionRole, Constraints: functionGrantConstraints },
        `${functionRole} may use the key to Decrypt, Encrypt`,
    ),
    grantCase(
        { GranteePrincipal: "arn:thief", Operations: ["Decrypt"], Constraints: functionGrantConstraints },
        "arn:thief may use the key to Decrypt",
    ),
    {
        ...key,
        item: "alias",
        state: [resourceInState("kms/alias:Alias", { id: "alias/payment" })],
        answers: { ListAliases: { Aliases: [{ AliasName: "alias/payment" }, { AliasName: "alias/by-hand" }] } },
        opens: "who may use keys by the name alias/by-hand gets this one",
        remove: "aws kms delete-alias --alias-name alias/by-hand",
    },
];

const secretCases: readonly DriftCase[] = [
    {
        ...secret,
        item: "resource policy",
        answers: { GetResourcePolicy: { ResourcePolicy: publicPolicy("secretsmanager:GetSecretValue") } },
        knownCount: 0,
        opens: "anybody may secretsmanager:GetSecretValue on *",
        remove: "aws secretsmanager delete-resource-policy --secret-id arn:secret",
    },
    {
        ...secret,
        item: "version",
        state: [
            resourceInState("secretsmanager/secretVersion:SecretVersion", {
                inputs: { secretId: "arn:secret" },
                outputs: { versionId: "v1" },
            }),
        ],
        answers: {
            ListSecretVersionIds: {
                Versions: [
                    // A version without a stage is not used, and Secrets Manager deletes it.
                    { VersionId: "v00" },
                    { VersionId: "v0", VersionStages: ["AWSPREVIOUS"] },
                    { VersionId: "v1", VersionStages: ["AWSCURRENT"] },
                    { VersionId: "v2", VersionStages: ["AWSPENDING"] },
                ],
            },
        },
        createdByAws: ["the version before", "the version before"],
        opens: "who asks for AWSPENDING gets a value that the program did not set",
        remove:
            "aws secretsmanager update-secret-version-stage --secret-id arn:secret --version-stage AWSPENDING " +
            "--remove-from-version-id v2 --move-to-version-id <the planned version>",
    },
    {
        ...secret,
        item: "version",
        // A secret of the program whose value is not in the state: somebody else has put it.
        answers: { ListSecretVersionIds: { Versions: [{ VersionId: "v9", VersionStages: ["AWSCURRENT"] }] } },
        knownCount: 0,
        opens: "who asks for AWSCURRENT gets a value that the program did not set",
        remove:
            "aws secretsmanager update-secret-version-stage --secret-id arn:secret --version-stage AWSCURRENT " +
            "--remove-from-version-id v9 --move-to-version-id <the planned version>",
    },
    {
        ...secret,
        parent: resourceInState(secret.under, secret.parent, "payment-payment-acquirer-dev"),
        item: "version",
        // Only the other secret has a value that the program set: this one is for an operator's.
        state: [
            resourceInState("secretsmanager/secretVersion:SecretVersion", {
                inputs: { secretId: "arn:other" },
                outputs: { versionId: "v1" },
            }),
        ],
        answers: {
            ListSecretVersionIds: {
                Versions: [
                    { VersionId: "o1", VersionStages: ["AWSPREVIOUS"] },
                    { VersionId: "o2", VersionStages: ["AWSCURRENT"] },
                    { VersionId: "o3", VersionStages: ["by-hand"] },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["the version before", "the value that an operator put"],
        opens: "who asks for by-hand gets a value that the program did not set",
        remove:
            "aws secretsmanager update-secret-version-stage --secret-id arn:secret --version-stage by-hand " +
            "--remove-from-version-id o3 --move-to-version-id <the planned version>",
    },
    {
        ...secret,
        item: "setting",
        answers: { DescribeSecret: { RotationEnabled: true, RotationLambdaARN: "arn:rotator", ReplicationStatus: [] } },
        knownCount: 0,
        opens: "arn:rotator reads the secret and sets its value",
        remove: "aws secretsmanager cancel-rotate-secret --secret-id arn:secret",
    },
    {
        ...secret,
        item: "setting",
        state: [
            resourceInState("secretsmanager/secretRotation:SecretRotation", { inputs: { secretId: "arn:secret" } }),
        ],
        answers: { DescribeSecret: { RotationEnabled: true, ReplicationStatus: [{ Region: "eu-west-1" }] } },
        opens: "who may read secrets in eu-west-1 may read a copy of this one",
        remove: "aws secretsmanager remove-regions-from-replication --secret-id arn:secret --remove-replica-regions eu-west-1",
    },
];

export const identityCases: readonly DriftCase[] = [...policyCases, ...keyCases, ...secretCases];
