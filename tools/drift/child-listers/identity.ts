import {
    GetRolePolicyCommand,
    paginateListAttachedRolePolicies,
    paginateListInstanceProfilesForRole,
    paginateListRolePolicies,
    type IAMClient,
} from "@aws-sdk/client-iam";
import { paginateListAliases, paginateListGrants, type GrantListEntry } from "@aws-sdk/client-kms";
import { splitPart } from "../../../plan/query.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import { withResourceTag, readGrant, stackRoles, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { kmsKeyArns } from "../../../plan/catalogue/kms.ts";
import { defineLister, toDriftResource, type ChildListers, type ParentResource } from "../listing.ts";
import { describePolicy, textOrUnknown, joinNames } from "../text.ts";

/** Names of the policies that are written into a role. */
export const listInlinePolicies = (client: IAMClient, RoleName: string): Promise<string[]> =>
    collectPages(paginateListRolePolicies({ client }, { RoleName }), (page) => page.PolicyNames);

export const listAttachedPolicies = (client: IAMClient, RoleName: string) =>
    collectPages(paginateListAttachedRolePolicies({ client }, { RoleName }), (page) => page.AttachedPolicies);

/** A policy written into a role. IAM answers encoded as in a URL. */
export async function getInlinePolicy(iam: IAMClient, RoleName: string, PolicyName: string): Promise<string> {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return decodeURIComponent(PolicyDocument);
}

const roleListers = [
    defineLister<string>({
        item: "inline policy",
        permissions: [readGrant("iam: ListRolePolicies GetRolePolicy", stackRoles)],
        list: ({ iam }, { id }) => listInlinePolicies(iam, id),
        key: (policy, { id }) => `${id}:${policy}`,
        planned: { "iam/rolePolicy:RolePolicy": ({ id }) => id },
        opens: async (policy, { id }, { iam }) =>
            `role ${id} may additionally ${describePolicy(await getInlinePolicy(iam, id, policy))}`,
        remove: (policy, { id }) => `aws iam delete-role-policy --role-name ${id} --policy-name ${policy}`,
    }),
    defineLister({
        item: "attached policy",
        permissions: [readGrant("iam: ListAttachedRolePolicies", stackRoles)],
        list: ({ iam }, { id }) => listAttachedPolicies(iam, id),
        key: ({ PolicyArn }, { id }) => `${id} ${PolicyArn}`,
        planned: {
            "iam/rolePolicyAttachment:RolePolicyAttachment": ({ text }) => `${text("role")} ${text("policyArn")}`,
        },
        opens: ({ PolicyArn }, { id }) => `role ${id} may additionally do all that ${PolicyArn} allows`,
        remove: ({ PolicyArn }, { id }) => `aws iam detach-role-policy --role-name ${id} --policy-arn ${PolicyArn}`,
    }),
    defineLister({
        item: "instance profile",
        permissions: [readGrant("iam: ListInstanceProfilesForRole", stackRoles)],
        list: ({ iam: client }, { id }) =>
            collectPages(
                paginateListInstanceProfilesForRole({ client }, { RoleName: id }),
                (page) => page.InstanceProfiles,
            ),
        key: ({ InstanceProfileName }) => InstanceProfileName,
        opens: (_, { id }) => `an EC2 instance may get the rights of role ${id}, where the role's trust policy lets it`,
        remove: ({ InstanceProfileName }, { id }) =>
            `aws iam remove-role-from-instance-profile --instance-profile-name ${InstanceProfileName} --role-name ${id}`,
    }),
];

/** Services that keep the stack's data under its keys and make grants for that, by the type of what they keep. */
const serviceGrantees: Readonly<Record<string, { readonly type: string; readonly source: string }>> = {
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
const isRoleOrItsSession = (principal: string, roleArn: string): boolean =>
    principal === roleArn || principal.includes(`:assumed-role/${splitPart(roleArn, "/", -1)}/`);

const hasResourceOfType = ({ state }: ParentResource, type: string): boolean =>
    state.resources.some((each) => each.type === type);

const keyListers = [
    defineLister({
        item: "grant",
        permissions: [readGrant("kms: ListGrants", withResourceTag(kmsKeyArns))],
        list: ({ kms: client }, { arn }) =>
            collectPages(paginateListGrants({ client }, { KeyId: arn }), (page) => page.Grants),
        key: ({ GrantId }) => GrantId,
        planned: { "kms/grant:Grant": ({ text }) => text("grantId") },
        byAws: [
            ...Object.entries(serviceGrantees).map(([service, { type, source }]) => ({
                what: `a grant that ${service} made for what it keeps under the key`,
                source,
                // One that somebody made for a service has `GranteeServicePrincipal` instead
                // (https://docs.aws.amazon.com/kms/latest/developerguide/grant-view.html).
                matches: ({ GranteePrincipal = "" }: GrantListEntry, parent: ParentResource) =>
                    new RegExp(`^${service}(\\.[a-z0-9-]+)?\\.amazonaws\\.com$`).test(GranteePrincipal) &&
                    hasResourceOfType(parent, type),
            })),
            {
                what: "a grant that Lambda made for a function's environment variables",
                source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
                matches: ({ Constraints, Operations = [], GranteePrincipal }, { state }) =>
                    stateResourcesOfType(state, "lambda/function:Function")
                        .map(toDriftResource)
                        .some(
                            ({ arn, text }) =>
                                arn === Constraints?.EncryptionContextEquals?.["aws:lambda:FunctionArn"] &&
                                isRoleOrItsSession(GranteePrincipal, text("role")),
                        ) && Operations.every((operation) => ["Decrypt", "RetireGrant"].includes(operation)),
            },
        ],
        opens: ({ GranteePrincipal, GranteeServicePrincipal, Operations }: GrantListEntry) =>
            `${textOrUnknown(GranteePrincipal ?? GranteeServicePrincipal)} may use the key to ${joinNames(Operations, Infinity)}`,
        remove: ({ GrantId }, { arn }) => `aws kms revoke-grant --key-id ${arn} --grant-id ${GrantId}`,
    }),
    defineLister({
        item: "alias",
        permissions: [listGrant("kms: ListAliases")],
        list: ({ kms: client }, { id }) =>
            collectPages(paginateListAliases({ client }, { KeyId: id }), (page) => page.Aliases),
        key: ({ AliasName }) => AliasName,
        planned: { "kms/alias:Alias": ({ id }) => id },
        opens: ({ AliasName }) => `who may use keys by the name ${AliasName} gets this one`,
        remove: ({ AliasName }) => `aws kms delete-alias --alias-name ${AliasName}`,
    }),
];

export const identityListersByType: Readonly<Record<string, ChildListers>> = {
    "iam/role:Role": roleListers,
    "kms/key:Key": keyListers,
};
