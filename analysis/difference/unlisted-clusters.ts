import { databaseClusterName, maxGeneration } from "../../lib/settings/database-generations.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../../plan/plan.ts";
import { resourcesOfType } from "../../plan/query.ts";
import type { UpdateConflict } from "./update-conflicts.ts";

/**
 * Database clusters that an update would delete because the stack file leaves out `database.otherGenerations`. An empty list deletes
 * them.
 */
export function unlistedClusters(
    before: Plan,
    after: Plan,
    { database, environmentSuffix: suffix }: Pick<PlatformSettings, "database" | "environmentSuffix">,
): UpdateConflict[] {
    if (database.otherGenerations !== undefined) {
        return [];
    }
    const [deployed, planned] = [clusterNames(before), clusterNames(after)];
    const generations = Array.from({ length: maxGeneration }, (_, i) => i + 1).filter((generation) => {
        const name = databaseClusterName({ suffix }, generation);
        return deployed.has(name) && !planned.has(name);
    });
    return generations.map((generation) => ({
        resource: databaseClusterName({ suffix }, generation),
        text: "would be deleted with its data, because the stack file has no database.otherGenerations",
        steps: `Set it to [${generations.join(", ")}] to keep what is deployed, or to [] to delete it (docs/recovery.md)`,
    }));
}

const clusterNames = (plan: Plan): ReadonlySet<string> =>
    new Set(resourcesOfType(plan, "rds/cluster:Cluster").map(({ name }) => name));
