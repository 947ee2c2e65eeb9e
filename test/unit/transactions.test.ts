import { expect, test } from "@jest/globals";
import { settingsSchema, type Settings } from "../../lib/settings/schema.ts";
import { Transactions } from "../../lib/transactions.ts";
import { inputsOf, findNode, nodesOf, planComponent } from "../recorder.ts";
import {
    accountId,
    keyArns,
    logicalNamesOf,
    onlyNode,
    testScope,
    exposeStatements,
    policyStatements,
    typeTokens,
} from "./fixtures.ts";

const name = "payment-transactions-test";
const tableArn = `arn:aws:dynamodb:us-east-1:${accountId}:table/${name}`;
const table = "aws:dynamodb/table:Table";

const settingsOf = (changes: object = {}): Settings["transactions"] =>
    settingsSchema.shape.transactions.parse({
        pointInTimeRecovery: true,
        capacity: { mode: "on-demand" },
        ...changes,
    });
const provisioned = { capacity: { mode: "provisioned", units: 20, maxUnits: 200 } };

const planned = (changes: object = {}, deletionProtection = false) =>
    planComponent(
        () =>
            new Transactions(name, {
                scope: testScope({ deletionProtection }),
                settings: settingsOf(changes),
                keyArn: keyArns.data,
            }),
    );

test("a payment is found by its ID, and a customer's payments in the order of their time", async () => {
    const { inputs } = onlyNode(await planned(), table);
    expect(inputs).toMatchObject({
        name,
        hashKey: "transaction_id",
        rangeKey: "timestamp",
        attributes: [
            { name: "transaction_id", type: "S" },
            { name: "timestamp", type: "S" },
            { name: "customer_id", type: "S" },
        ],
        globalSecondaryIndexes: [
            { name: "customer-index", hashKey: "customer_id", rangeKey: "timestamp", projectionType: "ALL" },
        ],
    });
});

test("the log is encrypted with the stack's key, and expired items are deleted", async () => {
    const { inputs } = onlyNode(await planned(), table);
    expect(inputs.serverSideEncryption).toEqual({ enabled: true, kmsKeyArn: keyArns.data });
    expect(inputs.ttl).toEqual({ attributeName: "expires_at", enabled: true });
});

test.each([true, false])("point-in-time recovery is as the stack sets it: %s", async (pointInTimeRecovery) => {
    const { inputs } = onlyNode(await planned({ pointInTimeRecovery }), table);
    expect(inputs.pointInTimeRecovery).toEqual({ enabled: pointInTimeRecovery });
});

test.each([true, false])(
    "with deletion protection %s both AWS and Pulumi protect the table",
    async (deletionProtection) => {
        const { inputs, options } = onlyNode(await planned({}, deletionProtection), table);
        expect(inputs.deletionProtectionEnabled).toBe(deletionProtection);
        expect(options.protect).toBe(deletionProtection);
    },
);

test("on demand nothing scales, as AWS bills each request", async () => {
    const plan = await planned();
    const { inputs, options } = onlyNode(plan, table);
    expect(inputs.billingMode).toBe("PAY_PER_REQUEST");
    expect(inputs).not.toHaveProperty("readCapacity");
    expect(options.ignoreChanges).toEqual([]);
    expect(nodesOf(plan, typeTokens.scalingTarget)).toEqual([]);
});

test("provisioned capacity of table and index scales within its limits, reads apart from writes", async () => {
    const plan = await planned(provisioned);
    expect(onlyNode(plan, table).inputs).toMatchObject({
        billingMode: "PROVISIONED",
        readCapacity: 20,
        writeCapacity: 20,
        globalSecondaryIndexes: [{ readCapacity: 20, writeCapacity: 20 }],
    });
    const bounds = { serviceNamespace: "dynamodb", minCapacity: 20, maxCapacity: 200 };
    const ofTable = { ...bounds, resourceId: `table/${name}` };
    const ofIndex = { ...bounds, resourceId: `table/${name}/index/customer-index` };
    const targets = logicalNamesOf(plan, typeTokens.scalingTarget).map(
        (target) => findNode(plan, target, typeTokens.scalingTarget).inputs,
    );
    expect(targets).toEqual([
        { ...ofIndex, scalableDimension: "dynamodb:index:ReadCapacityUnits" },
        { ...ofIndex, scalableDimension: "dynamodb:index:WriteCapacityUnits" },
        { ...ofTable, scalableDimension: "dynamodb:table:ReadCapacityUnits" },
        { ...ofTable, scalableDimension: "dynamodb:table:WriteCapacityUnits" },
    ]);
    const aims = inputsOf(plan, typeTokens.scalingPolicy).map(
        (inputs) => inputs.targetTrackingScalingPolicyConfiguration,
    );
    expect(aims).toHaveLength(4);
    expect(aims).toEqual(
        expect.arrayContaining(
            ["DynamoDBReadCapacityUtilization", "DynamoDBWriteCapacityUtilization"].map((predefinedMetricType) => ({
                targetValue: 70,
                predefinedMetricSpecification: { predefinedMetricType },
            })),
        ),
    );
});

test("an update does not change the capacity that scaling has set", async () => {
    const { options } = onlyNode(await planned(provisioned), table);
    expect(options.ignoreChanges).toEqual(["readCapacity", "writeCapacity", "globalSecondaryIndexes"]);
});

test("recording a payment needs two actions on the table, and the key through DynamoDB alone", async () => {
    const plan = await planComponent(() => {
        const log = new Transactions(name, { scope: testScope(), settings: settingsOf(), keyArn: keyArns.data });
        exposeStatements("shown", log.recordStatements());
    });
    const here = { "aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": accountId };
    expect(policyStatements(onlyNode(plan, typeTokens.policy))).toEqual([
        {
            Effect: "Allow",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: tableArn,
            Condition: { StringEquals: here },
        },
        {
            Effect: "Allow",
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            Resource: keyArns.data,
            Condition: { StringEquals: { ...here, "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } },
        },
    ]);
});
