import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { waitUntilSteady, reasonNotSteady } from "./service.ts";
import {
    assertAll,
    withRollback,
    secondsSince,
    requireValue,
    waitForValue,
    waitUntil,
    type AddRollback,
    type DrillContext,
    type Skipped,
} from "../../../tools/drill/context.ts";

/** A failure between services, caused on purpose. */
export interface FaultInjection {
    /** Ends the sentence `causing: ...`. */
    readonly description: string;
    /** Services that are affected, and must recover. */
    readonly services: readonly string[];
    /** One of these alarms must fire; none may be in alarm before and after. */
    readonly alarms: readonly string[];
    /** Registers how to undo the failure, and causes it. */
    readonly inject: (context: DrillContext, addRollback: AddRollback) => Promise<void>;
}

export interface FaultInjectionResult {
    /** The first alarm that fired. */
    readonly alarm: string;
    readonly noticedSeconds: number;
    /** From the end of the rollback until the services were steady and no alarm was in alarm. */
    readonly recoveredSeconds: number;
}

/** The alarm has five periods of a minute, and fires on messages older than 300 seconds. */
const alarmWait = { withinMinutes: 25, everySeconds: 30 };
const recoveryWait = { withinMinutes: 40, everySeconds: 30 };

async function describeAlarms({ clients }: DrillContext, AlarmNames: readonly string[]): Promise<MetricAlarm[]> {
    const { MetricAlarms = [] } = await clients.cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [...AlarmNames] }),
    );
    return MetricAlarms;
}

const isInAlarm = ({ StateValue }: MetricAlarm): boolean => StateValue === "ALARM";

/**
 * Causes a failure, waits until an alarm reports it, undoes it, and waits until the services have recovered.
 *
 * @throws DrillError when no alarm fires, a service does not recover, or a change cannot be undone
 */
export async function runFaultInjection(
    context: DrillContext,
    fault: FaultInjection,
): Promise<FaultInjectionResult | Skipped> {
    const { clock, say } = context;
    for (const service of fault.services) {
        const skipped = await reasonNotSteady(context, service);
        if (skipped !== undefined) {
            return { skipped };
        }
    }
    const before = await describeAlarms(context, fault.alarms);
    assertAll("the alarms", {
        [`exist: ${fault.alarms.join(", ")}`]: before.length === fault.alarms.length,
        "not be in alarm before the drill": !before.some(isInAlarm),
    });

    const detection = await withRollback(context, async (addRollback) => {
        say(`causing: ${fault.description}`);
        const start = clock.now();
        await fault.inject(context, addRollback);
        const alarm = await waitForValue(
            context,
            { condition: `one of ${fault.alarms.join(", ")} is in alarm`, ...alarmWait },
            async () => (await describeAlarms(context, fault.alarms)).find(isInAlarm),
        );
        const name = requireValue(alarm.AlarmName, "DescribeAlarms", "AlarmName");
        return { alarm: name, noticedSeconds: secondsSince(context, start) };
    });

    const restored = clock.now();
    for (const service of fault.services) {
        await waitUntilSteady(context, service);
    }
    await waitUntil(
        context,
        { condition: `none of ${fault.alarms.join(", ")} is in alarm`, ...recoveryWait },
        async () => !(await describeAlarms(context, fault.alarms)).some(isInAlarm),
    );
    return { ...detection, recoveredSeconds: secondsSince(context, restored) };
}
