import type { Plan } from "../../plan/plan.ts";
import { accountPoliciesOf, allowStatements } from "../../analysis/iam/policies.ts";
import { wildcardExemptions, actionsWithoutResource } from "../../analysis/iam/actions-without-resource.ts";
import { requiredPermissionsOf } from "../../analysis/iam/required-permissions.ts";
import { roleAssignmentsOf, type RoleAssignment } from "../../analysis/iam/required-permissions/role-assignments.ts";
import { resourcesOfType, inputText, findingsUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import {
    statementFindings,
    allowStatementsOfPlan,
    requiredConditionValues,
    isStatementOfType,
    toArray,
    type PlannedStatement,
} from "../../analysis/iam/statements.ts";

const isKeyPolicy = isStatementOfType("kms/key:Key");
const isEndpointPolicy = isStatementOfType("ec2/vpcEndpoint:VpcEndpoint");

/** Listed exemptions that allow a statement on all resources; undefined for an action without one. */
export function wildcardExemptionsFor(statement: PlannedStatement, account: string): (string | undefined)[] {
    if (isKeyPolicy(statement)) {
        return ["key"];
    }
    if (isEndpointPolicy(statement) && requiredConditionValues(statement, "aws:ResourceAccount").join() === account) {
        return ["endpoint"];
    }
    return toArray(statement.Action ?? "*").map((action) => (action in actionsWithoutResource ? action : undefined));
}

export const statementsOnAllResources = (plan: Plan): PlannedStatement[] =>
    allowStatementsOfPlan(plan).filter(({ Resource }) => toArray(Resource).includes("*"));

/** Identifies a workload: type, input, and the resource or the resource that several of this type share. */
const workloadOf = ({ type, input, node, shared }: RoleAssignment): string =>
    [type, input, shared?.(node) ?? node.name].join(" ");

export const accessRoleRules: readonly Rule[] = [
    {
        name: "wildcards-listed",
        description: "Policies use `*` as a resource only where AWS supports no resource ARN",
        fix: "Name the ARNs, or list the action with AWS's reason and page in `analysis/iam/actions-without-resource.ts`.",
        check: (plan) => {
            const { account } = accountPoliciesOf(plan);
            return statementFindings(
                statementsOnAllResources(plan).filter((statement) =>
                    wildcardExemptionsFor(statement, account).includes(undefined),
                ),
                "must name its resources",
            );
        },
        evidence: (plan) => {
            const { account } = accountPoliciesOf(plan);
            const rows = new Set(
                statementsOnAllResources(plan).flatMap((statement) => wildcardExemptionsFor(statement, account)),
            );
            return Object.entries({ ...wildcardExemptions, ...actionsWithoutResource })
                .filter(([row]) => rows.has(row))
                .map(([row, { why, source }]) => `${row}: ${why} (${source})`);
        },
    },
    {
        name: "roles-within-boundary",
        description: "Every role has the permissions boundary that the stack sets",
        fix: "Create the role with `grantRole`, which sets the boundary.",
        check: (plan, { permissionsBoundaryArn = "" }) =>
            findingsUnless(
                resourcesOfType(plan, "iam/role:Role"),
                (node) => inputText(node, "permissionsBoundary") === permissionsBoundaryArn,
                permissionsBoundaryArn === "" ? "have no boundary" : `have the boundary ${permissionsBoundaryArn}`,
            ),
    },
    {
        name: "roles-have-one-workload",
        description: "Every role is used by exactly one workload, and has a policy for it",
        fix: "Give each workload its own role, and delete a role that nothing uses.",
        check: (plan) => {
            const { roles } = accountPoliciesOf(plan);
            const assignmentsByRole = Map.groupBy(roleAssignmentsOf(plan), ({ role }) => role);
            const nodes = roles.map(({ node }) => node);
            const arns = new Map(roles.map(({ node, arn }) => [node, arn]));
            const workloadsOf = (arn = "") => [...new Set((assignmentsByRole.get(arn) ?? []).map(workloadOf))];
            const rolesWithRequiredPermissions = new Set(requiredPermissionsOf(plan).map(({ principal }) => principal));
            const rolesWithoutPermissions = roles.filter(
                ({ arn, identityPolicies }) =>
                    rolesWithRequiredPermissions.has(arn) &&
                    identityPolicies.every((document) => allowStatements(document).length === 0),
            );
            return [
                ...findingsUnless(nodes, (node) => workloadsOf(arns.get(node)).length > 0, "be used by a workload"),
                ...findingsUnless(
                    nodes,
                    (node) => workloadsOf(arns.get(node)).length < 2,
                    (node) => `be used by one workload, not ${workloadsOf(arns.get(node)).join(" and ")}`,
                ),
                ...findingsUnless(
                    nodes,
                    (node) => rolesWithoutPermissions.every((role) => role.node !== node),
                    "have a policy for its workload",
                ),
            ];
        },
    },
];
