import type { Plan } from "../../plan/plan.ts";
import { accessOf, allows, decide } from "../../analysis/iam/policies.ts";
import { isRole } from "../../analysis/iam/evaluate.ts";
import { grantsOf, type Grant } from "../../analysis/iam/broadest-requests.ts";
import { grouped } from "../../analysis/iam/group-actions.ts";
import { needsOf } from "../../analysis/iam/required-permissions.ts";
import { lendings } from "../../analysis/iam/required-permissions/role-assignments.ts";
import type { Need } from "../../analysis/iam/required-permissions/permission.ts";
import { escalations } from "../../analysis/iam/escalation.ts";
import { namesOf } from "../../analysis/iam/stores.ts";
import { actionLike, filled, resourceLike } from "../../analysis/iam/wildcards.ts";
import { isTree } from "../../plan/query.ts";
import type { Check, Rule } from "../rule.ts";
import type { Finding } from "../../plan/finding.ts";
import { many, type Statement } from "../../analysis/iam/statements.ts";

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
export const understood =
    (check: Check): Check =>
    (plan, settings) => {
        const { problems } = accessOf(plan);
        return problems.length > 0 ? [...problems] : check(plan, settings);
    };

/** A need as a request; where it names many resources, any will do. */
function refusalOf(plan: Plan, need: Need): string | undefined {
    const { principal, action, context = {}, endpoint } = need;
    const resource = need.resource === "*" ? "*" : filled(need.resource);
    const decision = decide(accessOf(plan), { principal, action, resource, context }, endpoint);
    return decision.allowed ? undefined : `${decision.why} (${decision.by})`;
}

const unique = (findings: { node: Grant["node"]; reason: string }[]): Finding[] => [
    ...new Map(findings.map((finding) => [`${finding.node.urn} ${finding.reason}`, finding])).values(),
];

const byRole = ({ principal }: Need): boolean => isRole(principal);

/** What is needed and refused. */
const refused = (plan: Plan, needs: readonly Need[]): Finding[] =>
    unique(
        needs
            .filter(({ optional }) => !optional)
            .flatMap((need) => {
                const { for: node, principal, action, resource } = need;
                const refusal = refusalOf(plan, need);
                if (refusal === undefined) {
                    return [];
                }
                const names = namesOf(plan);
                const what = `${names(principal)} to ${action} on ${names(resource)}${through(need)}`;
                return [{ node, reason: `needs ${what}, but ${refusal}` }];
            }),
    );

const through = ({ context = {}, endpoint }: Need): string => {
    const service = context["kms:ViaService"];
    return typeof service === "string" ? ` through ${service}` : endpoint === undefined ? "" : ` through ${endpoint}`;
};

/** Whether a need is the reason for a grant; where it tells how a key is used, the grant must ask for it. */
const serves = (need: Need, grant: Grant): boolean =>
    need.principal === grant.principal &&
    actionLike(grant.action, need.action) &&
    resourceLike(grant.resource, need.resource) &&
    Object.entries(need.context ?? {})
        .filter(([key, value]) => value === undefined || key.startsWith("kms:") || key === "cloudwatch:namespace")
        .every(([key, value]) => grant.context[key] === value);

const speaker = ({ context }: Grant): string => {
    const service = context["kms:ViaService"];
    return [
        ...(context["lambda:SourceFunctionArn"] === undefined ? [] : [" by its code"]),
        ...(typeof service === "string" ? [` through ${service}`] : []),
    ].join("");
};

/** Known ways to more rights that a statement opens. */
const waysIn = ({ Action, NotAction }: Statement): { how: string; action: string }[] =>
    escalations.flatMap(({ how, actions }) =>
        actions
            .filter((action) =>
                Action === undefined
                    ? !many(NotAction as string[]).some((pattern) => actionLike(filled(action), pattern))
                    : many(Action).some(
                          (pattern) => actionLike(filled(action), pattern) || actionLike(pattern, action),
                      ),
            )
            .map((action) => ({ how, action })),
    );

