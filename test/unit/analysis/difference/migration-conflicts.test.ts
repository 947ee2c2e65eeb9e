import { expect, test } from "@jest/globals";
import { migrationConflicts } from "../../../../analysis/difference/migration-conflicts.ts";
import { conflictLine } from "../../../../analysis/difference/update-conflicts.ts";
import { planFromState } from "../../../../analysis/engine/state-plan.ts";
import { planOfConfig } from "../../../stacks.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { settingsOfConfig, stateResourcesOf, stateWith } from "../../tools/deploy/fakes.ts";

type Changes = Readonly<Record<string, unknown>>;

const recorded = { "migration.imageDigest": `sha256:${"1".repeat(64)}` };
const restoreFrom = { source: "point-in-time", generation: 2, cluster: "payment-database-dev", time: "latest" };
const beside = { "database.otherGenerations": [2], "database.restoreFrom": restoreFrom };
const switched = { "database.generation": 2, "database.otherGenerations": [1], "database.restoreFrom": restoreFrom };

/** Of an update from what one version of the stack file left in the state to another version. */
async function conflictsOf(before: Changes, after: Changes, isKept: (name: string) => boolean = () => true) {
    const [deployed, next] = [before, after].map((changes) => withSettings(readStackConfig("dev"), changes)) as [
        Record<string, string>,
        Record<string, string>,
    ];
    const plan = await planOfConfig(next, "dev");
    const resources = stateResourcesOf(await planOfConfig(deployed, "dev"));
    const state = stateWith(resources.filter(({ type, urn }) => isKept(`${type} ${urn.split("::").at(-1) ?? ""}`)));
    return migrationConflicts(planFromState(plan, state), plan, settingsOfConfig(next)).map(conflictLine);
}

test.each([
    ["creates a cluster beside the first one", {}, beside],
    ["creates a cluster and switches to it", {}, switched],
    ["switches to a restored cluster", beside, switched],
    ["returns to the first cluster", switched, beside],
])("an update that %s must leave out the migration, which would run before it", async (_, before, after) => {
    const line =
        "payment-migration-dev would run before this update creates another database cluster, or switches to one. Leave out migration.imageDigest in this update, and set it in the next one, which migrates the cluster that the services use then (docs/recovery.md)";
    expect(await conflictsOf({ ...recorded, ...before }, { ...recorded, ...after })).toEqual([line]);
    expect(await conflictsOf({ ...recorded, ...before }, after)).toEqual([]);
});

test.each([
    ["the update after it, which migrates the restored cluster", switched, { ...recorded, ...switched }],
    ["another image", recorded, { "migration.imageDigest": `sha256:${"2".repeat(64)}` }],
    ["the removal of the former cluster", switched, { ...recorded, ...switched, "database.otherGenerations": [] }],
])("%s is not refused", async (_, before, after) => {
    expect(await conflictsOf(before, after)).toEqual([]);
});

test("an update that creates the task of the migration is not refused: nothing runs before it", async () => {
    const withoutTask = (name: string) => name !== "aws:ecs/taskDefinition:TaskDefinition payment-migration-dev";
    expect(await conflictsOf({}, { ...recorded, ...switched }, withoutTask)).toEqual([]);
});
