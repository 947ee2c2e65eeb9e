import { maxNameLengths } from "../../lib/settings/names.ts";
import { readGrant, stackRoles, withConditions, writeGrant, type Conditions } from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew, nameInputs } from "./force-new.ts";
import { removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

const quotas = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

/** Left out of the policy when the stack sets no boundary. */
const withBoundary: Conditions = { StringEquals: { "iam:PermissionsBoundary": "{boundary?}" } };
const attachablePolicies: Conditions = { ArnEquals: { "iam:PolicyARN": "{attached}" } };

export const iam: ServiceRows = {
    "aws:iam/role:Role": {
        name: { maxLength: maxNameLengths.role },
        fakeOutputs: {
            arn: (request) => request.arn("iam", `role/${request.physicalName}`, { region: "" }),
            uniqueId: ({ hex }) => `AROA${hex(17).toUpperCase()}`,
        },
        sizeLimits: [{ input: "assumeRolePolicy", max: 2048, source: quotas }],
        providerDefaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
        forceNew: forceNew("iam/role", [...nameInputs, "path"]),
        weakerInputs: [
            {
                check: removed("permissionsBoundary"),
                risk: "nothing but its own policies bounds the role",
                source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
            },
        ],
        exclusive: [refused("iam", "CreateRole", "name", "EntityAlreadyExists")],
        recovery: { importId: "{name}" },
        children: "listed",
        grants: [
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
    },
    "aws:iam/rolePolicy:RolePolicy": {
        name: { maxLength: 128 },
        sizeLimits: [{ input: "policy", max: 10_240, sharedBy: "role", source: quotas }],
        forceNew: forceNew("iam/role_policy", [...nameInputs, "role"]),
        exclusive: [merged("iam", "PutRolePolicy", "role name")],
        recovery: { importId: "{role}:{name}" },
        children: { none: "it is the document of a role's policy, which Pulumi's refresh compares" },
        grants: [
            writeGrant("iam: PutRolePolicy", withConditions(stackRoles, withBoundary)),
            writeGrant("iam: DeleteRolePolicy", stackRoles),
            readGrant("iam: GetRolePolicy", stackRoles),
        ],
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        summary: ["{policyArn}"],
        forceNew: forceNew("iam/role_policy_attachment", ["policyArn", "role"]),
        exclusive: [merged("iam", "AttachRolePolicy", "role policyArn")],
        recovery: { importId: "{role}/{policyArn}" },
        children: { none: "it says that a role has a policy, and nothing else" },
        grants: [
            writeGrant("iam: AttachRolePolicy", withConditions(stackRoles, { ...attachablePolicies, ...withBoundary })),
            writeGrant("iam: DetachRolePolicy", withConditions(stackRoles, attachablePolicies)),
            readGrant("iam: ListAttachedRolePolicies", stackRoles),
        ],
    },
};
