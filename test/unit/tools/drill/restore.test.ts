import { expect, test } from "@jest/globals";
import { restoreDatabase } from "../../../../tools/drill/restore-database.ts";
import { restoreTable } from "../../../../tools/drill/restore-table.ts";
import { runRestoreDrill } from "../../../../tools/drill/restore.ts";
import {
    startTime,
    inputsOfCalls,
    switchAfterTimes,
    switchAfterCall,
    drillContextOn,
    type CallInput,
} from "./fakes.ts";
import { keyArn, fakeAccountForRestore } from "./fake-accounts.ts";

test("the database is restored into a copy with the same network and encryption, and the copy is deleted", async () => {
    const { drillContext, calls, names, said } = drillContextOn(fakeAccountForRestore());
    await expect(restoreDatabase(drillContext, "copy")).resolves.toEqual({ seconds: 60, lostSeconds: 120 });
    expect(names()).toEqual([
        "DescribeDBClusters",
        "RestoreDBClusterToPointInTime",
        ...["DescribeDBClusters", "DescribeDBClusters", "DescribeDBClusters"],
        "CreateDBInstance",
        ...["DescribeDBInstances", "DescribeDBInstances", "DescribeDBInstances"],
        "DescribeDBClusters",
        ...["DeleteDBInstance", "DeleteDBInstance", "DeleteDBInstance"],
        ...["DeleteDBCluster", "DeleteDBCluster", "DeleteDBCluster"],
    ]);
    expect(calls[1]?.input).toEqual({
        DBClusterIdentifier: "copy",
        SourceDBClusterIdentifier: "payment-database-dev",
        RestoreType: "full-copy",
        UseLatestRestorableTime: true,
        Port: 5432,
        DBSubnetGroupName: "subnets",
        VpcSecurityGroupIds: ["sg-database"],
        DBClusterParameterGroupName: "parameters",
        KmsKeyId: keyArn,
        EnableIAMDatabaseAuthentication: true,
        ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 1 },
        DeletionProtection: false,
        CopyTagsToSnapshot: true,
        Tags: [{ Key: "Name", Value: "copy" }],
    });
    expect(inputsOfCalls(calls, "CreateDBInstance")).toEqual([
        {
            DBInstanceIdentifier: "copy-1",
            DBClusterIdentifier: "copy",
            Engine: "aurora-postgresql",
            DBInstanceClass: "db.serverless",
            PubliclyAccessible: false,
            Tags: [{ Key: "Name", Value: "copy-1" }],
        },
    ]);
    expect(inputsOfCalls(calls, "DeleteDBInstance")[0]).toEqual({
        DBInstanceIdentifier: "copy-1",
        SkipFinalSnapshot: true,
    });
    expect(inputsOfCalls(calls, "DeleteDBCluster")[0]).toEqual({
        DBClusterIdentifier: "copy",
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
    });
    expect(said[0]).toBe("restoring payment-database-dev into copy, with one serverless instance");
});

test.each([
    [{ Status: "backing-up" }, "the database must be available"],
    [{ LatestRestorableTime: new Date(startTime - 901_000) }, "the database must be restorable to the last 15 minutes"],
    [
        { Status: "stopped", LatestRestorableTime: new Date(startTime - 901_000) },
        "the database must be available, and be restorable to the last 15 minutes",
    ],
])("a database that cannot be restored now is not touched: %j", async (source, problem) => {
    const { drillContext, names } = drillContextOn(fakeAccountForRestore(source));
    await expect(restoreDatabase(drillContext, "copy")).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeDBClusters"]);
});

test("a database whose latest restorable time is exactly 15 minutes ago is restored", async () => {
    const { drillContext } = drillContextOn(
        fakeAccountForRestore({ LatestRestorableTime: new Date(startTime - 900_000) }),
    );
    await expect(restoreDatabase(drillContext, "copy")).resolves.toMatchObject({ lostSeconds: 900 });
});

test.each([
    [{ KmsKeyId: "alias/aws/rds" }, "be encrypted with the database's key"],
    [{ StorageEncrypted: false }, "be encrypted with the database's key"],
    [{ DBSubnetGroup: "default" }, "be in the database's subnets"],
    [{ VpcSecurityGroups: [] }, "have the database's security group"],
    [{ DatabaseName: "other" }, "hold the database"],
])(
    "a copy with another configuration than the database's fails the drill, and is deleted: %j",
    async (copied, problem) => {
        const aws = fakeAccountForRestore({}, copied);
        const before = aws.state();
        await expect(restoreDatabase(drillContextOn(aws).drillContext, "copy")).rejects.toThrow(
            `the copy copy must ${problem}`,
        );
        expect(aws.state()).toEqual(before);
    },
);

