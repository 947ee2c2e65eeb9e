import { expect, test } from "@jest/globals";
import { unlistedClusters } from "../../../../analysis/difference/unlisted-clusters.ts";
import { conflictLine } from "../../../../analysis/difference/update-conflicts.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
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

async function conflictsOf(before: Changes, after: Changes): Promise<string[]> {
    const [deployed, next] = [withSettings(dev, before), withSettings(dev, after)];
    return unlistedClusters(
        await planOfConfig(deployed, "dev"),
        await planOfConfig(next, "dev"),
        settingsOfConfig(next),
    ).map(conflictLine);
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
