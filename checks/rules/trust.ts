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
import { unjudgedPaths } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { includesEveryone } from "../../analysis/iam/principals.ts";
import { unknownSenders } from "../../analysis/iam/required-permissions/deliveries.ts";
import {
    isSourceKey,
    missingServiceCall,
    serviceCallsOf,
    type ServicePrincipalCall,
} from "../../analysis/iam/service-calls.ts";
import { policiesAttachedTo, resourcePolicyTypes } from "../../analysis/iam/resource-policies.ts";
import {
    planLocationOf,
    statementFindings,
    allowStatementsOfPlan,
    isStatementOfType,
    toArray,
    parseStatements,
    statementsOfPlan,
    type PlannedStatement,
    type ParsedStatement,
} from "../../analysis/iam/statements.ts";
import { matchesAction } from "../../analysis/iam/wildcards.ts";

const isTrustPolicy = isStatementOfType("iam/role:Role");

/** What the statement that denies plain HTTP may have: any other element or condition would make it narrower. */
const denialParts = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition.Bool.aws:SecureTransport"];

const deniesPlainHttp = (statement: ParsedStatement, action: string, resources: readonly string[]): boolean =>
    statement.Effect === "Deny" &&
    includesEveryone(statement) &&
    toArray(statement.Action).some((pattern) => matchesAction(action, pattern)) &&
    resources.every((resource) => toArray(statement.Resource).includes(resource)) &&
    String(statement.Condition?.Bool?.["aws:SecureTransport"]) === "false" &&
    unjudgedPaths(statement, denialParts).length === 0;

const namesService = ({ Principal }: ParsedStatement): boolean => isObjectOrArray(Principal) && "Service" in Principal;

const servicesOf = ({ Principal }: ParsedStatement): string[] =>
    isObjectOrArray(Principal) ? toArray(Principal.Service) : [];

interface AllowedCall {
    readonly principal: string;
    /** Pattern of the statement. */
    readonly action: string;
    /** Rows of the table that the call may be. */
    readonly rows: readonly ServicePrincipalCall[];
}

/** Each call of a service that a statement allows. */
const callsAllowedBy = (statement: ParsedStatement, region: string): AllowedCall[] =>
    servicesOf(statement).flatMap((principal) =>
        toArray(statement.Action).map((action) => ({
            principal,
            action,
            rows: serviceCallsOf(region, principal, action),
        })),
    );

/** A condition on whom the service acts for. With `IfExists` a request without the key meets it. */
interface SourceCondition {
    readonly key: string;
    readonly values: readonly string[];
    readonly ifExists: boolean;
}

const sourceConditionsOf = ({ Condition = {} }: ParsedStatement): SourceCondition[] =>
    Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys)
            .filter(([key]) => isSourceKey(key) && /^(String|Arn)(Equals|Like)(IfExists)?$/.test(operator))
            .map(([key, values]) => ({ key, values: toArray(values), ifExists: operator.endsWith("IfExists") })),
    );

/** Whether each value of a condition names the account: a condition without values names none. */
const namesAccount =
    (account: string) =>
    ({ values }: SourceCondition): boolean =>
        values.length > 0 && values.every((value) => value === account || value.split(":")[4] === account);

/** Prevents confused deputy attacks: the service must act for resources of this account, by a key that it sends. */
function limitsToAccount(conditions: readonly SourceCondition[], call: ServicePrincipalCall, account: string): boolean {
    const sent = conditions.filter(({ key, ifExists }) => (ifExists ? call.maySend : call.sends)?.includes(key));
    const limits = sent.some(namesAccount(account));
    return limits || (call.safeWithoutAccount !== undefined && call.maySend === undefined);
}

/** Keys that a statement requires although AWS does not always send them: the statement never allows that call. */
const keysNotSent = (conditions: readonly SourceCondition[], { sends }: ServicePrincipalCall): string[] =>
    conditions.filter(({ key, ifExists }) => !ifExists && !sends.includes(key)).map(({ key }) => key);