test("a copy that is reachable from the internet fails the drill, and is deleted", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const before = state();
    const { drillContext } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            CreateDBInstance: (input) => handlers.CreateDBInstance?.({ ...input, PubliclyAccessible: true }),
        },
    });
    await expect(restoreDatabase(drillContext, "copy")).rejects.toThrow("the copy copy must have no public address");
    expect(state()).toEqual(before);
});

test("an instance that AWS does not return yet is read again, and no other is created", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const isKnown = switchAfterTimes(1, false, true);
    const { drillContext, calls } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            DescribeDBInstances: (input) => (isKnown() ? handlers.DescribeDBInstances?.(input) : {}),
        },
    });
    await restoreDatabase(drillContext, "copy");
    expect(inputsOfCalls(calls, "DescribeDBInstances")).toEqual(Array(4).fill({ DBInstanceIdentifier: "copy-1" }));
});

test.each<[string, string, object, RegExp]>([
    [
        "its cluster",
        "RestoreDBClusterToPointInTime",
        { DBClusters: [{ Status: "creating" }] },
        /^not within .*: copy is available/,
    ],
    [
        "its instance",
        "CreateDBInstance",
        { DBInstances: [{ DBInstanceStatus: "creating" }] },
        /^not within .*: copy-1 is available/,
    ],
])(
    "a copy that is never available ends the drill, which names %s and deletes the copy",
    async (_, making, made, problem) => {
        const { handlers, state } = fakeAccountForRestore();
        const before = state();
        const asking = "DBClusters" in made ? "DescribeDBClusters" : "DescribeDBInstances";
        const { drillContext } = drillContextOn({
            state,
            handlers: switchAfterCall(handlers, making, { [asking]: () => made }),
        });
        await expect(restoreDatabase(drillContext, "copy")).rejects.toThrow(problem);
        expect(state()).toEqual(before);
    },
);

test("the transaction log is restored with the row that was written just before, and row and copy are deleted", async () => {
    const { drillContext, calls, names } = drillContextOn(fakeAccountForRestore());
    await expect(restoreTable(drillContext, "copy")).resolves.toEqual({ seconds: 30, lostSeconds: 60 });
    expect(names()).toEqual([
        "DescribeContinuousBackups",
        "DescribeTable",
        "PutItem",
        ...["DescribeContinuousBackups", "DescribeContinuousBackups", "DescribeContinuousBackups"],
        "RestoreTableToPointInTime",
        ...["DescribeTable", "DescribeTable", "DescribeTable"],
        "GetItem",
        ...["DeleteTable", "DeleteTable", "DeleteTable"],
        "DeleteItem",
    ]);
    const TableName = "payment-transactions-dev";
    expect(inputsOfCalls(calls, "DescribeContinuousBackups")).toEqual(Array(4).fill({ TableName }));
    expect(inputsOfCalls(calls, "DescribeTable")).toEqual([
        { TableName },
        ...Array<CallInput>(3).fill({ TableName: "copy" }),
    ]);
    const Key = { transaction_id: { S: "copy" }, timestamp: { S: "2027-01-31T10:15:00.000Z" } };
    expect(inputsOfCalls(calls, "PutItem")).toEqual([
        {
            TableName: "payment-transactions-dev",
            Item: { ...Key, customer_id: { S: "drill" }, expires_at: { N: `${startTime / 1000 + 86_400}` } },
            ConditionExpression: "attribute_not_exists(transaction_id)",
        },
    ]);
    expect(inputsOfCalls(calls, "RestoreTableToPointInTime")).toEqual([
        {
            SourceTableName: "payment-transactions-dev",
            TargetTableName: "copy",
            UseLatestRestorableTime: true,
            BillingModeOverride: "PAY_PER_REQUEST",
            SSESpecificationOverride: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn },
        },
    ]);
    expect(inputsOfCalls(calls, "GetItem")).toEqual([{ TableName: "copy", Key, ConsistentRead: true }]);
    expect(inputsOfCalls(calls, "DeleteTable")).toEqual(Array(3).fill({ TableName: "copy" }));
    expect(inputsOfCalls(calls, "DeleteItem")).toEqual([{ TableName: "payment-transactions-dev", Key }]);
});

