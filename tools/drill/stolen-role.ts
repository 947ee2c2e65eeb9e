import { ListRolesCommand, SimulatePrincipalPolicyCommand, type ContextEntry } from "@aws-sdk/client-iam";
import { grantsOf, type Grant } from "../../analysis/iam/broadest-requests.ts";
import { storesOf } from "../../analysis/iam/stores.ts";
import { all, shown } from "../../plan/query.ts";
import { accountOf, many } from "../../analysis/iam/statements.ts";
import type { Plan } from "../../plan/plan.ts";
import { DrillProblem, told, type Scene } from "./scene.ts";

/** A call that one service's role may make, and another's may not. */
export interface Theft {
    /** Logical names of the roles. */
    readonly thief: string;
    readonly owner: string;
    readonly action: string;
    readonly resource: string;
    readonly context: readonly ContextEntry[];
}

const isTaskRole = ({ role }: Grant, suffix: string): boolean => role.node.name.endsWith(`-task-${suffix}`);

/** What the owner's own policy asks of a call, so that it is refused for whose it is and not for what is missing. */
const contextOf = ({ statement }: Grant, live: (planned: string) => string): ContextEntry[] =>
    Object.entries(statement.Condition?.StringEquals ?? {}).map(([ContextKeyName, values]) => ({
        ContextKeyName,
        ContextKeyType: "stringList",
        ContextKeyValues: many(values).map(String).map(live),
    }));

/**
 * Everything that a service's role may do to a store and another's may not, as the plan has it.
 *
 * @param live the ARN in AWS for what the plan makes up
 */
export function theftsOf(plan: Plan, suffix: string, live: (planned: string) => string): Theft[] {
    const stores = storesOf(plan).map(({ arn }) => arn);
    const grants = grantsOf(plan).filter(
        (grant) => isTaskRole(grant, suffix) && stores.some((arn) => grant.resource.startsWith(arn)),
    );
    const roles = [...new Set(grants.map(({ role }) => role.node.name))];
    const may = new Set(grants.map(({ role, action, resource }) => [role.node.name, action, resource].join(" ")));
    return grants.flatMap((grant) => {
        const { role, action, resource } = grant;
        return roles
            .filter((thief) => !may.has([thief, action, resource].join(" ")))
            .map((thief) => ({
                thief,
                owner: role.node.name,
                action,
                resource: live(resource),
                context: contextOf(grant, live),
            }));
    });
}

/** What AWS gave a resource of the plan: its ARN, by type and logical name, as a stack's manifest lists them. */
export interface Deployed {
    readonly type: string;
    readonly name: string;
    readonly arn: string | null;
}

/**
 * Replaces what the plan made up by what AWS gave.
 *
 * @param account the stack's
 * @param databaseResourceId `DbClusterResourceId` of its database, which is in the ARNs of its users
 */
export function liveArns(
    plan: Plan,
    resources: readonly Deployed[],
    { account, databaseResourceId }: { account: string; databaseResourceId: string },
): (planned: string) => string {
    const given = new Map(resources.map(({ type, name, arn }) => [`${type} ${name}`, arn]));
    const pairs = plan.nodes
        .flatMap((node): [string, string][] => {
            const arn = given.get(`${node.type} ${node.name}`);
            return typeof arn === "string" && typeof node.outputs.arn === "string" ? [[node.outputs.arn, arn]] : [];
        })
        .toSorted(([a], [b]) => b.length - a.length);
    const [cluster] = all(plan, "rds/cluster:Cluster");
    const users: [string, string][] = [
        [shown(cluster?.outputs.clusterResourceId), databaseResourceId],
        [`:${accountOf(plan)}:`, `:${account}:`],
    ];
    return (planned) => {
        const [arn, live] = pairs.find(([made]) => planned.startsWith(made)) ?? ["", ""];
        return arn === ""
            ? users.reduce((text, [made, real]) => text.replace(made, real), planned)
            : live + planned.slice(arn.length);
    };
}

/** ARNs of the stack's roles by their logical names; Pulumi adds eight characters. */
async function roleArns({ clients: { iam } }: Scene, names: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let Marker: string | undefined;
    do {
        const page = await iam.send(new ListRolesCommand({ Marker }));
        // A page may hold no role, and not be the last
        // (https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html).
        for (const { RoleName, Arn } of page.Roles ?? []) {
            const name = names.find((each) => RoleName?.startsWith(`${each}-`) && RoleName.length === each.length + 8);
            if (name !== undefined) {
                found.set(name, told(Arn, "ListRoles", "Arn"));
            }
        }
        Marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (Marker !== undefined);
    return found;
}

/**
 * Asks IAM whether a thief of one service's credentials could touch another's stores, and whether their owner can. It reads
 * the roles' own policies as they stand; nobody but ECS may take the roles, so the calls themselves cannot be tried.
 *
 * @returns how many calls were asked about
 * @throws DrillProblem that names each call that is not as expected
 */
export async function tryThefts(scene: Scene, thefts: readonly Theft[]): Promise<number> {
    const { iam } = scene.clients;
    const arns = await roleArns(scene, [...new Set(thefts.flatMap(({ thief, owner }) => [thief, owner]))]);
    const isAllowed = async (role: string, { action, resource, context }: Theft): Promise<boolean> => {
        const PolicySourceArn = arns.get(role);
        if (PolicySourceArn === undefined) {
            throw new DrillProblem(`there is no role ${role}`);
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
        const decision = told(EvaluationResults?.[0]?.EvalDecision, "SimulatePrincipalPolicy", "EvalDecision");
        return decision === "allowed";
    };
    const wrong: string[] = [];
    for (const theft of thefts) {
        const call = `${theft.action} on ${theft.resource}`;
        if (!(await isAllowed(theft.owner, theft))) {
            wrong.push(`${theft.owner} must be able to call ${call}: its refusal of others proves nothing otherwise`);
        }
        if (await isAllowed(theft.thief, theft)) {
            wrong.push(`${theft.thief} must not be able to call ${call}`);
        }
    }
    if (wrong.length > 0) {
        throw new DrillProblem(wrong.join("\n"));
    }
    return thefts.length;
}