/** Why a statement does not limit a call to the account; nothing where it does, or where the table has no row for the call. */
function accountProblemOf(
    { principal, action, rows }: AllowedCall,
    conditions: readonly SourceCondition[],
    account: string,
): string | undefined {
    const [first] = rows;
    const effective = rows.filter((row) => keysNotSent(conditions, row).length === 0);
    if (first === undefined || effective.some((row) => limitsToAccount(conditions, row, account))) {
        return undefined;
    }
    const unsent = [...new Set(rows.flatMap((row) => keysNotSent(conditions, row)))].join(", ");
    return effective.length > 0
        ? `must require the account in a condition: ${action}`
        : `must not require ${unsent}, which ${principal} does not send with ${action} (${first.source})`;
}

export const trustRules: readonly Rule[] = [
    {
        name: "service-calls-known",
        description: "It is known which condition keys AWS sends with every call of a service that the stack plans",
        fix: "Add a row to the table that the finding names, with the keys that AWS's page names.",
        check: (plan) => {
            const { region } = planLocationOf(plan);
            return [
                ...allowStatementsOfPlan(plan)
                    .filter(namesService)
                    .flatMap(({ node, ...statement }) =>
                        callsAllowedBy(statement, region)
                            .filter(({ rows }) => rows.length === 0)
                            .map(({ principal, action }) => ({
                                node,
                                reason: `allows a call that is not in analysis/iam/service-calls.ts: add ${missingServiceCall(principal, action)}`,
                            })),
                    ),
                ...unknownSenders(plan),
            ];
        },
    },
    {
        name: "services-trusted-for-own-account",
        description: "Policies allow AWS services to act only for this account, by condition keys that they send",
        fix: "Require in the condition of the statement a key of the account that the service sends (analysis/iam/service-calls.ts).",
        check: (plan) => {
            const { account, region } = planLocationOf(plan);
            const statements = allowStatementsOfPlan(plan).filter(namesService);
            return [
                ...stackFindingUnless(statements.length > 0, "no statement allows an AWS service"),
                ...statements.flatMap(({ node, ...statement }) =>
                    callsAllowedBy(statement, region)
                        .map((call) => accountProblemOf(call, sourceConditionsOf(statement), account))
                        .filter((reason) => reason !== undefined)
                        .map((reason) => ({ node, reason })),
                ),
            ];
        },
    },
    {
        name: "narrow-trust",
        description:
            "Every role trusts one AWS service, and only for this account and for the resources that use the role",
        fix: "Trust one service with `sts:AssumeRole`, and require each of `aws:SourceAccount` and `aws:SourceArn` that it sends.",
        check: (plan) => {
            const trusts = statementsOfPlan(plan).filter(isTrustPolicy);
            const roles = resourcesOfType(plan, "iam/role:Role");
            const { account, region } = planLocationOf(plan);
            const isNarrow = (statement: PlannedStatement) => {
                const [service = "", ...others] = servicesOf(statement);
                const [row] = serviceCallsOf(region, service, "sts:AssumeRole");
                const conditions = sourceConditionsOf(statement);
                const compares = (key: string, ifExists: boolean) =>
                    conditions
                        .filter((each) => each.key === key && each.ifExists === ifExists)
                        .some(namesAccount(account));
                return (
                    isObjectOrArray(statement.Principal) &&
                    Object.keys(statement.Principal).join() === "Service" &&
                    others.length === 0 &&
                    typeof statement.Principal.Service === "string" &&
                    toArray(statement.Action).join() === "sts:AssumeRole" &&
                    row !== undefined &&
                    row.sends.every((key) => compares(key, false)) &&
                    (row.maySend ?? []).every((key) => compares(key, true))
                );
            };
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
        fix: "Deny `s3:*`, `sqs:*` or `sns:Publish` to all principals where `aws:SecureTransport` is false and without another condition, on the resource and everything in it.",
        check: (plan) =>
            resourcePolicyTypes.flatMap(([, { type, denyPlainHttp }]) => {
                if (denyPlainHttp === undefined) {
                    return [];
                }
                const nodes = resourcesOfType(plan, type);
                const refuses = (node: PlanNode) => {
                    const [document, ...others] = policiesAttachedTo(plan, node);
                    return (
                        document !== undefined &&
                        others.length === 0 &&
                        parseStatements(inputText(document, "policy")).some((each) =>
                            deniesPlainHttp(each, denyPlainHttp.action, denyPlainHttp.resources(arnOf(node))),
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