test("a restored table without the row fails the drill", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const { drillContext } = drillContextOn({ state, handlers: { ...handlers, GetItem: () => ({}) } });
    await expect(restoreTable(drillContext, "copy")).rejects.toThrow(
        "the copy copy must hold the row that was written before",
    );
});

test.each<[string, CallInput, string]>([
    ["another key", { SSEDescription: { KMSMasterKeyArn: "other" } }, "be encrypted with the table's key"],
    ["no index", { GlobalSecondaryIndexes: [] }, "have the table's index"],
])("a restored table with %s fails the drill, and is deleted", async (_, changed, problem) => {
    const { handlers, state } = fakeAccountForRestore();
    const before = state();
    const { drillContext } = drillContextOn({
        state,
        handlers: {
            ...handlers,
            DescribeTable: (input) => {
                const { Table } = handlers.DescribeTable?.(input) as { Table: object };
                return { Table: input.TableName === "copy" ? { ...Table, ...changed } : Table };
            },
        },
    });
    await expect(restoreTable(drillContext, "copy")).rejects.toThrow(`the copy copy must ${problem}`);
    expect(state()).toEqual(before);
});

test("a table whose restorable time does not advance, or whose copy is never active, ends the drill by name", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const before = state();
    const recovery = { PointInTimeRecoveryStatus: "ENABLED", LatestRestorableDateTime: new Date(startTime) };
    const DescribeContinuousBackups = () => ({
        ContinuousBackupsDescription: { PointInTimeRecoveryDescription: recovery },
    });
    const still = drillContextOn({ state, handlers: { ...handlers, DescribeContinuousBackups } });
    await expect(restoreTable(still.drillContext, "copy")).rejects.toThrow(/^not within .*: payment-transactions-dev /);
    expect(still.names()).not.toContain("RestoreTableToPointInTime");
    const DescribeTable = (input: CallInput) =>
        input.TableName === "copy" ? { Table: { TableStatus: "CREATING" } } : handlers.DescribeTable?.(input);
    const { drillContext } = drillContextOn({ state, handlers: { ...handlers, DescribeTable } });
    await expect(restoreTable(drillContext, "copy")).rejects.toThrow(/^not within .*: copy /);
    expect(state()).toEqual(before);
});

test.each([
    [{ ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" } } }],
    [{ ContinuousBackupsDescription: { ContinuousBackupsStatus: "DISABLED" } }],
    [{}],
])("a table without point-in-time recovery is skipped, and nothing is written: %j", async (backups) => {
    const { handlers, state } = fakeAccountForRestore();
    const DescribeContinuousBackups = () => backups;
    const { drillContext, names } = drillContextOn({ state, handlers: { ...handlers, DescribeContinuousBackups } });
    await expect(restoreTable(drillContext, "copy")).resolves.toEqual({
        skipped: "payment-transactions-dev has no point-in-time recovery (transactions.pointInTimeRecovery)",
    });
    expect(names()).toEqual(["DescribeContinuousBackups"]);
});

test.each([
    // A table under a key of DynamoDB's own has no `SSEDescription`.
    [{ Table: { TableStatus: "ACTIVE" } }, "payment-transactions-dev must be encrypted"],
    [
        { Table: { TableStatus: "UPDATING", SSEDescription: { KMSMasterKeyArn: keyArn } } },
        "payment-transactions-dev must be active",
    ],
    [{}, "payment-transactions-dev must be active, and be encrypted"],
])("nothing is written to a table that cannot be copied with its key: %j", async (described, problem) => {
    const { handlers, state } = fakeAccountForRestore();
    const { drillContext, names } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeTable: () => described },
    });
    await expect(restoreTable(drillContext, "copy")).rejects.toThrow(problem);
    expect(names()).toEqual(["DescribeContinuousBackups", "DescribeTable"]);
});

