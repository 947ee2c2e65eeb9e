import { ListRolesCommand, SimulatePrincipalPolicyCommand, type ContextEntry } from "@aws-sdk/client-iam";
import { allowedRequestsOf, type AllowedRequest } from "../../../analysis/iam/broadest-requests.ts";
import { storesOf } from "../../../analysis/iam/stores.ts";
import { resourcesOfType, textAtPath, toText } from "../../../plan/query.ts";
import { accountOfPlan, toArray } from "../../../analysis/iam/statements.ts";
import type { Plan } from "../../../plan/plan.ts";
import { DrillError, requireValue, type DrillContext } from "../../../tools/drill/context.ts";

/** A call that one service's role may make, and another's may not. */
export interface CrossServiceCall {
    /** Logical names of the roles. */
    readonly caller: string;
    readonly owner: string;
    readonly action: string;
    readonly resource: string;
    readonly context: readonly ContextEntry[];
}

const isTaskRole = ({ role }: AllowedRequest, suffix: string): boolean => role.node.name.endsWith(`-task-${suffix}`);

/** The condition keys that the owner's policy requires, so that another role is denied as such, not for a missing key. */
const contextEntries = ({ statement }: AllowedRequest, live: (planned: string) => string): ContextEntry[] =>
    Object.entries(statement.Condition?.StringEquals ?? {}).map(([ContextKeyName, values]) => ({
        ContextKeyName,
        ContextKeyType: "stringList",
        ContextKeyValues: toArray(values).map(String).map(live),
    }));

/**
 * Every call to a store that the plan allows to one service's role and not to another's.
 *
 * @param live maps an ARN of the plan to the ARN in AWS
 */
export function crossServiceCalls(plan: Plan, suffix: string, live: (planned: string) => string): CrossServiceCall[] {
    const stores = storesOf(plan).map(({ arn }) => arn);
    const grants = allowedRequestsOf(plan).filter(
        (grant) => isTaskRole(grant, suffix) && stores.some((arn) => grant.resource.startsWith(arn)),
    );
    const roles = [...new Set(grants.map(({ role }) => role.node.name))];
    // A role that may decrypt one secret with a key may not decrypt another: the condition is part of what is allowed.
    const callText = (caller: string, action: string, resource: string, context: readonly unknown[]) =>
        JSON.stringify([caller, action, resource, context]);
    const may = new Set(
        grants.map((grant) =>
            callText(grant.role.node.name, grant.action, grant.resource, contextEntries(grant, live)),
        ),
    );
    return grants.flatMap((grant) => {
        const { role, action, resource } = grant;
        const context = contextEntries(grant, live);
        const isAllowed = (caller: string) =>
            [context, []].some((each) => may.has(callText(caller, action, resource, each)));
        return roles
            .filter((caller) => !isAllowed(caller))
            .map((caller) => ({ caller, owner: role.node.name, action, resource: live(resource), context }));
    });
}

/** The ARN in AWS of a planned resource, by type and logical name, as the stack's manifest lists it. */
export interface DeployedArn {
    readonly type: string;
    readonly name: string;
    readonly arn: string | null;
}

interface DeployedPlace {
    readonly account: string;
    readonly databaseCluster: string;
    readonly databaseResourceId: string;
    /** ARN of the secret with its master user's password, which RDS creates. */
    readonly databaseSecretArn: string;
}

/**
 * Replaces invented ARNs of the plan with those in AWS.
 *
 * @param account the stack's account
 * @param databaseCluster identifier of the database cluster that the services use
 * @param databaseResourceId its `DbClusterResourceId`, which is in the ARNs of its users
 * @param databaseSecretArn ARN of its master user's secret
 */
export function createArnMapper(
    plan: Plan,
    resources: readonly DeployedArn[],
    { account, databaseCluster, databaseResourceId, databaseSecretArn }: DeployedPlace,
): (planned: string) => string {
    const given = new Map(resources.map(({ type, name, arn }) => [`${type} ${name}`, arn]));
    const pairs = plan.nodes
        .flatMap((node): [string, string][] => {
            const arn = given.get(`${node.type} ${node.name}`);
            return typeof arn === "string" && typeof node.outputs.arn === "string" ? [[node.outputs.arn, arn]] : [];
        })
        .toSorted(([a], [b]) => b.length - a.length);
    const cluster = resourcesOfType(plan, "rds/cluster:Cluster").find(({ id }) => id === databaseCluster);
    const parts: [string, string][] = [
        [textAtPath(cluster?.outputs, "masterUserSecrets.0.secretArn"), databaseSecretArn],
        [toText(cluster?.outputs.clusterResourceId), databaseResourceId],
        [`:${accountOfPlan(plan)}:`, `:${account}:`],
    ];
    return (planned) => {
        const [arn, live] = pairs.find(([made]) => planned.startsWith(made)) ?? ["", ""];
        return arn === ""
            ? parts.reduce((text, [made, real]) => text.replace(made, real), planned)
            : live + planned.slice(arn.length);
    };
}

/** ARNs of the stack's roles by their logical names; Pulumi adds eight characters. */
async function findRoleArns(
    { clients: { iam } }: DrillContext,
    names: readonly string[],
): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let Marker: string | undefined;
    do {
        const page = await iam.send(new ListRolesCommand({ Marker }));
        // A page may hold no role, and not be the last
        // (https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html).
        for (const { RoleName, Arn } of page.Roles ?? []) {
            const name = names.find((each) => RoleName?.startsWith(`${each}-`) && RoleName.length === each.length + 8);
            if (name !== undefined) {
                found.set(name, requireValue(Arn, "ListRoles", "Arn"));
            }
        }
        Marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (Marker !== undefined);
    return found;
}

/**
 * Simulates in IAM whether credentials stolen from one service could call another's stores, and whether their owner can. IAM
 * evaluates the roles' own policies. Only ECS may assume the roles, so the calls themselves cannot be made.
 *
 * @returns the number of simulated calls
 * @throws DrillError that names each call that is not as expected
 */
export async function simulateCalls(
    drillContext: DrillContext,
    crossCalls: readonly CrossServiceCall[],
): Promise<number> {
    const { iam } = drillContext.clients;
    const arns = await findRoleArns(drillContext, [
        ...new Set(crossCalls.flatMap(({ caller, owner }) => [caller, owner])),
    ]);
    const isAllowed = async (role: string, { action, resource, context }: CrossServiceCall): Promise<boolean> => {
        const PolicySourceArn = arns.get(role);
        if (PolicySourceArn === undefined) {
            throw new DrillError(`there is no role ${role}`);
        }
        const { EvaluationResults } = await iam.send(
            new SimulatePrincipalPolicyCommand({
                PolicySourceArn,
                ActionNames: [action],
                ResourceArns: [resource],
                ContextEntries: [...context],
            }),
        );
        // No decision is no refusal.
        const decision = requireValue(EvaluationResults?.[0]?.EvalDecision, "SimulatePrincipalPolicy", "EvalDecision");
        return decision === "allowed";
    };
    const wrong: string[] = [];
    for (const crossCall of crossCalls) {
        const call = `${crossCall.action} on ${crossCall.resource}`;
        if (!(await isAllowed(crossCall.owner, crossCall))) {
            wrong.push(
                `${crossCall.owner} must be able to call ${call}: its refusal of others proves nothing otherwise`,
            );
        }
        if (await isAllowed(crossCall.caller, crossCall)) {
            wrong.push(`${crossCall.caller} must not be able to call ${call}`);
        }
    }
    if (wrong.length > 0) {
        throw new DrillError(wrong.join("\n"));
    }
    return crossCalls.length;
}
