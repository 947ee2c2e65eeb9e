import { migrationNoun } from "../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { nameOf } from "../../lib/scope.ts";
import { containersOf, environmentVariable } from "../../plan/ecs-services.ts";
import type { Plan } from "../../plan/plan.ts";
import { resourcesOfType } from "../../plan/query.ts";
import type { UpdateConflict } from "./update-conflicts.ts";

/**
 * The migration runs before an update, on the database cluster that the services use until then. Where the update creates or switches
 * to another cluster, as a restore does, the former one may be lost, or the migration may be what damaged it; and services would
 * start on the other one before it is migrated.
 */
export function migrationConflicts(
    before: Plan,
    after: Plan,
    { migration, environmentSuffix: suffix }: Pick<PlatformSettings, "migration" | "environmentSuffix">,
): UpdateConflict[] {
    const resource = nameOf({ suffix }, migrationNoun);
    const former = migratedHost(before, resource);
    const deployed = clusterNames(before);
    const isOther =
        former !== migratedHost(after, resource) || clusterNames(after).some((name) => !deployed.includes(name));
    return migration.imageDigest === undefined || former === undefined || !isOther
        ? []
        : [
              {
                  resource,
                  text: "would run before this update creates another database cluster, or switches to one",
                  steps: "Leave out migration.imageDigest in this update, and set it in the next one, which migrates the cluster that the services use then (docs/recovery.md)",
              },
          ];
}

/** Address of the database that the task migrates; nothing where the plan has no such task. */
function migratedHost(plan: Plan, name: string): string | undefined {
    const definition = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").find((each) => each.name === name);
    const [container] = containersOf(definition);
    return container && environmentVariable(container, "DATABASE_HOST");
}

const clusterNames = (plan: Plan): string[] => resourcesOfType(plan, "rds/cluster:Cluster").map(({ name }) => name);
