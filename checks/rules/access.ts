import type { Plan } from "../../plan/plan.ts";
import { accountPoliciesOf, allowStatements, decideRequest } from "../../analysis/iam/policies.ts";
import { isArn } from "../../analysis/iam/principals.ts";
import { allowedRequestsOf, type AllowedRequest } from "../../analysis/iam/broadest-requests.ts";
import { requiredPermissionsOf } from "../../analysis/iam/required-permissions.ts";
import type { RequiredPermission } from "../../analysis/iam/required-permissions/permission.ts";
import { contextsSentBy, missingServiceCall } from "../../analysis/iam/service-calls.ts";
import { escalations } from "../../analysis/iam/escalation.ts";
import { createNameReplacer } from "../../analysis/iam/stores.ts";
import { matchesAction, matchesResource } from "../../analysis/iam/wildcards.ts";
import { isObjectOrArray } from "../../plan/query.ts";
import type { RuleCheck, Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import { toArray, type ParsedStatement } from "../../analysis/iam/statements.ts";

/** Reports unsupported policies instead of running the check: its result would be incomplete. */
const onlyIfPoliciesSupported =
    (check: RuleCheck): RuleCheck =>
    (plan, settings) => {
        const { problems } = accountPoliciesOf(plan);
        return problems.length > 0 ? [...problems] : check(plan, settings);
    };

/** Evaluates a required permission as a request, with each context that it may have. */
function denialReasonOf(plan: Plan, need: RequiredPermission): string | undefined {
    const { principal, action, resource, endpoint } = need;
    const access = accountPoliciesOf(plan);
    const contexts = contextsSentBy(access, need);
    const [denied] = contexts
        .map((context) => decideRequest(access, { principal, action, resource, context }, endpoint))
        .filter((decision) => !decision.allowed);
    if (contexts.length === 0) {
        return `the condition keys that AWS sends are unknown: add ${missingServiceCall(principal, action)} to analysis/iam/service-calls.ts`;
    }
    return denied && `${denied.why} (${denied.by})`;
}

const uniqueFindings = (findings: { node: AllowedRequest["node"]; reason: string }[]): Finding[] => [
    ...new Map(findings.map((finding) => [`${finding.node.urn} ${finding.reason}`, finding])).values(),
];

const isRequiredByRole = ({ principal }: RequiredPermission): boolean => isArn(principal);

/** Required permissions that a policy denies or does not allow. */
const findDeniedPermissions = (plan: Plan, needs: readonly RequiredPermission[]): Finding[] =>
    uniqueFindings(
        needs
            .filter(({ optional }) => !optional)
            .flatMap((need) => {
                const { owner: node, principal, action, resource } = need;
                const denialReason = denialReasonOf(plan, need);
                if (denialReason === undefined) {
                    return [];
                }
                const names = createNameReplacer(plan);
                const what = `${names(principal)} to ${action} on ${names(resource)}${viaText(need)}`;
                return [{ node, reason: `needs ${what}, but ${denialReason}` }];
            }),
    );

const viaText = ({ context = {}, endpoint }: RequiredPermission): string => {
    const service = context["kms:ViaService"];
    return typeof service === "string" ? ` through ${service}` : endpoint === undefined ? "" : ` through ${endpoint}`;
};

/** Prefixes of the condition keys by which a grant must be as narrow as what requires it. */
const narrowingKeys = ["kms:", "cloudwatch:namespace", "ecs:", "iam:PassedToService"];

/** Whether a required permission justifies an allowed request. Conditions on its narrowing keys must be equal. */
const justifiesGrant = (need: RequiredPermission, grant: AllowedRequest): boolean =>
    need.outsideStack === undefined &&
    need.principal === grant.principal &&
    matchesAction(grant.action, need.action) &&
    matchesResource(grant.resource, need.resource) &&
    Object.entries(need.context ?? {})
        .filter(([key, value]) => value === undefined || narrowingKeys.some((prefix) => key.startsWith(prefix)))
        .every(([key, value]) => grant.context[key] === value);

const callerText = ({ context }: AllowedRequest): string => {
    const service = context["kms:ViaService"];
    return [
        ...(context["lambda:SourceFunctionArn"] === undefined ? [] : [" in its own code"]),
        ...(typeof service === "string" ? [` through ${service}`] : []),
    ].join("");
};

/** Known privilege escalation methods that a statement allows. */
const escalationsIn = ({ Action, NotAction }: ParsedStatement): { how: string; action: string }[] =>
    escalations.flatMap(({ how, actions }) =>
        actions
            .filter((action) =>
                Action === undefined
                    ? !toArray(NotAction).some((pattern) => matchesAction(action, pattern))
                    : toArray(Action).some((pattern) => matchesAction(action, pattern, "some")),
            )
            .map((action) => ({ how, action })),
    );

/** A schedule's role, which the scheduler alone assumes, must run the task of the schedule and pass on its two roles, and no other. */
const runsOwnTask = (plan: Plan, grant: AllowedRequest): boolean =>
    requiredPermissionsOf(plan).some(
        (need) => need.owner.type === "aws:scheduler/schedule:Schedule" && justifiesGrant(need, grant),
    );

const delegatesToAccount = ({ Principal }: ParsedStatement, account: string): boolean =>
    isObjectOrArray(Principal) && toArray(Principal.AWS).join().endsWith(`:iam::${account}:root`);

export const accessRules: readonly Rule[] = [
    {
        name: "policies-supported",
        description: "Every policy uses only elements that the policy evaluator supports",
        fix: "Write the policy with supported elements, or add support for the new ones in `analysis/iam/`.",
        check: (plan) => [...accountPoliciesOf(plan).problems],
    },
    {
        name: "no-privilege-escalation",
        description:
            "No role can escalate its privileges by a known method; a schedule runs its own task, with that task's roles only",
        fix: "Remove the action: only the deployment changes permissions.",
        check: onlyIfPoliciesSupported((plan) => {
            const { account, resources } = accountPoliciesOf(plan);
            const escalationsByRoles = allowedRequestsOf(plan)
                .filter((grant) => !runsOwnTask(plan, grant))
                .flatMap(({ role, node, statement }) =>
                    escalationsIn(statement).map(({ how, action }) => ({
                        node,
                        reason: `must not allow ${role.node.name} ${action}, which ${how}`,
                    })),
                );
            const escalationsByResourcePolicies = [...resources.values()]
                .filter(({ layer }) => layer !== "trust")
                .flatMap(({ node, ...document }) =>
                    allowStatements(document)
                        .filter((statement) => !delegatesToAccount(statement, account))
                        .flatMap(escalationsIn)
                        .map(({ how, action }) => ({
                            node,
                            reason: `must not allow anyone ${action}, which ${how}`,
                        })),
                );
            return uniqueFindings([...escalationsByRoles, ...escalationsByResourcePolicies]);
        }),
    },
    {
        name: "workloads-have-required-permissions",
        description:
            "Every workload has the permissions that its configuration requires: every policy involved allows them",
        fix: "Grant the permission in the policy that the finding names.",
        check: onlyIfPoliciesSupported((plan) =>
            findDeniedPermissions(plan, requiredPermissionsOf(plan).filter(isRequiredByRole)),
        ),
        evidence: (plan) => {
            const names = createNameReplacer(plan);
            return requiredPermissionsOf(plan)
                .filter((need) => !need.optional && isRequiredByRole(need))
                .map(
                    (need) =>
                        `${need.owner.name}: ${names(need.principal)} may ${need.action} on ${names(need.resource)}${viaText(need)}`,
                );
        },
    },
    {
        name: "aws-services-allowed",
        description: "AWS services can do their work for the stack: every policy involved allows it",
        fix: "Allow the service in the policy that denies it: of the topic, queue, bucket, role or key.",
        check: onlyIfPoliciesSupported((plan) =>
            findDeniedPermissions(
                plan,
                requiredPermissionsOf(plan).filter((need) => !isRequiredByRole(need)),
            ),
        ),
    },
    {
        name: "workloads-have-no-extra-permissions",
        description: "No workload has a permission that its configuration does not require",
        fix: "Restrict the statement to what the workload's variables and settings require, or remove it.",
        check: onlyIfPoliciesSupported((plan) => {
            const needs = Map.groupBy(requiredPermissionsOf(plan), ({ principal }) => principal);
            const findings = allowedRequestsOf(plan)
                .filter((grant) => !(needs.get(grant.principal) ?? []).some((need) => justifiesGrant(need, grant)))
                .map((grant) => ({
                    node: grant.node,
                    reason: `allows ${grant.role.node.name} ${grant.action} on ${createNameReplacer(plan)(grant.resource)}${callerText(grant)}, which no workload requires`,
                }));
            return uniqueFindings(findings);
        }),
    },
];
