import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetScheduleCommand, UpdateScheduleCommand } from "@aws-sdk/client-scheduler";
import { metricNamespace } from "../../contract/container.ts";
import { nameOf } from "../../lib/scope.ts";
import { restoreDatabase, type RestoreResult } from "./restore-database.ts";
import { restoreTable } from "./restore-table.ts";
import { dayMilliseconds } from "../frame/clock.ts";
import { compactTime } from "../frame/values.ts";
import { isSkipped, type DrillContext, type Skipped } from "./context.ts";

export interface RestoreDrillResult {
    readonly database: RestoreResult;
    readonly transactions: RestoreResult | Skipped;
}

/** A name that no copy has had: `payment-drill-database-dev-20270131t101500z`. */
const copyName = ({ suffix, clock }: DrillContext, noun: string): string =>
    `${nameOf({ suffix }, `drill-${noun}`)}-${compactTime(clock.now()).toLowerCase()}`;

/**
 * Restores database and transaction log into copies, deletes the copies, and notes the success: the alarm
 * `drill-overdue` does not fire for `everyDays` from now. With 0 no drill is due, and the schedule stays as it is: disabled.
 *
 * @throws DrillError when either cannot be restored, or a copy cannot be deleted; no success is noted then
 */
export async function runRestoreDrill(context: DrillContext, everyDays: number): Promise<RestoreDrillResult> {
    const { say } = context;
    const database = await restoreDatabase(context, copyName(context, "database"));
    say(`database restored in ${database.seconds} s`);
    const transactions = await restoreTable(context, copyName(context, "transactions"));
    say(isSkipped(transactions) ? transactions.skipped : `transactions restored in ${transactions.seconds} s`);
    const drilled = { database, transactions };
    await recordSuccess(context, drilled, everyDays);
    return drilled;
}

async function recordSuccess(
    { clients, clock, suffix }: DrillContext,
    drilled: RestoreDrillResult,
    everyDays: number,
): Promise<void> {
    const Environment = { Name: "Environment", Value: suffix };
    const times = Object.entries(drilled).flatMap(([store, result]: [string, RestoreResult | Skipped]) =>
        isSkipped(result)
            ? []
            : [
                  {
                      MetricName: "RecoverySeconds",
                      Dimensions: [Environment, { Name: "Store", Value: store }],
                      Unit: "Seconds" as const,
                      Value: result.seconds,
                  },
              ],
    );
    await clients.cloudWatch.send(
        new PutMetricDataCommand({
            Namespace: metricNamespace,
            MetricData: [
                { MetricName: "DrillSucceeded", Dimensions: [Environment], Unit: "Count", Value: 1 },
                ...times,
            ],
        }),
    );
    if (everyDays === 0) {
        return;
    }
    // An update replaces the whole schedule, so all of it is read first.
    const Name = nameOf({ suffix }, "recovery");
    const kept = await clients.scheduler.send(new GetScheduleCommand({ Name, GroupName: Name }));
    const { ScheduleExpression, ScheduleExpressionTimezone, Description, State, FlexibleTimeWindow, Target } = kept;
    const { KmsKeyArn } = kept;
    await clients.scheduler.send(
        new UpdateScheduleCommand({
            Name,
            GroupName: Name,
            ScheduleExpression,
            ScheduleExpressionTimezone,
            Description,
            State,
            FlexibleTimeWindow,
            Target,
            KmsKeyArn,
            StartDate: new Date(clock.now() + everyDays * dayMilliseconds),
        }),
    );
}
