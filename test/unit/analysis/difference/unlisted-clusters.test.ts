import { expect, test } from "@jest/globals";
import { unlistedClusters } from "../../../../analysis/difference/unlisted-clusters.ts";
import { conflictLine } from "../../../../analysis/difference/update-conflicts.ts";
import { Database } from "../../../../lib/database.ts";
import type { PlatformSettings } from "../../../../lib/settings.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planComponent } from "../../../recorder.ts";
import { databaseArgs, testScope } from "../../fixtures.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { settingsOfConfig } from "../../tools/deploy/fakes.ts";

const dev = readStackConfig("dev");
const restoreFrom = { source: "snapshot", generation: 2, snapshot: "payment-before-migration" };
const restored = {
    "database.generation": 2,
    "database.otherGenerations": [1, 3],
    "database.restoreFrom": restoreFrom,
};

type Changes = Readonly<Record<string, unknown>>;

const settingsOf = (changes: Changes): PlatformSettings => settingsOfConfig(withSettings(dev, changes));
const planDatabase = ({ environmentSuffix: suffix, database }: PlatformSettings): Promise<Plan> =>
    planComponent(() => new Database(`payment-database-${suffix}`, databaseArgs(testScope({ suffix }), database)));

async function conflictsOf(before: Changes, after: Changes): Promise<string[]> {
    const [deployed, next] = [settingsOf(before), settingsOf(after)];
    return unlistedClusters(await planDatabase(deployed), await planDatabase(next), next).map(conflictLine);
}

test("clusters that the stack file does not mention are not deleted, and the line says how to keep or delete them", async () => {
    const without = (cluster: string, list: string) =>
        `${cluster} would be deleted with its data, because the stack file has no database.otherGenerations. Set it to ${list} to keep what is deployed, or to [] to delete it (docs/recovery.md)`;
    expect(await conflictsOf(restored, { "database.generation": 2, "database.restoreFrom": restoreFrom })).toEqual([
        without("payment-database-dev", "[1, 3]"),
        without("payment-database3-dev", "[1, 3]"),
    ]);
    // The file as it was before the restore.
    expect(await conflictsOf({ ...restored, "database.otherGenerations": [1] }, {})).toEqual([
        without("payment-database2-dev", "[2]"),
    ]);
});

test.each([
    ["an empty list", restored, { ...restored, "database.otherGenerations": [] }],
    ["a shorter list", restored, { ...restored, "database.otherGenerations": [3] }],
    ["no list, and no other cluster", {}, {}],
    ["another suffix", { ...restored, environmentSuffix: "old" }, {}],
])("%s is accepted", async (_, before, after) => {
    expect(await conflictsOf(before, after)).toEqual([]);
});
