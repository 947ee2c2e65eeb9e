import { dnsSuffixOf } from "../../lib/partitions.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import type { Finding } from "../../plan/finding.ts";
import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { SizeLimit } from "../../plan/catalogue/row.ts";
import {
    arnOf,
    getPath,
    inputText,
    isObjectOrArray,
    resourcesOfType,
    splitPart,
    stackFindingUnless,
    toText,
    withoutAwsPrefix,
} from "../../plan/query.ts";
import { visitNonSecretStrings } from "../../plan/value.ts";
import type { Rule } from "../rule.ts";
import { actionsWithoutResource } from "../../analysis/iam/actions-without-resource.ts";
import { allowStatements, endpointPolicyOf, layerBucketArn } from "../../analysis/iam/policies.ts";
import { includesEveryone, principalsIn } from "../../analysis/iam/principals.ts";
import { allowsAgentImage } from "./guardduty-agent.ts";
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

/** The bucket of AWS from which ECR serves layers, to requests that ECR has signed. */
const isEcrLayerBucket = (plan: Plan, { Action, Resource }: ParsedStatement): boolean =>
    toArray(Action).join() === "s3:GetObject" &&
    toArray(Resource).join() === `${layerBucketArn(planLocationOf(plan))}/*`;

/** Resources whose inputs exceed a limit that AWS has for each of them, or for all that share it. */
const oversized = (plan: Plan, type: string, { input, max, sharedBy }: SizeLimit): Finding[] => {
    const nodes = resourcesOfType(plan, withoutAwsPrefix(type)).filter(
        ({ inputs }) => getPath(inputs, input) !== undefined,
    );
    const bytesOf = ({ inputs }: PlanNode) => Buffer.byteLength(toText(getPath(inputs, input)));
    const groups = Map.groupBy(nodes, (node) => (sharedBy === undefined ? node.urn : inputText(node, sharedBy)));
    return [...groups.values()].flatMap((group) => {
        const size = group.reduce((sum, node) => sum + bytesOf(node), 0);
        const of = sharedBy === undefined ? "" : ` of its ${sharedBy}`;
        const reason = `must have at most ${max} bytes in ${input}${of}, has ${size}`;
        return size <= max ? [] : group.map((node) => ({ node, reason }));
    });
};

export const documentRules: readonly Rule[] = [
    {
        name: "sizes-fit",
        description: "Policies and environment variables are within the size limits of AWS",
        fix: "Shorten the input: one statement for all resources with the same actions, or fewer resources.",
        check: (plan) =>
            typesWith("sizeLimits").flatMap(([type, limits]) =>
                limits.flatMap((limit) => oversized(plan, type, limit)),
            ),
    },
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
        fix: "Name principals of the account or AWS services, or require `aws:PrincipalAccount` in an endpoint policy.",
        check: (plan) => {
            const { account } = planLocationOf(plan);
            const isOwnAccountOnly = (statement: ParsedStatement) =>
                requiredConditionValues(statement, "aws:PrincipalAccount").join() === account;
            const isOwn = (principal: string) =>
                principal === "*" || principal === account || splitPart(principal, ":", 4) === account;
            return [
                ...statementFindings(
                    allowStatementsOfPlan(plan).filter(
                        (statement) =>
                            includesEveryone(statement) &&
                            !(
                                isEndpointPolicy(statement) &&
                                (isOwnAccountOnly(statement) || isEcrLayerBucket(plan, statement))
                            ),
                    ),
                    "must not allow all principals",
                ),
                ...statementFindings(
                    allowStatementsOfPlan(plan).filter(
                        ({ Principal }) =>
                            !principalsIn(Principal, "AWS").every(isOwn) ||
                            (isObjectOrArray(Principal) &&
                                Object.keys(Principal).some((kind) => !["AWS", "Service"].includes(kind))),
                    ),
                    "must allow only AWS services and principals of the account",
                ),
            ];
        },
    },
    {
        name: "no-outside-resources",
        description: "Endpoint policies allow only resources of the account, and images of AWS",
        fix: "Require `aws:ResourceAccount`, or name the ARNs of the resources.",
        check: (plan) => {
            const { account } = planLocationOf(plan);
            const buckets = resourcesOfType(plan, "s3/bucket:Bucket").map(arnOf);
            const isOwn = (resource: string) =>
                // Wildcards also match the colons between the parts of an ARN.
                new RegExp(`^arn(:[^:*?]*){3}:${account}:`).test(resource) ||
                buckets.includes(resource.replace(/\/.*$/, ""));
            const isInAccount = (statement: ParsedStatement) =>
                requiredConditionValues(statement, "aws:ResourceAccount").join() === account ||
                toArray(statement.Action ?? "*").every((action) => action in actionsWithoutResource) ||
                (statement.Resource !== undefined && toArray(statement.Resource).every(isOwn));
            return resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").flatMap((node) =>
                statementFindings(
                    allowStatements(endpointPolicyOf(node))
                        .filter(
                            (statement) =>
                                !isInAccount(statement) &&
                                !isEcrLayerBucket(plan, statement) &&
                                !allowsAgentImage(plan, statement),
                        )
                        .map((statement) => ({ ...statement, node })),
                    "must not allow resources outside the account",
                ),
            );
        },
    },
];
