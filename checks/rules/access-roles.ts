import type { Plan } from "../../plan/plan.ts";
import { accessOf, allows } from "../../analysis/iam/policies.ts";
import { grouped } from "../../analysis/iam/group-actions.ts";
import { elsewhere, unowned } from "../../analysis/iam/actions-without-resource.ts";
import { needsOf } from "../../analysis/iam/required-permissions.ts";
import { loansOf, type Loan } from "../../analysis/iam/required-permissions/role-assignments.ts";
import { all, text, unless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { against, allowing, demanded, isOf, many, type OwnedStatement } from "../../analysis/iam/statements.ts";

const isKey = isOf("kms/key:Key");
const isEndpoint = isOf("ec2/vpcEndpoint:VpcEndpoint");

/** Rows of the ledger that a statement on all resources stands on; undefined for an action that has none. */
export function rowsFor(statement: OwnedStatement, account: string): (string | undefined)[] {
    if (isKey(statement)) {
        return ["key"];
    }
    if (isEndpoint(statement) && demanded(statement, "aws:ResourceAccount").join() === account) {
        return ["endpoint"];
    }
    return many(statement.Action ?? "*").map((action) => (action in unowned ? action : undefined));
}

/** Statements that are about all resources. */
export const onAll = (plan: Plan): OwnedStatement[] =>
    allowing(plan).filter(({ Resource }) => many(Resource).includes("*"));

/** What distinguishes one work from another: type, input, and the resource or what several of its kind belong to. */
const workOf = ({ type, input, node, shared }: Loan): string => [type, input, shared?.(node) ?? node.name].join(" ");

export const accessRoleRules: readonly Rule[] = [
    {
        name: "wildcards-in-the-ledger",
        promise: "a wildcard for resources stands only where AWS offers no other",
        fix: "Name the ARNs, or write the action with AWS's reason and page in `analysis/iam/actions-without-resource.ts`.",
        controls: ["PCI-7.2.2", "KMS.1", "KMS.2", "CKV_AWS_355", "CKV_AWS_290"],
        about: ["*"],
        check: (plan) => {
            const { account } = accessOf(plan);
            return against(
                onAll(plan).filter((statement) => rowsFor(statement, account).includes(undefined)),
                "must name its resources",
            );
        },
        evidence: (plan) => {
            const { account } = accessOf(plan);
            const rows = new Set(onAll(plan).flatMap((statement) => rowsFor(statement, account)));
            return Object.entries({ ...elsewhere, ...unowned })
                .filter(([row]) => rows.has(row))
                .map(([row, { why, source }]) => `${row}: ${why} (${source})`);
        },
    },
    {
        name: "roles-within-boundary",
        promise: "every role stays within the boundary that the stack names",
        fix: "Make the role with `grantRole`, which gives it the boundary.",
        controls: ["PCI-7.2.2"],
        about: ["iam/role:Role"],
        check: (plan, { permissionsBoundaryArn = "" }) =>
            unless(
                all(plan, "iam/role:Role"),
                (node) => text(node, "permissionsBoundary") === permissionsBoundaryArn,
                permissionsBoundaryArn === "" ? "have no boundary" : `have the boundary ${permissionsBoundaryArn}`,
            ),
    },
    {
        name: "roles-have-one-work",
        promise: "every role is lent to one workload, and has the rights for its work",
        fix: "Give each workload a role of its own, and take away a role that nothing uses.",
        controls: ["PCI-7.2.2", "PCI-7.2.5"],
        about: ["iam/role:Role"],
        check: (plan) => {
            const { roles } = accessOf(plan);
            const loans = grouped(loansOf(plan), ({ role }) => role);
            const nodes = roles.map(({ node }) => node);
            const arns = new Map(roles.map(({ node, arn }) => [node, arn]));
            const worksOf = (arn = "") => [...new Set((loans.get(arn) ?? []).map(workOf))];
            const needy = new Set(needsOf(plan).map(({ principal }) => principal));
            const idle = roles.filter(
                ({ arn, identity }) => needy.has(arn) && identity.every((document) => allows(document).length === 0),
            );
            return [
                ...unless(nodes, (node) => worksOf(arns.get(node)).length > 0, "be lent to something"),
                ...unless(
                    nodes,
                    (node) => worksOf(arns.get(node)).length < 2,
                    (node) => `serve one work, not ${worksOf(arns.get(node)).join(" and ")}`,
                ),
                ...unless(nodes, (node) => idle.every((role) => role.node !== node), "have a policy for its work"),
            ];
        },
    },
];
