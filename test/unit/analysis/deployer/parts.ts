import { statementsOf, type PolicyDocument, type PolicyStatement } from "../../../../analysis/deployer/document.ts";
import { factsOf, type Place } from "../../../../analysis/deployer/facts.ts";
import { grants } from "../../../../analysis/deployer/grants.ts";
import { deployerPolicies, type DeployerPolicies } from "../../../../analysis/deployer/policies.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { arnLike } from "../../../../plan/query.ts";
import { driftGrants } from "../../../../tools/drift/holds.ts";
import { recoveryGrants } from "../../../../tools/deploy/lookups.ts";
import { planOf } from "../../../stacks.ts";
import { planOfConfig } from "../../checks/planned.ts";
import { stackConfig, withSettings } from "../../settings/stack-config.ts";
import { account } from "../../parts.ts";

export const boundary = `arn:aws:iam::${account}:policy/payment-boundary`;

export const placeOf = (suffix: string, changes: Partial<Place> = {}): Place => ({
    suffix,
    region: "us-east-1",
    partition: "aws",
    account,
    ...changes,
});

/** Every switch on that makes another type of resource. */
export const everything = withSettings(stackConfig("prod"), {
    environmentSuffix: "pr-7",
    "services.api.imageDigest": `sha256:${"a".repeat(64)}`,
    "network.egress": "nat",
    "network.natGateways": "per-az",
    "validation.albPriority": 900,
    "accountServices.guardDuty": "create",
    "accountServices.config": "create",
    "accountServices.securityHub": "create",
    "alerts.critical": ["oncall@example.com"],
    "edge.httpRedirect": true,
});

/** What IAM knows of a request, by condition key. */
export type Context = Readonly<Record<string, string>>;

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);
const like = (text: string, pattern: string) => arnLike(`:::::${text}`, `:::::${pattern}`);

const compare: Readonly<Record<string, (given: string, wanted: string) => boolean>> = {
    StringEquals: (given, wanted) => given === wanted,
    StringNotEquals: (given, wanted) => given !== wanted,
    StringLike: like,
    ArnEquals: arnLike,
    Bool: (given, wanted) => given === wanted,
};

function holds(operator: string, given: string | undefined, wanted: readonly string[]): boolean {
    if (operator === "Null") {
        return wanted.includes(String(given === undefined));
    }
    const [, forAll, name = "", ifExists] = /^(ForAllValues:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
    const comparison = compare[name];
    if (comparison === undefined) {
        throw new Error(`unknown operator ${operator}`);
    }
    return given === undefined
        ? forAll !== undefined || ifExists !== undefined
        : wanted.some((value) => comparison(given, value));
}

/** The statement allows the action, as IAM would judge it. */
export const allowedBy = (
    { Effect, Action, Resource, Condition = {} }: PolicyStatement,
    action: string,
    arn: string,
    context: Context,
): boolean =>
    Effect === "Allow" &&
    listed(Action).includes(action) &&
    listed(Resource).some((pattern) => pattern === "*" || arnLike(arn, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, context[key], listed(wanted))),
    );

/** The statement allows some action on a resource; its actions share their resources and conditions. */
export const touches = (statement: PolicyStatement, arn: string, context: Context): boolean =>
    actionsIn([statement])
        .slice(0, 1)
        .some((action) => allowedBy(statement, action, arn, context));

/** Statements about named or tagged resources, not those that AWS lets nobody narrow. */
export const narrow = (statements: readonly PolicyStatement[]): PolicyStatement[] =>
    statements.filter((one) => !resourcesIn([one]).includes("*"));

export const statementsIn = (documents: readonly PolicyDocument[]): PolicyStatement[] =>
    documents.flatMap(({ Statement }) => Statement);

export const actionsIn = (statements: readonly PolicyStatement[]): string[] =>
    statements.flatMap(({ Action }) => listed(Action));

export const resourcesIn = (statements: readonly PolicyStatement[]): string[] =>
    statements.flatMap(({ Resource }) => listed(Resource));

export const suffixes = ["dev", "staging", "prod", "pr-7"] as const;
const plans = new Map<string, Promise<Plan>>();

/** The plan of a committed stack, or of `pr-7`, which has everything in it. */
export function planWith(suffix: string): Promise<Plan> {
    const plan = plans.get(suffix) ?? (suffix === "pr-7" ? planOfConfig(everything) : planOf(suffix));
    plans.set(suffix, plan);
    return plan;
}

/** All of them by suffix, made one after the other: Pulumi's runtime holds one program at a time. */
export async function allPlans(): Promise<[string, Plan][]> {
    const found: [string, Plan][] = [];
    for (const suffix of suffixes) {
        found.push([suffix, await planWith(suffix)]);
    }
    return found;
}

export const here = (service: string, path: string) => `arn:aws:${service}:us-east-1:${account}:${path}`;
export const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

/** A request that concerns something which carries, and keeps, a suffix as its tag. */
export const tagged = (suffix: string): Context => ({
    "aws:ResourceTag/EnvironmentSuffix": suffix,
    "application-autoscaling:service-namespace": "ecs",
    "iam:PermissionsBoundary": boundary,
    "kms:GrantIsForAWSResource": "true",
});

export const writesOf = (plan: Plan, suffix: string, types: readonly string[]): PolicyStatement[] =>
    statementsOf(
        types.flatMap((type) => grants[type] ?? []).filter(({ access }) => access === "write"),
        factsOf(plan, placeOf(suffix, { boundary })),
    );

/** The policies as `npm run plan -- <stack> --deployer-policy` writes them. */
export const policiesOf = (plan: Plan, place: Place): DeployerPolicies =>
    deployerPolicies(plan, place, { drift: driftGrants(plan), recovery: recoveryGrants(plan) });

export const deployOf = async (suffix: string, place = placeOf(suffix)): Promise<PolicyStatement[]> =>
    statementsIn(policiesOf(await planWith(suffix), place).deploy);

export const may = (statements: readonly PolicyStatement[], action: string, arn: string, context: Context = {}) =>
    statements.some((one) => allowedBy(one, action, arn, context));
