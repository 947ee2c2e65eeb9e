import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    inputText,
    findingsUnless,
    stackFindingUnless,
    withoutAwsPrefix,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { policiesAttachedTo, resourcePolicyTypes } from "../../analysis/iam/resource-policies.ts";
import {
    accountOfPlan,
    statementFindings,
    allowStatementsOfPlan,
    requiredConditionValues,
    isStatementOfType,
    toArray,
    parseStatements,
    statementsOfPlan,
    type PlannedStatement,
    type ParsedStatement,
} from "../../analysis/iam/statements.ts";

/** Prevents confused deputy attacks: the service must act for resources of this account. */
const restrictsSourceAccount = (statement: ParsedStatement, account: string) =>
    requiredConditionValues(statement, "aws:SourceAccount").includes(account) ||
    [
        ...requiredConditionValues(statement, "aws:SourceArn"),
        ...requiredConditionValues(statement, "kms:EncryptionContext:aws:logs:arn"),
    ].some((arn) => arn.split(":")[4] === account);

/**
 * Services that do not support `aws:SourceAccount` or `aws:SourceArn` in a trust policy. Acceptable, because passing
 * them the role requires `iam:PassRole` in this account.
 */
const servicesWithoutSourceCondition: Readonly<Record<string, { account?: true; why: string }>> = {
    "lambda.amazonaws.com": { why: "Lambda assumes the role before the function exists" },
    "apigateway.amazonaws.com": {
        why: "AWS documents no source condition for the account's role, and checks the role",
    },
    "config.amazonaws.com": { account: true, why: "AWS documents no ARN of the recorder to compare" },
};

const trustedService = ({ Principal }: ParsedStatement): string =>
    isObjectOrArray(Principal) && typeof Principal.Service === "string" ? Principal.Service : "";

const isTrustPolicy = isStatementOfType("iam/role:Role");

const deniesPlainHttp = (statement: ParsedStatement, resources: readonly string[]) =>
    statement.Effect === "Deny" &&
    isObjectOrArray(statement.Principal) &&
    statement.Principal.AWS === "*" &&
    statement.Condition?.Bool?.["aws:SecureTransport"] === "false" &&
    resources.every((resource) => toArray(statement.Resource).includes(resource));

export const trustRules: readonly Rule[] = [
    {
        name: "services-trusted-for-own-account",
        description: "Policies allow AWS services to act only for this account",
        fix: "Require `aws:SourceAccount` or `aws:SourceArn` in the condition of the statement.",
        check: (plan) => {
            const supportsNoSourceCondition = (statement: PlannedStatement) => {
                const exception = isTrustPolicy(statement)
                    ? servicesWithoutSourceCondition[trustedService(statement)]
                    : undefined;
                return exception !== undefined && !exception.account;
            };
            const statementsForServices = allowStatementsOfPlan(plan).filter(
                ({ Principal }) => isObjectOrArray(Principal) && "Service" in Principal,
            );
            return [
                ...stackFindingUnless(statementsForServices.length > 0, "no statement allows an AWS service"),
                ...statementFindings(
                    statementsForServices.filter(
                        (statement) =>
                            !restrictsSourceAccount(statement, accountOfPlan(plan)) &&
                            !supportsNoSourceCondition(statement),
                    ),
                    "must require the account in a condition",
                ),
            ];
        },
    },
    {
        name: "narrow-trust",
        description: "Every role trusts one AWS service, and only for this account",
        fix: "Trust one service with `sts:AssumeRole`, and require `aws:SourceAccount` and `aws:SourceArn`.",
        check: (plan) => {
            const trusts = statementsOfPlan(plan).filter(isTrustPolicy);
            const roles = resourcesOfType(plan, "iam/role:Role");
            const isNarrow = (statement: PlannedStatement) =>
                isObjectOrArray(statement.Principal) &&
                Object.keys(statement.Principal).join() === "Service" &&
                typeof statement.Principal.Service === "string" &&
                toArray(statement.Action).join() === "sts:AssumeRole" &&
                namesSource(statement, servicesWithoutSourceCondition[statement.Principal.Service]);
            const namesSource = (
                statement: PlannedStatement,
                exception: (typeof servicesWithoutSourceCondition)[string] | undefined,
            ) =>
                (requiredConditionValues(statement, "aws:SourceAccount").join() === accountOfPlan(plan) ||
                    (exception !== undefined && !exception.account)) &&
                (requiredConditionValues(statement, "aws:SourceArn").length === 1 || exception !== undefined);
            return [
                ...stackFindingUnless(
                    roles.length > 0 && trusts.length === roles.length,
                    `there are ${trusts.length} trust statements for ${roles.length} roles`,
                ),
                ...statementFindings(
                    trusts.filter((statement) => !isNarrow(statement)),
                    "must trust one service, and only for this account",
                ),
            ];
        },
    },
    {
        name: "tls-only-policies",
        description: "Policies of buckets, queues and topics deny requests without TLS",
        fix: "Deny all actions to all principals where `aws:SecureTransport` is false, on the resource and everything in it.",
        check: (plan) =>
            resourcePolicyTypes.flatMap(([, { type, denyPlainHttpTo }]) => {
                if (denyPlainHttpTo === undefined) {
                    return [];
                }
                const nodes = resourcesOfType(plan, type);
                const refuses = (node: PlanNode) => {
                    const [document, ...others] = policiesAttachedTo(plan, node);
                    return (
                        document !== undefined &&
                        others.length === 0 &&
                        parseStatements(inputText(document, "policy")).some((each) =>
                            deniesPlainHttp(each, denyPlainHttpTo(arnOf(node))),
                        )
                    );
                };
                return [
                    ...stackFindingUnless(nodes.length > 0, `there is no ${withoutAwsPrefix(type)}`),
                    ...findingsUnless(nodes, refuses, "have one policy, which denies requests without TLS"),
                ];
            }),
    },
];
