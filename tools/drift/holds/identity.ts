import {
    GetRolePolicyCommand,
    paginateListAttachedRolePolicies,
    paginateListInstanceProfilesForRole,
    paginateListRolePolicies,
    type IAMClient,
} from "@aws-sdk/client-iam";
import { paginateListAliases, paginateListGrants, type GrantListEntry } from "@aws-sdk/client-kms";
import { part } from "../../../plan/query.ts";
import { allOf } from "../../deploy/clients.ts";
import { stateOf } from "../../../plan/state.ts";
import { everything, lists, ours, read, roles } from "../../../analysis/deployer/grant.ts";
import { keys } from "../../../analysis/deployer/grants/identity.ts";
import { listing, resourceOf, type Holds, type Parent } from "../listing.ts";
import { allowedIn, orUnknown, some } from "../words.ts";

/** Names of the policies that are written into a role. */
export const inlinePolicies = (client: IAMClient, RoleName: string): Promise<string[]> =>
    allOf(paginateListRolePolicies({ client }, { RoleName }), (page) => page.PolicyNames);

export const attachedPolicies = (client: IAMClient, RoleName: string) =>
    allOf(paginateListAttachedRolePolicies({ client }, { RoleName }), (page) => page.AttachedPolicies);

/** A policy written into a role. IAM answers encoded as in a URL. */
export async function inlinePolicy(iam: IAMClient, RoleName: string, PolicyName: string): Promise<string> {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return decodeURIComponent(PolicyDocument);
}

const ofRole = [
    listing<string>({
        item: "inline policy",
        rights: [read("iam: ListRolePolicies GetRolePolicy", roles)],
        list: ({ iam }, { id }) => inlinePolicies(iam, id),
        key: (policy, { id }) => `${id}:${policy}`,
        planned: { "iam/rolePolicy:RolePolicy": ({ id }) => id },
        opens: async (policy, { id }, { iam }) =>
            `role ${id} may additionally ${allowedIn(await inlinePolicy(iam, id, policy))}`,
        remove: (policy, { id }) => `aws iam delete-role-policy --role-name ${id} --policy-name ${policy}`,
    }),
    listing({
        item: "attached policy",
        rights: [read("iam: ListAttachedRolePolicies", roles)],
        list: ({ iam }, { id }) => attachedPolicies(iam, id),
        key: ({ PolicyArn }, { id }) => `${id} ${PolicyArn}`,
        planned: {
            "iam/rolePolicyAttachment:RolePolicyAttachment": ({ text }) => `${text("role")} ${text("policyArn")}`,
        },
        opens: ({ PolicyArn }, { id }) => `role ${id} may additionally do all that ${PolicyArn} allows`,
        remove: ({ PolicyArn }, { id }) => `aws iam detach-role-policy --role-name ${id} --policy-arn ${PolicyArn}`,
    }),
    listing({
        item: "instance profile",
        rights: [read("iam: ListInstanceProfilesForRole", roles)],
        list: ({ iam: client }, { id }) =>
            allOf(paginateListInstanceProfilesForRole({ client }, { RoleName: id }), (page) => page.InstanceProfiles),
        key: ({ InstanceProfileName }) => InstanceProfileName,
        opens: (_, { id }) => `an EC2 instance may get the rights of role ${id}, where the role's trust policy lets it`,
        remove: ({ InstanceProfileName }, { id }) =>
            `aws iam remove-role-from-instance-profile --instance-profile-name ${InstanceProfileName} --role-name ${id}`,
    }),
];

/** Services that keep the stack's data under its keys and make grants for that, by the type of what they keep. */
const grantees: Readonly<Record<string, { readonly type: string; readonly source: string }>> = {
    dynamodb: {
        type: "aws:dynamodb/table:Table",
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
    },
    ecr: {
        type: "aws:ecr/repository:Repository",
        source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
    },
    elasticache: {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html",
    },
    rds: {
        type: "aws:rds/cluster:Cluster",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html",
    },
};

/** A principal is a role, or a session of it: `assumed-role/<role>/<session>`. */
const isRole = (principal: string, roleArn: string): boolean =>
    principal === roleArn || principal.includes(`:assumed-role/${part(roleArn, "/", -1)}/`);

const holdsA = ({ state }: Parent, type: string): boolean => state.resources.some((each) => each.type === type);

const ofKey = [
    listing({
        item: "grant",
        rights: [read("kms: ListGrants", ours(keys))],
        list: ({ kms: client }, { arn }) =>
            allOf(paginateListGrants({ client }, { KeyId: arn }), (page) => page.Grants),
        key: ({ GrantId }) => GrantId,
        planned: { "kms/grant:Grant": ({ text }) => text("grantId") },
        byAws: [
            ...Object.entries(grantees).map(([service, { type, source }]) => ({
                what: `a grant that ${service} made for what it keeps under the key`,
                source,
                // One that somebody made for a service has `GranteeServicePrincipal` instead
                // (https://docs.aws.amazon.com/kms/latest/developerguide/grant-view.html).
                is: ({ GranteePrincipal = "" }: GrantListEntry, parent: Parent) =>
                    new RegExp(`^${service}(\\.[a-z0-9-]+)?\\.amazonaws\\.com$`).test(GranteePrincipal) &&
                    holdsA(parent, type),
            })),
            {
                what: "a grant that Lambda made for a function's environment variables",
                source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
                is: ({ Constraints, Operations = [], GranteePrincipal }, { state }) =>
                    stateOf(state, "lambda/function:Function")
                        .map(resourceOf)
                        .some(
                            ({ arn, text }) =>
                                arn === Constraints?.EncryptionContextEquals?.["aws:lambda:FunctionArn"] &&
                                isRole(GranteePrincipal, text("role")),
                        ) && Operations.every((operation) => ["Decrypt", "RetireGrant"].includes(operation)),
            },
        ],
        opens: ({ GranteePrincipal, GranteeServicePrincipal, Operations }: GrantListEntry) =>
            `${orUnknown(GranteePrincipal ?? GranteeServicePrincipal)} may use the key to ${some(Operations, Infinity)}`,
        remove: ({ GrantId }, { arn }) => `aws kms revoke-grant --key-id ${arn} --grant-id ${GrantId}`,
    }),
    listing({
        item: "alias",
        rights: [read("kms: ListAliases", everything(lists))],
        list: ({ kms: client }, { id }) =>
            allOf(paginateListAliases({ client }, { KeyId: id }), (page) => page.Aliases),
        key: ({ AliasName }) => AliasName,
        planned: { "kms/alias:Alias": ({ id }) => id },
        opens: ({ AliasName }) => `who may use keys by the name ${AliasName} gets this one`,
        remove: ({ AliasName }) => `aws kms delete-alias --alias-name ${AliasName}`,
    }),
];

export const identity: Readonly<Record<string, Holds>> = {
    "iam/role:Role": ofRole,
    "iam/rolePolicy:RolePolicy": "it is the document of a role's policy, which Pulumi's refresh compares",
    "iam/rolePolicyAttachment:RolePolicyAttachment": "it says that a role has a policy, and nothing else",
    "kms/key:Key": ofKey,
    "kms/alias:Alias": "it is a name of its key, and nothing else",
};
