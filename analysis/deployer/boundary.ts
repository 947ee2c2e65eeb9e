import { reconciliationNoun } from "../../lib/settings/acquirer.ts";
import { managedPolicyOf } from "../iam/managed-policies.ts";
import { arnOf, resourcesOfType, inputText, isAgentEndpoint, splitPart } from "../../plan/query.ts";
import { accountOfPlan, toArray, parseStatements, type ParsedStatement } from "../iam/statements.ts";
import { PlanError } from "../../plan/plan-error.ts";
import type { Plan } from "../../plan/plan.ts";
import {
    policyDocumentOf,
    policyStatementsOf,
    singleOrList,
    type PolicyDocument,
    type PolicyStatement,
} from "./document.ts";
import { uniqueSorted, type PlaceholderValues } from "./placeholder-values.ts";
import {
    automaticEnding,
    joinScopes,
    regionalArns,
    withConditions,
    withResourceTag,
    type Conditions,
    type DeployerGrant,
    type ResourceScope,
} from "../../plan/catalogue/deployer-grant.ts";
import { tables } from "../../plan/catalogue/dynamodb.ts";
import { clusterTasks, taskDefinitions } from "../../plan/catalogue/ecs.ts";
import { kmsKeyArns } from "../../plan/catalogue/kms.ts";
import { logGroups } from "../../plan/catalogue/logs.ts";
import { buckets, objects } from "../../plan/catalogue/s3.ts";
import { secrets } from "../../plan/catalogue/secretsmanager.ts";
import { topics } from "../../plan/catalogue/sns.ts";
import { queues } from "../../plan/catalogue/sqs.ts";

/** The stack's keys, by their tag. */
const keys = withResourceTag(kmsKeyArns);

/** What has the stack's name, in one scope, as an action reaches resources of its own service only. */
const named = joinScopes(
    buckets,
    clusterTasks,
    logGroups,
    objects,
    queues,
    secrets,
    // RDS names the secret of a cluster's master user by an ID.
    regionalArns("secretsmanager", "secret:rds!cluster-*"),
    tables,
    taskDefinitions,
    topics,
);

/**
 * By service, the resources of the stack, which cover all that its roles use there. The others are not limited: AWS names no resource
 * for their actions, or what the roles use has no name of the stack.
 */
const stackScopes: Readonly<Record<string, ResourceScope>> = {
    dynamodb: named,
    ecs: named,
    kms: keys,
    logs: named,
    s3: named,
    secretsmanager: named,
    sns: named,
    sqs: named,
};

const everything: ResourceScope = { arns: ["*"] };

/** Some actions of these services have no resource, such as those that list. */
const scopeOf = (action: string, resource: ParsedStatement["Resource"]): ResourceScope =>
    (resource === "*" ? undefined : stackScopes[splitPart(action, ":", 0)]) ?? everything;

/** Actions within the boundary. */
type Limit = Pick<DeployerGrant, "actions" | "scope">;

/**
 * The permissions boundary of all roles of the stack: the actions of its planned roles and of GuardDuty's agent, in its own account and
 * Region, of some services on the stack's resources alone, and no action of IAM but to pass on the roles that a planned policy names, to
 * the services that it names. A role may do only what its own policies and the boundary allow. What a grant denies the deployer, it denies
 * the roles, too: the policy of a bucket can allow it to a role's session past the boundary, and the deployer can assume its roles.
 *
 * @throws PlanError for an attached managed policy of AWS that `analysis/iam/managed-policies.ts` does not contain
 */
export function permissionsBoundaryOf(
    plan: Plan,
    placeholders: PlaceholderValues,
    grants: readonly DeployerGrant[],
): PolicyDocument {
    const { texts } = placeholders;
    const statements = resourcesOfType(plan, "iam/rolePolicy:RolePolicy").flatMap((node) =>
        parseStatements(inputText(node, "policy")),
    );
    const limits: Limit[] = [
        ...statements.flatMap(({ Action, Resource }) =>
            toArray(Action).map((action) => ({ actions: [action], scope: scopeOf(action, Resource) })),
        ),
        ...resourcesOfType(plan, "iam/rolePolicyAttachment:RolePolicyAttachment").map((node) =>
            limitOfManagedPolicy(inputText(node, "policyArn"), texts.partition, grants),
        ),
        ...agentActions(plan).map((action) => ({ actions: [action], scope: everything })),
    ];
    // Other accounts in ARNs, such as the one with the image of GuardDuty's agent.
    const accounts = statements
        .flatMap(({ Resource }) => toArray(Resource))
        .flatMap((arn) => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] ?? [])
        .filter((account) => account !== accountOfPlan(plan));
    const home: Conditions = {
        StringEquals: { "aws:RequestedRegion": texts.region },
        // Not every request has the key `aws:ResourceAccount`.
        ...(texts.account !== "*" && {
            StringEqualsIfExists: { "aws:ResourceAccount": [texts.account, ...uniqueSorted(accounts)] },
        }),
    };
    const allowed = limits
        .map(({ actions, scope }): DeployerGrant => ({
            access: "write",
            actions: actions.filter((action) => !action.startsWith("iam:")),
            scope: withConditions(scope, home),
        }))
        .filter(({ actions }) => actions.length > 0);
    const denied = grants.filter(({ access }) => access === "deny");
    return policyDocumentOf([
        ...policyStatementsOf([...allowed, ...denied], placeholders),
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
                    roles.map(({ name }) => `arn:${partition}:iam::${account}:role/${passedRolePattern(name)}`),
                ),
            ),
            Condition: { StringEquals: { [passedToService]: singleOrList(services) } },
        },
        // No other action has this key, and where a request does not have it, a negated operator holds.
        { ...denied, Condition: { StringNotEquals: { [passedToService]: singleOrList(services) } } },
    ];
}

/** The same for the reconciliations of all services: the size of the boundary must not grow with their number. */
const passedRolePattern = (name: string): string =>
    name.replace(new RegExp(`^payment-${reconciliationNoun(".+")}-`), `payment-${reconciliationNoun("*")}-`) +
    automaticEnding;

const passRole = "iam:PassRole";
const passedToService = "iam:PassedToService";

function limitOfManagedPolicy(policyArn: string, partition: string, grants: readonly DeployerGrant[]): Limit {
    const [name, policy] = managedPolicyOf(policyArn);
    if (policy === undefined) {
        throw new PlanError([
            `analysis/deployer/boundary.ts does not have the statements of ${policyArn}: add them to analysis/iam/managed-policies.ts`,
        ]);
    }
    // It reads every service, which exceeds the size of a policy. The boundary covers the types that the platform creates.
    if (name === "service-role/AWS_ConfigRole") {
        return { actions: readActionsOf(grants), scope: everything };
    }
    const statements = policy.statements(partition);
    return {
        actions: statements.flatMap(({ Action }) => toArray(Action)),
        scope: { arns: statements.flatMap(({ Resource }) => toArray(Resource)) },
    };
}

/** Read actions of the provider; those that begin alike as a whole, where they return no stored data. */
const readActionsOf = (grants: readonly DeployerGrant[]): string[] =>
    grants
        .filter(({ access }) => access === "read")
        .flatMap(({ actions }) => actions)
        .filter((action) => !contentActions.includes(action))
        .map((action) => action.replace(/:(Describe|GetBucket|List)[A-Za-z]*$/, ":$1*"));

const contentActions = ["kms:Decrypt", "secretsmanager:GetSecretValue"];
