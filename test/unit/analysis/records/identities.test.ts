import { expect, test } from "@jest/globals";
import { identitiesOf } from "../../../../analysis/records/identities.ts";
import { Secret, type PlanNode } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { withValueAt, changeInputs, changeOptions, changeResources, type PlanChange } from "../../checks/fault.ts";

const table = "aws:dynamodb/table:Table";

const identityIn = async (type: string, change: PlanChange = (plan) => plan) =>
    Object.entries(identitiesOf(change(await planTestStack("prod")))).find(([urn]) => urn.includes(`$${type}::`))?.[1];

test("a stateful resource is identified by the inputs that replace it, others are not listed", async () => {
    expect(await identityIn(table)).toEqual({
        replacedBy: { hashKey: "transaction_id", name: "payment-transactions-prod", rangeKey: "timestamp" },
    });
    expect(await identityIn("aws:lambda/function:Function")).toBeUndefined();
});

test("its protection is listed, too", async () => {
    expect(await identityIn(table, changeOptions(table, { protect: true }))).toMatchObject({ protect: true });
});

test("what Pulumi ignores, and what replaces nothing, is left out", async () => {
    const ignoring = changeResources(table, "", (node) => [
        {
            ...node,
            inputs: { ...node.inputs, ...withValueAt("rangeKey", "created")(node.inputs) },
            options: { ...node.options, ignoreChanges: ["rangeKey"] },
        },
    ]);
    expect((await identityIn(table, ignoring))?.replacedBy).not.toHaveProperty("rangeKey");
    expect(await identityIn(table, changeInputs(table, "", { readCapacity: 100 }))).toEqual(await identityIn(table));
});

test("an input that replaces by an option of the program is part of it", async () => {
    const found = await identityIn(table, changeOptions(table, { replaceOnChanges: ["billingMode"] }));
    expect(found?.replacedBy).toMatchObject({ billingMode: "PROVISIONED" });
});

test("references read as names, and secrets are not shown", async () => {
    const cluster = "aws:rds/cluster:Cluster";
    expect((await identityIn(cluster))?.replacedBy).toMatchObject({ kmsKeyId: "<arn of Key payment-data-prod>" });
    const secret = changeInputs(cluster, "", { kmsKeyId: new Secret("arn:aws:kms:us-east-1:123456789012:key/other") });
    expect((await identityIn(cluster, secret))?.replacedBy).toMatchObject({ kmsKeyId: "<secret>" });
});

test("another account, and other IDs of what AWS makes, change nothing", async () => {
    const prod = await planTestStack("prod");
    const key = prod.nodes.find(({ name, type }) => name === "payment-data-prod" && type === "aws:kms/key:Key");
    const nodes = JSON.stringify(prod.nodes)
        .replaceAll("123456789012", "210987654321")
        .replaceAll(key?.id ?? "", "00000000-0000-0000-0000-000000000000");
    const known = identitiesOf(prod);
    expect(identitiesOf({ ...prod, nodes: JSON.parse(nodes) as PlanNode[] })).toEqual(known);
    expect(JSON.stringify(known)).toContain("payment-audit-prod-<account>");
    expect(JSON.stringify(known)).not.toMatch(/\d{12}/);
});
