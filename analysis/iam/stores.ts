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

/** Something that keeps what others want. */
export interface Store {
    readonly kind: string;
    readonly name: string;
    readonly arn: string;
}

/** Users of a cluster that anything speaks of: its master, those of tasks, and those that policies name. */
function databaseUsersOf(plan: Plan, cluster: PlanNode, prefix: string): string[] {
    const contained = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").flatMap((task) => {
        const variables = containersOf(task).flatMap(({ environment }) => itemsOf(environment).filter(isObjectOrArray));
        return variables.filter(({ name }) => name === "DATABASE_USER").map(({ value }) => toText(value));
    });
    const named = statementsOfPlan(plan)
        .flatMap(({ Resource }) => toArray(Resource))
        .filter((resource) => resource.startsWith(prefix) && !hasWildcard(resource))
        .map((resource) => resource.slice(prefix.length));
    return [...new Set([inputText(cluster, "masterUsername"), ...contained, ...named])];
}

/** Every store of a plan, by kind and name. */
export const storesOf = memoizeByPlan((plan): readonly Store[] => {
    const { partition, region, account } = accountPoliciesOf(plan);
    const users = resourcesOfType(plan, "rds/cluster:Cluster").flatMap((cluster) => {
        const prefix = `arn:${partition}:rds-db:${region}:${account}:dbuser:${toText(cluster.outputs.clusterResourceId)}/`;
        return databaseUsersOf(plan, cluster, prefix).map((user) => ({
            kind: "Database users",
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

/** Replaces what AWS or Pulumi made up by the names that the plan gives. */
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
        const found =
            names.get(value) ??
            known
                .filter(([arn]) => value.includes(arn))
                .reduce((text, [arn, name]) => text.replaceAll(arn, name), value);
        names.set(value, found);
        return found;
    };
});

export const storeHeadings: readonly string[] = ["Database users", ...storeKinds];
