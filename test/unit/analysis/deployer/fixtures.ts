import {
    policyStatementsOf,
    type PolicyDocument,
    type PolicyStatement,
} from "../../../../analysis/deployer/document.ts";
import { placeholderValuesOf, type DeployerLocation } from "../../../../analysis/deployer/placeholder-values.ts";
import { deployerPolicies, type DeployerPolicies } from "../../../../analysis/deployer/policies.ts";
import { catalogue } from "../../../../plan/catalogue/catalogue.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { statementApplies } from "../../../../analysis/iam/evaluate.ts";
import { toArray } from "../../../../analysis/iam/statements.ts";
import { driftPermissions } from "../../../../tools/drift/child-listers.ts";
import { recoveryGrants } from "../../../../tools/deploy/lookups.ts";
import { planTestStack } from "../../../stacks.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { accountId } from "../../fixtures.ts";

export const boundaryArn = `arn:aws:iam::${accountId}:policy/payment-boundary`;

export const stackLocation = (suffix: string, changes: Partial<DeployerLocation> = {}): DeployerLocation => ({
    suffix,
    region: "us-east-1",
    partition: "aws",
    account: accountId,
    ...changes,
});

/** Every switch on that makes another type of resource. */
const configWithEverything = withSettings(readStackConfig("prod"), {
    environmentSuffix: "pr-7",
    "services.api.imageDigest": `sha256:${"a".repeat(64)}`,
    "network.egress": "nat",
    "network.natGateways": "per-az",
    "services.payment.acquirer": { url: "https://api.acquirer.example" },
    "validation.albPriority": 900,
    waivers: [{ rule: "payments-by-api-key", reason: "A test of everything that can be set.", expires: "9999-12-31" }],
    "accountServices.guardDuty": "create",
    "accountServices.config": "create",
    "accountServices.securityHub": "create",
    "alerts.critical": ["oncall@example.com"],
    "edge.httpRedirect": true,
    "database.breakGlass": true,
});

/** As well protected, and with a boundary of its roles. */
export const configBounded = withSettings(configWithEverything, {
    deletionProtection: true,
    permissionsBoundaryArn: boundaryArn,
});

/** Values of a request, by condition key. */
export type ConditionKeyValues = Readonly<Record<string, string>>;

/** A test gives every condition key that its request has. */
const everyKey = [/./];

/** Whether the statement allows the action. */
export const isAllowedByStatement = (
    statement: PolicyStatement,
    action: string,
    resource: string,
    context: ConditionKeyValues,
): boolean => statement.Effect === "Allow" && statementApplies(statement, { action, resource, context }, everyKey);

/** The statement allows some action on a resource; its actions share their resources and conditions. */
export const allowsAnyActionOn = (statement: PolicyStatement, arn: string, context: ConditionKeyValues): boolean =>
    actionsIn([statement])
        .slice(0, 1)
        .some((action) => isAllowedByStatement(statement, action, arn, context));

/** Statements about named or tagged resources, without those that AWS cannot restrict to a resource. */
export const withoutWildcardResources = (statements: readonly PolicyStatement[]): PolicyStatement[] =>
    statements.filter((one) => !resourcesIn([one]).includes("*"));

export const statementsOfDocuments = (documents: readonly PolicyDocument[]): PolicyStatement[] =>
    documents.flatMap(({ Statement }) => Statement);

export const actionsIn = (statements: readonly PolicyStatement[]): string[] =>
    statements.flatMap(({ Action }) => toArray(Action));

const resourcesIn = (statements: readonly PolicyStatement[]): string[] =>
    statements.flatMap(({ Resource }) => toArray(Resource));

export const testSuffixes = ["dev", "staging", "prod", "pr-7"] as const;
const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack of the tests, or of `pr-7`, which has everything in it. */
export function planOfSuffix(suffix: string): Promise<Plan> {
    const plan = plans.get(suffix) ?? (suffix === "pr-7" ? planOfConfig(configWithEverything) : planTestStack(suffix));
    plans.set(suffix, plan);
    return plan;
}

/** All of them by suffix, made one after the other: Pulumi's runtime holds one program at a time. */
export async function planAllSuffixes(): Promise<[string, Plan][]> {
    const found: [string, Plan][] = [];
    for (const suffix of testSuffixes) {
        found.push([suffix, await planOfSuffix(suffix)]);
    }
    return found;
}

export const arnInRegion = (service: string, path: string) => `arn:aws:${service}:us-east-1:${accountId}:${path}`;
export const roleArn = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

/** A request that concerns something which carries, and keeps, a suffix as its tag. */
export const requestWithTag = (suffix: string): ConditionKeyValues => ({
    "aws:ResourceTag/EnvironmentSuffix": suffix,
    "application-autoscaling:service-namespace": "ecs",
    "iam:PermissionsBoundary": boundaryArn,
    "kms:GrantIsForAWSResource": "true",
});

export const writeStatements = (plan: Plan, suffix: string, types: readonly string[]): PolicyStatement[] =>
    policyStatementsOf(
        types.flatMap((type) => catalogue[type]?.grants ?? []).filter(({ access }) => access === "write"),
        placeholderValuesOf(plan, stackLocation(suffix, { boundary: boundaryArn })),
    );

/** The policies as `npm run plan -- <stack> --deployer-policy` writes them. */
export const generateDeployerPolicies = (plan: Plan, place: DeployerLocation): DeployerPolicies =>
    deployerPolicies(plan, place, { drift: driftPermissions(plan), recovery: recoveryGrants(plan) });

export const deployStatements = async (suffix: string, place = stackLocation(suffix)): Promise<PolicyStatement[]> =>
    statementsOfDocuments(generateDeployerPolicies(await planOfSuffix(suffix), place).deploy);

export const isAllowed = (
    statements: readonly PolicyStatement[],
    action: string,
    arn: string,
    context: ConditionKeyValues = {},
) => statements.some((one) => isAllowedByStatement(one, action, arn, context));

/** Whether a statement denies the action, whatever others allow. */
export const isDenied = (statements: readonly PolicyStatement[], action: string, arn: string): boolean =>
    statements.some(
        (one) => one.Effect === "Deny" && statementApplies(one, { action, resource: arn, context: {} }, everyKey),
    );

/** What it takes to delete a record before its time. */
export const emptyingActions = [
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
];
