import { expect, test } from "@jest/globals";
import { emptyStores } from "../../../../analysis/difference/empty-stores.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { removeResources } from "../../checks/fault.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

const cluster = "aws:rds/cluster:Cluster";
const dev = readStackConfig("dev");
const planWith = (settings: Readonly<Record<string, unknown>>) => planOfConfig(withSettings(dev, settings), "dev");

test("an empty database or transaction log in the place of one that is gone must be accepted", async () => {
    const plan = await planWith({});
    const without = (type: string) => emptyStores(removeResources(type)(plan), plan);
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
    ["a snapshot", { source: "snapshot", snapshot: "payment-before-migration" }],
    ["a cluster", { source: "point-in-time", cluster: "payment-database-dev", time: "latest" }],
    ["a deleted cluster", { source: "deleted-cluster", resourceId: "cluster-ABC123", time: "latest" }],
])("a cluster with the data of %s needs no acceptance", async (_, source) => {
    expect(emptyStores(await planWith({}), await planWith(restoredFrom(source)))).toEqual([]);
});

test("what a stack may lack, such as a queue, and what it keeps needs no acceptance", async () => {
    const plan = await planWith({});
    expect(emptyStores(removeResources("aws:sqs/queue:Queue")(plan), plan)).toEqual([]);
    expect(emptyStores(plan, plan)).toEqual([]);
});
