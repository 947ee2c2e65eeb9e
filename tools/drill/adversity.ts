import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { steadyAgain, whyNotSteady } from "./service.ts";
import {
    demand,
    puttingBack,
    secondsSince,
    told,
    until,
    untilSo,
    type PutBack,
    type Scene,
    type Skipped,
} from "./scene.ts";

/** Something that goes wrong between services on purpose. */
export interface Trouble {
    /** Ends the sentence `causing: ...`. */
    readonly what: string;
    /** Services that suffer, and must recover. */
    readonly services: readonly string[];
    /** One of these alarms must tell; all must be quiet before and after. */
    readonly alarms: readonly string[];
    /** Says how to put back what it is about to change, and changes it. */
    readonly cause: (scene: Scene, putBack: PutBack) => Promise<void>;
}

export interface Overcome {
    /** The alarm that told first. */
    readonly alarm: string;
    readonly noticedSeconds: number;
    /** From the putting back until the services were steady and all alarms quiet. */
    readonly recoveredSeconds: number;
}

/** An alarm of five periods of a minute, whose message must first be 300 seconds old. */
const noticed = { withinMinutes: 25, everySeconds: 30 };
const quiet = { withinMinutes: 40, everySeconds: 30 };

async function statesOf({ clients }: Scene, AlarmNames: readonly string[]): Promise<MetricAlarm[]> {
    const { MetricAlarms = [] } = await clients.cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [...AlarmNames] }),
    );
    return MetricAlarms;
}

const isRaised = ({ StateValue }: MetricAlarm): boolean => StateValue === "ALARM";

/**
 * Causes a trouble, waits until an alarm tells of it, puts everything back, and waits until the services have recovered.
 *
 * @throws DrillProblem when no alarm tells, a service does not recover, or something cannot be put back
 */
export async function overcome(scene: Scene, trouble: Trouble): Promise<Overcome | Skipped> {
    const { clock, say } = scene;
    for (const service of trouble.services) {
        const skipped = await whyNotSteady(scene, service);
        if (skipped !== undefined) {
            return { skipped };
        }
    }
    const before = await statesOf(scene, trouble.alarms);
    demand("the alarms", {
        [`exist: ${trouble.alarms.join(", ")}`]: before.length === trouble.alarms.length,
        "be quiet before the drill": !before.some(isRaised),
    });

    const noticing = await puttingBack(scene, async (putBack) => {
        say(`causing: ${trouble.what}`);
        const start = clock.now();
        await trouble.cause(scene, putBack);
        const alarm = await until(scene, { what: `one of ${trouble.alarms.join(", ")} tells`, ...noticed }, async () =>
            (await statesOf(scene, trouble.alarms)).find(isRaised),
        );
        const name = told(alarm.AlarmName, "DescribeAlarms", "AlarmName");
        return { alarm: name, noticedSeconds: secondsSince(scene, start) };
    });

    const restored = clock.now();
    for (const service of trouble.services) {
        await steadyAgain(scene, service);
    }
    await untilSo(
        scene,
        { what: `${trouble.alarms.join(", ")} are quiet`, ...quiet },
        async () => !(await statesOf(scene, trouble.alarms)).some(isRaised),
    );
    return { ...noticing, recoveredSeconds: secondsSince(scene, restored) };
}
