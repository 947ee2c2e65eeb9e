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

/** Something that goes wrong between services on purpose. */
export interface FaultInjection {
    /** Ends the sentence `causing: ...`. */
    readonly description: string;
    /** Services that suffer, and must recover. */
    readonly services: readonly string[];
    /** One of these alarms must tell; all must be quiet before and after. */
    readonly alarms: readonly string[];
    /** Says how to put back what it is about to change, and changes it. */
    readonly inject: (context: DrillContext, addRollback: AddRollback) => Promise<void>;
}

export interface FaultInjectionResult {
    /** The alarm that told first. */
    readonly alarm: string;
    readonly noticedSeconds: number;
    /** From the putting back until the services were steady and all alarms quiet. */
    readonly recoveredSeconds: number;
}

/** An alarm of five periods of a minute, whose message must first be 300 seconds old. */
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
 * Causes a trouble, waits until an alarm tells of it, puts everything back, and waits until the services have recovered.
 *
 * @throws DrillProblem when no alarm tells, a service does not recover, or something cannot be put back
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
        "be quiet before the drill": !before.some(isInAlarm),
    });

    const detection = await withRollback(context, async (addRollback) => {
        say(`causing: ${fault.description}`);
        const start = clock.now();
        await fault.inject(context, addRollback);
        const alarm = await waitForValue(
            context,
            { condition: `one of ${fault.alarms.join(", ")} tells`, ...alarmWait },
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
        { condition: `${fault.alarms.join(", ")} are quiet`, ...recoveryWait },
        async () => !(await describeAlarms(context, fault.alarms)).some(isInAlarm),
    );
    return { ...detection, recoveredSeconds: secondsSince(context, restored) };
}