const delegates = ({ Principal }: Statement, account: string): boolean =>
    isTree(Principal) && many(Principal.AWS).join().endsWith(`:iam::${account}:root`);

export const accessRules: readonly Rule[] = [
    {
        name: "policies-are-understood",
        promise: "every policy says what the evaluator knows, so that no right goes unseen",
        fix: "Say it in words that checks/access knows, or teach it AWS's meaning of the new ones.",
        controls: ["PCI-7.2.5"],
        about: ["*"],
        check: (plan) => [...accessOf(plan).problems],
    },
    {
        name: "no-way-to-more-rights",
        promise: "no role can get more rights than it has, by any known way",
        fix: "Take the action out; let the deployment do what changes rights.",
        controls: ["PCI-7.2.2", "PCI-7.2.5", "IAM.1"],
        about: policyTypes,
        check: understood((plan) => {
            const { account, resources } = accessOf(plan);
            const byRoles = grantsOf(plan).flatMap(({ role, node, statement }) =>
                waysIn(statement).map(({ how, action }) => ({
                    node,
                    reason: `must not let ${role.node.name} ${action}, which ${how}`,
                })),
            );
            const byOthers = [...resources.values()]
                .filter(({ layer }) => layer !== "trust")
                .flatMap(({ node, ...document }) =>
                    allows(document)
                        .filter((statement) => !delegates(statement, account))
                        .flatMap(waysIn)
                        .map(({ how, action }) => ({
                            node,
                            reason: `must not let anybody ${action}, which ${how}`,
                        })),
                );
            return unique([...byRoles, ...byOthers]);
        }),
    },
    {
        name: "workloads-may-do-their-work",
        promise: "whatever a workload is set up to do, every policy on its way allows",
        fix: "Grant it where the finding says that it is refused.",
        controls: ["PCI-7.2.2"],
        about: [...policyTypes, "ecs/taskDefinition:TaskDefinition", "lambda/function:Function"],
        check: understood((plan) => refused(plan, needsOf(plan).filter(byRole))),
        evidence: (plan) => {
            const names = namesOf(plan);
            return needsOf(plan)
                .filter((need) => !need.optional && byRole(need))
                .map(
                    (need) =>
                        `${need.for.name}: ${names(need.principal)} may ${need.action} on ${names(need.resource)}${through(need)}`,
                );
        },
    },
    {
        name: "services-are-let-in",
        promise: "what AWS does for the stack in its own name, every policy on its way allows",
        fix: "Allow the service in the policy that refuses it: of the topic, the queue, the bucket, the role or the key.",
        controls: ["PCI-10.7.2"],
        about: [
            "cloudwatch/metricAlarm:MetricAlarm",
            "cloudwatch/compositeAlarm:CompositeAlarm",
            "cloudwatch/eventTarget:EventTarget",
            "cloudwatch/logGroup:LogGroup",
            "rds/eventSubscription:EventSubscription",
            "sns/topicSubscription:TopicSubscription",
            ...new Set(lendings.map(({ type }) => type)),
        ],
        check: understood((plan) =>
            refused(
                plan,
                needsOf(plan).filter((need) => !byRole(need)),
            ),
        ),
    },
    {
        name: "workloads-may-do-no-more",
        promise: "no workload may do anything, to a store or elsewhere, that it is not set up to do",
        fix: "Narrow the statement to what the workload's variables and settings ask for, or take it out.",
        controls: ["PCI-7.2.2", "PCI-7.2.5", "KMS.1", "KMS.2"],
        about: policyTypes,
        check: understood((plan) => {
            const needs = grouped(needsOf(plan), ({ principal }) => principal);
            const findings = grantsOf(plan)
                .filter((grant) => !(needs.get(grant.principal) ?? []).some((need) => serves(need, grant)))
                .map((grant) => ({
                    node: grant.node,
                    reason: `lets ${grant.role.node.name} ${grant.action} on ${namesOf(plan)(grant.resource)}${speaker(grant)}, which no work asks for`,
                }));
            return unique(findings);
        }),
    },
];