test("a successful drill is recorded, and the next one is due after the stack's days", async () => {
    const { drillContext, calls, said } = drillContextOn(fakeAccountForRestore());
    await runRestoreDrill(drillContext, 90);
    expect(said).toContainEqual(expect.stringMatching(/^transactions .*\b30 s/));
    const copies = ["RestoreDBClusterToPointInTime", "RestoreTableToPointInTime"].flatMap((name) =>
        inputsOfCalls(calls, name),
    );
    expect(copies.map(({ DBClusterIdentifier, TargetTableName }) => DBClusterIdentifier ?? TargetTableName)).toEqual([
        "payment-drill-database-dev-20270131t101500z",
        expect.stringMatching(/^payment-drill-transactions-dev-20270131t10\d{4}z$/),
    ]);
    const Environment = { Name: "Environment", Value: "dev" };
    const Unit = "Seconds";
    expect(inputsOfCalls(calls, "PutMetricData")).toEqual([
        {
            Namespace: "PaymentPlatform",
            MetricData: [
                { MetricName: "DrillSucceeded", Dimensions: [Environment], Unit: "Count", Value: 1 },
                {
                    MetricName: "RecoverySeconds",
                    Dimensions: [Environment, { Name: "Store", Value: "database" }],
                    Unit,
                    Value: 60,
                },
                {
                    MetricName: "RecoverySeconds",
                    Dimensions: [Environment, { Name: "Store", Value: "transactions" }],
                    Unit,
                    Value: 30,
                },
            ],
        },
    ]);
    const days = 24 * 60 * 60 * 1000;
    expect(inputsOfCalls(calls, "GetSchedule")).toEqual([
        { Name: "payment-recovery-dev", GroupName: "payment-recovery-dev" },
    ]);
    expect(inputsOfCalls(calls, "UpdateSchedule")).toEqual([
        {
            Name: "payment-recovery-dev",
            GroupName: "payment-recovery-dev",
            ScheduleExpression: "rate(12 hours)",
            State: "ENABLED",
            FlexibleTimeWindow: { Mode: "OFF" },
            Target: { Arn: "arn:aws:scheduler:::aws-sdk:cloudwatch:putMetricData", RoleArn: "role" },
            KmsKeyArn: "key",
            StartDate: new Date(drillContext.clock.now() + 90 * days),
        },
    ]);
});

test("no time is recorded for a table that was not restored", async () => {
    const { drillContext, calls, said } = drillContextOn(fakeAccountForRestore({}, {}, "DISABLED"));
    await runRestoreDrill(drillContext, 90);
    const [{ MetricData } = {}] = inputsOfCalls(calls, "PutMetricData");
    const Environment = { Name: "Environment", Value: "dev" };
    // CloudWatch takes all of it or nothing.
    expect(MetricData).toMatchObject([
        { MetricName: "DrillSucceeded", Dimensions: [Environment] },
        { MetricName: "RecoverySeconds", Dimensions: [Environment, { Name: "Store", Value: "database" }] },
    ]);
    expect(said.at(-1)).toMatch(/^payment-transactions-dev has no point-in-time recovery/);
});

test("a database without a latest restorable time is not restored", async () => {
    const { drillContext, names } = drillContextOn(fakeAccountForRestore({ LatestRestorableTime: undefined }));
    await expect(restoreDatabase(drillContext, "copy")).rejects.toThrow(
        "AWS answered DescribeDBClusters without LatestRestorableTime",
    );
    expect(names()).toEqual(["DescribeDBClusters"]);
});

test("the time of the database's restore is printed, even if the transaction log then cannot be restored", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const DescribeTable = () => ({ Table: { TableStatus: "UPDATING" } });
    const { drillContext, said } = drillContextOn({ state, handlers: { ...handlers, DescribeTable } });
    await expect(runRestoreDrill(drillContext, 90)).rejects.toThrow("payment-transactions-dev");
    expect(said).toContainEqual(expect.stringMatching(/^database .*\b60 s/));
});

test("a failed drill is not recorded as a success", async () => {
    const { drillContext, names } = drillContextOn(fakeAccountForRestore({}, { DBSubnetGroup: "default" }));
    await expect(runRestoreDrill(drillContext, 90)).rejects.toThrow("must be in the database's subnets");
    expect(names()).not.toContain("PutMetricData");
    expect(names()).not.toContain("UpdateSchedule");
});

test("a database that AWS does not return is not restored, and the drill names it", async () => {
    const { handlers, state } = fakeAccountForRestore();
    const { drillContext, names } = drillContextOn({
        state,
        handlers: { ...handlers, DescribeDBClusters: () => ({}) },
    });
    await expect(restoreDatabase(drillContext, "copy")).rejects.toThrow(/\bpayment-database-dev\b/);
    expect(names()).toEqual(["DescribeDBClusters"]);
});
