import { typesWith } from "../../plan/catalogue/catalogue.ts";
import { storeKinds } from "../../plan/catalogue/row.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    compareText,
    isObjectOrArray,
    itemsOf,
    memoizeByPlan,
    toText,
    inputText,
    textAtPath,
} from "../../plan/query.ts";
import { containersOf } from "../../plan/ecs-services.ts";
import { statementsOfPlan, toArray } from "./statements.ts";
import { accountPoliciesOf } from "./policies.ts";
import { hasWildcard } from "./wildcards.ts";

/** A resource that stores data, secrets, keys, images or logs, and to which policies give access. */
export interface Store {
    readonly kind: string;
    readonly name: string;
    readonly arn: string;
}

const databaseUsers = "Database users";

/** Users of a database cluster: its master user, those in the variables of tasks, and those in ARNs of policies. */
function databaseUsersOf(plan: Plan, cluster: PlanNode, prefix: string): string[] {
    const ofTasks = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").flatMap((task) => {
        const variables = containersOf(task).flatMap(({ environment }) => itemsOf(environment).filter(isObjectOrArray));
        return variables.filter(({ name }) => name === "DATABASE_USER").map(({ value }) => toText(value));
    });
    const inPolicies = statementsOfPlan(plan)
        .flatMap(({ Resource }) => toArray(Resource))
        .filter((resource) => resource.startsWith(prefix) && !hasWildcard(resource))
        .map((resource) => resource.slice(prefix.length));
    return [...new Set([inputText(cluster, "masterUsername"), ...ofTasks, ...inPolicies])];
}

/** Every store of a plan, by kind and name. */
export const storesOf = memoizeByPlan((plan): readonly Store[] => {
    const { partition, region, account } = accountPoliciesOf(plan);
    const users = resourcesOfType(plan, "rds/cluster:Cluster").flatMap((cluster) => {
        const prefix = `arn:${partition}:rds-db:${region}:${account}:dbuser:${toText(cluster.outputs.clusterResourceId)}/`;
        return databaseUsersOf(plan, cluster, prefix).map((user) => ({
            kind: databaseUsers,
            name: `${user} of ${cluster.name}`,
            arn: `${prefix}${user}`,
        }));
    });
    const masters = resourcesOfType(plan, "rds/cluster:Cluster")
        .map((cluster) => ({
            kind: "Secrets",
            name: `master of ${cluster.name}`,
            arn: textAtPath(cluster.outputs, "masterUserSecrets.0.secretArn"),
        }))
        .filter(({ arn }) => arn !== "");
    const others = typesWith("storeKind").flatMap(([type, kind]) =>
        resourcesOfType(plan, type).map((node) => ({ kind, name: node.name, arn: arnOf(node) })),
    );
    return [...users, ...masters, ...others].toSorted((a, b) => compareText(a.name, b.name));
});

/** Replaces ARNs and IDs that AWS or Pulumi generates with the logical names of the plan. */
export const createNameReplacer = memoizeByPlan((plan): ((value: string) => string) => {
    const known = [
        ...storesOf(plan).map(({ arn, name }) => [arn, name] as const),
        ...plan.nodes.flatMap(({ outputs, name }) =>
            [outputs.arn, outputs.executionArn]
                .filter((arn) => typeof arn === "string" && arn.startsWith("arn:"))
                .map((arn) => [toText(arn), name] as const),
        ),
        ...resourcesOfType(plan, "rds/cluster:Cluster").map(
            ({ outputs, name }) => [toText(outputs.clusterResourceId), name] as const,
        ),
    ].toSorted(([a], [b]) => b.length - a.length);
    const names = new Map<string, string>();
    return (value) => {
        const found = names.get(value) ?? known.reduce((text, [arn, name]) => text.replaceAll(arn, name), value);
        names.set(value, found);
        return found;
    };
});

/** Kinds of stores, in the order of the record of rights. */
export const storeHeadings: readonly string[] = [databaseUsers, ...storeKinds];
