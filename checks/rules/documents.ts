import { dnsSuffixOf } from "../../lib/partitions.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { isObjectOrArray, stackFindingUnless } from "../../plan/query.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import type { Rule } from "../rule.ts";
import { includesEveryone } from "../../analysis/iam/principals.ts";
import {
    accountOfPlan,
    planLocationOf,
    statementFindings,
    allowStatementsOfPlan,
    requiredConditionValues,
    isStatementOfType,
    toArray,
    type PlannedStatement,
    type ParsedStatement,
} from "../../analysis/iam/statements.ts";

const isKeyPolicy = isStatementOfType("kms/key:Key");
const isEndpointPolicy = isStatementOfType("ec2/vpcEndpoint:VpcEndpoint");

/** ARNs of other partitions, and host names of the region with the suffix of another one. */
function namesOfOtherPartitions({ inputs }: PlanNode, partition: string, region: string): string[] {
    const suffix = dnsSuffixOf(region);
    const found: string[] = [];
    visitNonSecretStrings(inputs, (text) => {
        const arns = [...text.matchAll(/\barn:(aws[a-z-]*):[a-z0-9-]*/g)].filter(([, other]) => other !== partition);
        const hosts = [...text.matchAll(/[a-z0-9.-]+\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)/g)].filter(
            ([, place, end]) => place === region && end !== suffix,
        );
        found.push(...[...arns, ...hosts].map(([name]) => name));
    });
    return [...new Set(found)];
}

export const documentRules: readonly Rule[] = [
    {
        name: "one-partition",
        description: "ARNs and host names are those of the partition in which the stack's region is",
        fix: "Build the name from the partition and the region of the stack (`lib/partitions.ts`).",
        check: (plan) => {
            const { partition, region } = planLocationOf(plan);
            return plan.nodes.flatMap((node) =>
                namesOfOtherPartitions(node, partition, region).map((name) => ({
                    node,
                    reason: `must name resources of ${partition}, not ${name}`,
                })),
            );
        },
    },
    {
        name: "no-service-wide-actions",
        description: "No policy allows all actions of a service",
        fix: "List the actions that the caller uses.",
        check: (plan) => {
            const serviceWideStatements = allowStatementsOfPlan(plan).filter(({ Action }) =>
                toArray(Action).some((action) => /^\*$|:\*$/.test(action)),
            );
            const root = `arn:aws:iam::${accountOfPlan(plan)}:root`;
            const delegatesToAccountRoot = (statement: PlannedStatement) =>
                isKeyPolicy(statement) &&
                toArray(statement.Action).join() === "kms:*" &&
                isObjectOrArray(statement.Principal) &&
                String(statement.Principal.AWS).replace(/^arn:[^:]+:/, "arn:aws:") === root;
            return [
                ...stackFindingUnless(allowStatementsOfPlan(plan).length > 0, "there are no policies"),
                ...statementFindings(
                    serviceWideStatements.filter((statement) => !delegatesToAccountRoot(statement)),
                    "must list its actions",
                ),
            ];
        },
    },
    {
        name: "no-allow-by-exception",
        description: "No Allow statement uses NotAction, NotResource or NotPrincipal",
        fix: "List what is allowed in `Action`, `Resource` and `Principal`.",
        check: (plan) =>
            statementFindings(
                allowStatementsOfPlan(plan).filter(
                    (statement) =>
                        "NotAction" in statement || "NotResource" in statement || "NotPrincipal" in statement,
                ),
                "must not use NotAction, NotResource or NotPrincipal",
            ),
    },
    {
        name: "no-outside-principals",
        description: "No policy allows access from outside the account",
        fix: "Name the principal, or require `aws:PrincipalAccount` in an endpoint policy.",
        check: (plan) => {
            const account = accountOfPlan(plan);
            const isEcrLayerBucket = ({ Action, Resource }: ParsedStatement) =>
                toArray(Action).join() === "s3:GetObject" &&
                /^arn:[^:]+:s3:::prod-[a-z0-9-]+-starport-layer-bucket\/\*$/.test(toArray(Resource).join());
            const isOwnAccountOnly = (statement: ParsedStatement) =>
                requiredConditionValues(statement, "aws:PrincipalAccount").join() === account;
            return statementFindings(
                allowStatementsOfPlan(plan).filter(
                    (statement) =>
                        includesEveryone(statement) &&
                        !(isEndpointPolicy(statement) && (isOwnAccountOnly(statement) || isEcrLayerBucket(statement))),
                ),
                "must not allow all principals",
            );
        },
    },
];
