import { expect, test } from "@jest/globals";
import { lossConsequencesOf, type ResourceChange } from "../../../../analysis/difference/loss-consequences.ts";
import { typesWith } from "../../../../plan/catalogue/catalogue.ts";

const change = (operation: string, type: string, name: string, rest: Partial<ResourceChange> = {}): ResourceChange => ({
    operation,
    type,
    name,
    changes: [],
    ...rest,
});

const cluster = "aws:rds/cluster:Cluster";

test("a replaced database is reported with its reason, and with the deletion of its payments", () => {
    const changes = [
        { path: "databaseName", before: "payments", after: "ledger", forcesReplacement: true },
        { path: "backupRetentionPeriod", before: 7, after: 14, forcesReplacement: false },
    ];
    expect(lossConsequencesOf([change("replace", cluster, "payment-database-dev", { changes })])).toEqual([
        {
            kind: "replace",
            resource: "payment-database-dev",
            text: "replaces the Cluster because of databaseName: payments -> ledger; the data in it is deleted: payments",
            losesData: true,
        },
    ]);
});

test("a resource with only an address loses no data", () => {
    expect(
        lossConsequencesOf([change("delete", "aws:apigateway/apiKey:ApiKey", "payment-gateway-merchant-shop-dev")]),
    ).toEqual([
        {
            kind: "delete",
            resource: "payment-gateway-merchant-shop-dev",
            text: "deletes the ApiKey; others lose: the key that a merchant has been given",
            losesData: false,
        },
    ]);
});

test("resources without data, and resources that remain, are not reported", () => {
    expect(
        lossConsequencesOf([
            change("replace", "aws:ecs/taskDefinition:TaskDefinition", "payment-api-dev"),
            change("delete", "aws:iam/role:Role", "payment-api-task-dev"),
            change("update", cluster, "payment-database-dev"),
            change("create", cluster, "payment-database-dev"),
        ]),
    ).toEqual([]);
});

test("a part is not reported together with the whole, and is reported if it is deleted alone", () => {
    const instance = change("replace", "aws:rds/clusterInstance:ClusterInstance", "payment-database-0-dev");
    expect(lossConsequencesOf([instance]).map(({ resource }) => resource)).toEqual(["payment-database-0-dev"]);
    expect(
        lossConsequencesOf([instance, change("replace", cluster, "payment-database-dev")]).map(
            ({ resource }) => resource,
        ),
    ).toEqual(["payment-database-dev"]);
});

test("every part names types that hold something themselves, and no part holds data", () => {
    const losses = new Map(typesWith("loss"));
    const parts = [...losses.values()].filter(({ partOf }) => partOf !== undefined);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.filter(({ losesData }) => losesData)).toEqual([]);
    expect(parts.flatMap(({ partOf = [] }) => partOf).filter((type) => !losses.has(type))).toEqual([]);
});
