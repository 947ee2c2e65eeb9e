import { managedPolicyOf } from "../iam/managed-policies.ts";
import { arnOf, resourcesOfType, inputText, isAgentEndpoint } from "../../plan/query.ts";
import { accountOfPlan, toArray, parseStatements, type ParsedStatement } from "../iam/statements.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import { policyDocumentOf, singleOrList, type PolicyDocument, type PolicyStatement } from "./document.ts";
import { uniqueSorted, type PlaceholderValues } from "./placeholder-values.ts";
import { automaticEnding, type DeployerGrant } from "../../plan/catalogue/deployer-grant.ts";

/**
 * The permissions boundary of all roles of the stack: the actions of its planned roles and of GuardDuty's agent, in its own account and
 * Region, and no action of IAM but to pass on the roles that a planned policy names, to the services that it names. A role may do only what its own
 * policies and the boundary allow.
 *
 * @throws PlanError for an attached managed policy of AWS that `analysis/iam/managed-policies.ts` does not contain
 */
export function permissionsBoundaryOf(
    plan: Plan,
    { texts }: PlaceholderValues,
    grants: readonly DeployerGrant[],
): PolicyDocument {
    const statements = resourcesOfType(plan, "iam/rolePolicy:RolePolicy").flatMap((node) =>
        parseStatements(inputText(node, "policy")),
    );
    const attached = resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").flatMap((node) =>
        actionsOfManagedPolicy(inputText(node, "policyArn"), grants),
    );
    const actions = [...statements.flatMap(({ Action }) => toArray(Action)), ...attached, ...agentActions(plan)];
    // Other accounts in ARNs, such as the one with the image of GuardDuty's agent.
    const accounts = statements
        .flatMap(({ Resource }) => toArray(Resource))
        .flatMap((arn) => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? [])
        .filter((account) => account !== accountOfPlan(plan));
    return policyDocumentOf([
        {
            Effect: "Allow",
            Action: singleOrList(uniqueSorted(actions).filter((action) => !action.startsWith("iam:"))),
            Resource: "*",
            Condition: {
                StringEquals: { "aws:RequestedRegion": texts.region },
                // Not every request has the key `aws:ResourceAccount`.
                ...(texts.account !== "*" && {
                    StringEqualsIfExists: {
                        "aws:ResourceAccount": singleOrList([texts.account, ...uniqueSorted(accounts)]),
                    },
                }),
            },
        },
        ...passingStatements(plan, texts, statements),
    ]);
}

/**
 * What GuardDuty's agent calls with the role that starts its task. No policy of the role needs it, but a boundary must not leave it out
 * (https://docs.aws.amazon.com/guardduty/latest/ug/prereq-runtime-monitoring-ecs-support.html#guardduty-runtime-monitoring-ecs-permission-boundary).
 */
const agentActions = (plan: Plan): string[] =>
    resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint")
        .filter(isAgentEndpoint)
        .flatMap((node) => parseStatements(inputText(node, "policy")))
        .flatMap(({ Action }) => toArray(Action));

/** Denies IAM; where a planned role passes on others, such as that of a schedule which starts a task, all but this. */
function passingStatements(
    plan: Plan,
    { partition, account }: PlaceholderValues["texts"],
    statements: readonly ParsedStatement[],
): PolicyStatement[] {
    const denied = { Effect: "Deny", Action: "iam:*", Resource: "*" } as const;
    const passing = statements.filter(({ Action }) => toArray(Action).includes(passRole));
    const services = uniqueSorted(
        passing.flatMap(({ Condition }) => toArray(Condition?.StringEquals?.[passedToService])),
    );
    const arns = new Set(passing.flatMap(({ Resource }) => toArray(Resource)));
    const roles = resourcesOfType(plan, "iam/role:Role").filter((role) => arns.has(arnOf(role)));
    if (roles.length === 0 || services.length === 0) {
        return [denied];
    }
    return [
        {
            Effect: "Allow",
            Action: passRole,
            Resource: singleOrList(
                uniqueSorted(
                    roles.map(({ name }) => `arn:${partition}:iam::${account}:role/${name}${automaticEnding}`),
                ),
            ),
            Condition: { StringEquals: { [passedToService]: singleOrList(services) } },
        },
        // No other action has this key, and where a request does not have it, a negated operator holds.
        { ...denied, Condition: { StringNotEquals: { [passedToService]: singleOrList(services) } } },
    ];
}

const passRole = "iam:PassRole";
const passedToService = "iam:PassedToService";

function actionsOfManagedPolicy(policyArn: string, grants: readonly DeployerGrant[]): readonly string[] {
    const [name, policy] = managedPolicyOf(policyArn);
    if (policy === undefined) {
        throw new PlanError([
            `analysis/deployer/boundary.ts does not have the statements of ${policyArn}: add them to analysis/iam/managed-policies.ts`,
        ]);
    }
    // It reads every service, which exceeds the size of a policy. The boundary covers the types that the platform creates.
    return name === "service-role/AWS_ConfigRole"
        ? readActionsOf(grants)
        : policy.statements("aws").flatMap(({ Action }) => toArray(Action));
}

/** Read actions of the provider; `Describe*` and `List*` of a service as a whole, because they return no stored data. */
const readActionsOf = (grants: readonly DeployerGrant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !contentActions.includes(action))
        .map((action) => action.replace(/:(Describe|List)[A-Za-z]*$/, ":$1*"));

const contentActions = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
