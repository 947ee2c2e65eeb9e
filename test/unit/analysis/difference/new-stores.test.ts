import { expect, test } from "@jest/globals";
import { newStores } from "../../../../analysis/difference/new-stores.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { removeResources } from "../../checks/fault.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

const cluster = "aws:rds/cluster:Cluster";
const dev = readStackConfig("dev");
const planWith = (settings: Readonly<Record<string, unknown>>) => planOfConfig(withSettings(dev, settings), "dev");

test("an empty database or transaction log in the place of one that is gone must be accepted", async () => {
    const plan = await planWith({});
    const without = (type: string) => newStores(removeResources(type)(plan), plan);
    expect(without(cluster)).toEqual([
        {
            kind: "create",
            resource: "payment-database-dev",
            text: "creates an empty Cluster in a stack that had one; the data of the former one is not in it: payments",
            losesData: true,
        },
    ]);
    expect(without("aws:dynamodb/table:Table").map(({ resource }) => resource)).toEqual(["payment-transactions-dev"]);
});

const restoredFrom = (source: object) => ({
    "database.generation": 2,
    "database.otherGenerations": [1],
    "database.restoreFrom": { generation: 2, ...source },
});

test.each([
    [
        "a snapshot",
        { source: "snapshot", snapshot: "payment-before-migration" },
        '{"snapshotIdentifier":"payment-before-migration"}',
    ],
    [
        "a cluster",
        { source: "point-in-time", cluster: "payment-database-dev", time: "2026-03-31T09:30:00Z" },
        '{"restoreToPointInTime":{"restoreToTime":"2026-03-31T09:30:00Z","restoreType":"full-copy","sourceClusterIdentifier":"payment-database-dev"}}',
    ],
    [
        "a deleted cluster",
        { source: "deleted-cluster", resourceId: "cluster-ABC123", time: "latest" },
        '{"restoreToPointInTime":{"restoreType":"full-copy","sourceClusterResourceId":"cluster-ABC123","useLatestRestorableTime":true}}',
    ],
])(
    "a cluster with the data of %s must be accepted, too: the setting stays after a restore",
    async (_, source, data) => {
        const restored = await planWith(restoredFrom(source));
        const created = {
            kind: "create",
            resource: "payment-database2-dev",
            text: `creates a Cluster with restored data (${data}); what was written since is not in it: payments`,
            losesData: true,
        };
        expect(newStores(await planWith({}), restored)).toEqual([created]);
        // Lost long after the restore, and refreshed.
        const lost = removeResources("aws:rds/cluster:Cluster")(restored);
        expect(newStores(lost, restored)).toContainEqual(created);
        expect(newStores(restored, restored)).toEqual([]);
    },
);

test("what a stack may lack, such as a queue, and what it keeps needs no acceptance", async () => {
    const plan = await planWith({});
    expect(newStores(removeResources("aws:sqs/queue:Queue")(plan), plan)).toEqual([]);
    expect(newStores(plan, plan)).toEqual([]);
});
