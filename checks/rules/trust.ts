import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { policiesAttachedTo } from "../../analysis/iam/resource-policies.ts";
import { typesWith } from "../../plan/catalogue/catalogue.ts";
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

/** A service that acts for another account's resources must not get in (the confused deputy). */
const restrictsSourceAccount = (statement: ParsedStatement, account: string) =>
    requiredConditionValues(statement, "aws:SourceAccount").includes(account) ||
    [
        ...requiredConditionValues(statement, "aws:SourceArn"),
        ...requiredConditionValues(statement, "kms:EncryptionContext:aws:logs:arn"),
    ].some((arn) => arn.split(":")[4] === account);

/** Services that take no role whose trust compares more; nobody lends it without `iam:PassRole` in the account. */
const servicesWithoutSourceCondition: Readonly<Record<string, { account?: true; why: string }>> = {
    "lambda.amazonaws.com": { why: "Lambda assumes the role before the function exists" },
    "apigateway.amazonaws.com": { why: "AWS documents no source for the role of an account, and tries it out" },
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
        description: "services act for this account only",
        fix: "Compare `aws:SourceAccount` or `aws:SourceArn` in the condition of the statement.",
        controls: ["PCI-7.2.5"],
        resourceTypes: ["*"],
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
                ...stackFindingUnless(statementsForServices.length > 0, "no service is let in"),
                ...statementFindings(
                    statementsForServices.filter(
                        (statement) =>
                            !restrictsSourceAccount(statement, accountOfPlan(plan)) &&
                            !supportsNoSourceCondition(statement),
                    ),
                    "must ask for the account",
                ),
            ];
        },
    },
    {
        name: "narrow-trust",
        description: "roles are taken by one service, for this account",
        fix: "Trust one service by `sts:AssumeRole`, and compare `aws:SourceAccount` and `aws:SourceArn`.",
        controls: ["PCI-7.2.5", "CKV_AWS_60", "CKV_AWS_61"],
        resourceTypes: ["iam/role:Role"],
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
                    `${trusts.length} trusts for ${roles.length} roles`,
                ),
                ...statementFindings(
                    trusts.filter((statement) => !isNarrow(statement)),
                    "must trust one service, for this account",
                ),
            ];
        },
    },
    {
        name: "tls-only-policies",
        description: "buckets, queues and topics refuse what does not come over TLS",
        fix: "Deny everything to all where `aws:SecureTransport` is false, on the resource and on all that is in it.",
        controls: ["PCI-4.2.1", "S3.5", "CKV_AWS_379"],
        resourceTypes: ["s3/bucket:Bucket", "sqs/queue:Queue", "sns/topic:Topic"],
        check: (plan) =>
            typesWith("policyOf").flatMap(([, { type, denyPlainHttpTo }]) => {
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
                    ...stackFindingUnless(nodes.length > 0, `there is no ${type.replace(/^aws:/, "")}`),
                    ...findingsUnless(nodes, refuses, "refuse plain HTTP in its one policy"),
                ];
            }),
    },
];
