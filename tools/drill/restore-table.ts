import {
    DeleteItemCommand,
    DeleteTableCommand,
    DescribeContinuousBackupsCommand,
    DescribeTableCommand,
    GetItemCommand,
    PutItemCommand,
    RestoreTableToPointInTimeCommand,
    type PointInTimeRecoveryDescription,
} from "@aws-sdk/client-dynamodb";
import { nameOf } from "../../lib/scope.ts";
import type { RestoreResult } from "./restore-database.ts";
import {
    deleteAndWait,
    assertAll,
    withRollback,
    secondsSince,
    waitForValue,
    type DrillContext,
    type Skipped,
} from "./context.ts";

/** Milliseconds by which this machine's clock may be behind AWS's. */
const maxClockDifferenceMs = 60_000;

/**
 * Writes a row to the transaction log, restores the log to its latest restorable time into a copy, checks that the copy has
 * the row, and deletes the row and the copy.
 *
 * @param copy the copy's name
 */
export async function restoreTable(context: DrillContext, copy: string): Promise<RestoreResult | Skipped> {
    const { clients, clock, suffix, say } = context;
    const { dynamodb } = clients;
    const TableName = nameOf({ suffix }, "transactions");

    const recoveryOf = async (): Promise<PointInTimeRecoveryDescription | undefined> => {
        const { ContinuousBackupsDescription: backups } = await dynamodb.send(
            new DescribeContinuousBackupsCommand({ TableName }),
        );
        return backups?.PointInTimeRecoveryDescription;
    };
    if ((await recoveryOf())?.PointInTimeRecoveryStatus !== "ENABLED") {
        return { skipped: `${TableName} has no point-in-time recovery (transactions.pointInTimeRecovery)` };
    }
    return withRollback(context, async (addRollback) => {
        const { Table: source } = await dynamodb.send(new DescribeTableCommand({ TableName }));
        const KMSMasterKeyId = source?.SSEDescription?.KMSMasterKeyArn;
        assertAll(TableName, {
            "be active": source?.TableStatus === "ACTIVE",
            "be encrypted": KMSMasterKeyId !== undefined,
        });

        const written = clock.now();
        const sentinel = { transaction_id: { S: copy }, timestamp: { S: new Date(written).toISOString() } };
        say(`writing one row into ${TableName}: ${copy}`);
        addRollback(`the row ${copy} of ${TableName}`, () =>
            dynamodb.send(new DeleteItemCommand({ TableName, Key: sentinel })),
        );
        await dynamodb.send(
            new PutItemCommand({
                TableName,
                // If the drill is killed, the row expires within days.
                Item: {
                    ...sentinel,
                    customer_id: { S: "drill" },
                    expires_at: { N: `${Math.floor(written / 1000) + 24 * 60 * 60}` },
                },
                ConditionExpression: "attribute_not_exists(transaction_id)",
            }),
        );
        // The latest restorable time is about five minutes ago
        // (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html).
        const lostSeconds = await waitForValue(
            context,
            { condition: `${TableName} can be restored with the row`, withinMinutes: 20, everySeconds: 30 },
            async () => {
                const latest = (await recoveryOf())?.LatestRestorableDateTime;
                return latest !== undefined && latest.getTime() > written + maxClockDifferenceMs
                    ? secondsSince(context, written)
                    : undefined;
            },
        );

        const start = clock.now();
        say(`restoring ${TableName} into ${copy}`);
        const busy = ["ResourceInUseException", "LimitExceededException"];
        addRollback(`the table ${copy}`, (rollbackContext) =>
            deleteAndWait(
                rollbackContext,
                copy,
                { retryableErrors: busy, notFoundErrors: ["ResourceNotFoundException"], withinMinutes: 60 },
                () => dynamodb.send(new DeleteTableCommand({ TableName: copy })),
            ),
        );
        await dynamodb.send(
            new RestoreTableToPointInTimeCommand({
                SourceTableName: TableName,
                TargetTableName: copy,
                UseLatestRestorableTime: true,
                BillingModeOverride: "PAY_PER_REQUEST",
                SSESpecificationOverride: { Enabled: true, SSEType: "KMS", KMSMasterKeyId },
            }),
        );
        const restored = await waitForValue(
            context,
            { condition: `${copy} is active`, withinMinutes: 90, everySeconds: 15 },
            async () => {
                const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName: copy }));
                return table?.TableStatus === "ACTIVE" ? table : undefined;
            },
        );
        const seconds = secondsSince(context, start);

        const { Item } = await dynamodb.send(
            new GetItemCommand({ TableName: copy, Key: sentinel, ConsistentRead: true }),
        );
        assertAll(`the copy ${copy}`, {
            "hold the row that was written before": Item?.transaction_id?.S === copy,
            "be encrypted with the table's key": restored.SSEDescription?.KMSMasterKeyArn === KMSMasterKeyId,
            "have the table's index":
                restored.GlobalSecondaryIndexes?.length === source?.GlobalSecondaryIndexes?.length,
        });
        return { seconds, lostSeconds };
    });
}
