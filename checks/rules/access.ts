import type { Plan } from "../../plan/plan.ts";
import { accountPoliciesOf, allowStatements, decideRequest } from "../../analysis/iam/policies.ts";
import { isRoleArn } from "../../analysis/iam/principals.ts";
import { allowedRequestsOf, type AllowedRequest } from "../../analysis/iam/broadest-requests.ts";
import { requiredPermissionsOf } from "../../analysis/iam/required-permissions.ts";
import { roleInputs } from "../../analysis/iam/required-permissions/role-assignments.ts";
import type { RequiredPermission } from "../../analysis/iam/required-permissions/permission.ts";
import { escalations } from "../../analysis/iam/escalation.ts";
import { createNameReplacer } from "../../analysis/iam/stores.ts";
import { matchesAction, fillWildcards, matchesResource } from "../../analysis/iam/wildcards.ts";
import { isObjectOrArray } from "../../plan/query.ts";
import type { RuleCheck, Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import { toArray, type ParsedStatement } from "../../analysis/iam/statements.ts";

const policyTypes = [
    "iam/role:Role",
    "iam/rolePolicy:RolePolicy",
    "iam/rolePolicyAttachment:RolePolicyAttachment",
    "kms/key:Key",
    "ec2/vpcEndpoint:VpcEndpoint",
    "sqs/queuePolicy:QueuePolicy",
    "sns/topicPolicy:TopicPolicy",
    "s3/bucketPolicy:BucketPolicy",
];

/** A check that evaluates policies tells first which it cannot: an answer that leaves some out would be none. */
export const onlyIfPoliciesSupported =
    (check: RuleCheck): RuleCheck =>
    (plan, settings) => {
        const { problems } = accountPoliciesOf(plan);
        return problems.length > 0 ? [...problems] : check(plan, settings);
    };

/** A need as a request; where it names many resources, any will do. */
function denialReasonOf(plan: Plan, need: RequiredPermission): string | undefined {
    const { principal, action, context = {}, endpoint } = need;
    const resource = need.resource === "*" ? "*" : fillWildcards(need.resource);
    const decision = decideRequest(accountPoliciesOf(plan), { principal, action, resource, context }, endpoint);
    return decision.allowed ? undefined : `${decision.why} (${decision.by})`;
}

const uniqueFindings = (findings: { node: AllowedRequest["node"]; reason: string }[]): Finding[] => [
    ...new Map(findings.map((finding) => [`${finding.node.urn} ${finding.reason}`, finding])).values(),
];

const isRequiredByRole = ({ principal }: RequiredPermission): boolean => isRoleArn(principal);

/** What is needed and refused. */
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

/** Whether a need is the reason for a grant; where it tells how a key is used, the grant must ask for it. */
const justifiesGrant = (need: RequiredPermission, grant: AllowedRequest): boolean =>
    need.principal === grant.principal &&
    matchesAction(grant.action, need.action) &&
    matchesResource(grant.resource, need.resource) &&
    Object.entries(need.context ?? {})
        .filter(([key, value]) => value === undefined || key.startsWith("kms:") || key === "cloudwatch:namespace")
        .every(([key, value]) => grant.context[key] === value);

const callerText = ({ context }: AllowedRequest): string => {
    const service = context["kms:ViaService"];
    return [
        ...(context["lambda:SourceFunctionArn"] === undefined ? [] : [" by its code"]),
        ...(typeof service === "string" ? [` through ${service}`] : []),
    ].join("");
};

/** Known ways to more rights that a statement opens. */
const escalationsIn = ({ Action, NotAction }: ParsedStatement): { how: string; action: string }[] =>
    escalations.flatMap(({ how, actions }) =>
        actions
            .filter((action) =>
                Action === undefined
                    ? !toArray(NotAction).some((pattern) => matchesAction(fillWildcards(action), pattern))
                    : toArray(Action).some(
                          (pattern) => matchesAction(fillWildcards(action), pattern) || matchesAction(pattern, action),
                      ),
            )
            .map((action) => ({ how, action })),
    );

const delegatesToAccount = ({ Principal }: ParsedStatement, account: string): boolean =>
    isObjectOrArray(Principal) && toArray(Principal.AWS).join().endsWith(`:iam::${account}:root`);

export const accessRules: readonly Rule[] = [
    {
        name: "policies-supported",
        description: "every policy says what the evaluator knows, so that no right goes unseen",
        fix: "Say it in words that checks/access knows, or teach it AWS's meaning of the new ones.",
        controls: ["PCI-7.2.5"],
        resourceTypes: ["*"],
        check: (plan) => [...accountPoliciesOf(plan).problems],
    },
    {
        name: "no-privilege-escalation",
        description: "no role can get more rights than it has, by any known way",
        fix: "Take the action out; let the deployment do what changes rights.",
        controls: ["PCI-7.2.2", "PCI-7.2.5", "IAM.1"],
        resourceTypes: policyTypes,
        check: onlyIfPoliciesSupported((plan) => {
            const { account, resources } = accountPoliciesOf(plan);
            const escalationsByRoles = allowedRequestsOf(plan).flatMap(({ role, node, statement }) =>
                escalationsIn(statement).map(({ how, action }) => ({
                    node,
                    reason: `must not let ${role.node.name} ${action}, which ${how}`,
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
                            reason: `must not let anybody ${action}, which ${how}`,
                        })),
                );
            return uniqueFindings([...escalationsByRoles, ...escalationsByResourcePolicies]);
        }),
    },
    {
        name: "workloads-have-required-permissions",
        description: "whatever a workload is set up to do, every policy on its way allows",
        fix: "Grant it where the finding says that it is refused.",
        controls: ["PCI-7.2.2"],
        resourceTypes: [...policyTypes, "ecs/taskDefinition:TaskDefinition", "lambda/function:Function"],
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
        description: "what AWS does for the stack in its own name, every policy on its way allows",
        fix: "Allow the service in the policy that refuses it: of the topic, the queue, the bucket, the role or the key.",
        controls: ["PCI-10.7.2"],
        resourceTypes: [
            "cloudwatch/metricAlarm:MetricAlarm",
            "cloudwatch/compositeAlarm:CompositeAlarm",
            "cloudwatch/eventTarget:EventTarget",
            "cloudwatch/logGroup:LogGroup",
            "rds/eventSubscription:EventSubscription",
            "sns/topicSubscription:TopicSubscription",
            ...new Set(roleInputs.map(({ type }) => type)),
        ],
        check: onlyIfPoliciesSupported((plan) =>
            findDeniedPermissions(
                plan,
                requiredPermissionsOf(plan).filter((need) => !isRequiredByRole(need)),
            ),
        ),
    },
    {
        name: "workloads-have-no-extra-permissions",
        description: "no workload may do anything, to a store or elsewhere, that it is not set up to do",
        fix: "Narrow the statement to what the workload's variables and settings ask for, or take it out.",
        controls: ["PCI-7.2.2", "PCI-7.2.5", "KMS.1", "KMS.2"],
        resourceTypes: policyTypes,
        check: onlyIfPoliciesSupported((plan) => {
            const needs = Map.groupBy(requiredPermissionsOf(plan), ({ principal }) => principal);
            const findings = allowedRequestsOf(plan)
                .filter((grant) => !(needs.get(grant.principal) ?? []).some((need) => justifiesGrant(need, grant)))
                .map((grant) => ({
                    node: grant.node,
                    reason: `lets ${grant.role.node.name} ${grant.action} on ${createNameReplacer(plan)(grant.resource)}${callerText(grant)}, which no work asks for`,
                }));
            return uniqueFindings(findings);
        }),
    },
];
