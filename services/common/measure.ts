import { setTimeout } from "node:timers/promises";
import { steadyMetricSeconds, type MetricName } from "../../contract/metrics.ts";
import type { Running } from "./lifecycle.ts";
import { errorFields, type Log } from "./log.ts";
import type { PutMetric } from "./metrics.ts";
import { levelOfFailure } from "./outage.ts";

export interface MeasureArgs {
    /** Measures now. */
    readonly measure: () => Promise<Partial<Readonly<Record<MetricName, number>>>>;
    readonly log: Log;
    readonly putMetric: PutMetric;
    /** @default 50,000, as the contract says of steady metrics */
    readonly everyMs?: number;
}

/**
 * Sends what is measured, at once and then at a steady interval until it is stopped, whatever else the service does. A
 * measurement that fails is logged and sends nothing: the absence of a steady metric has an alarm.
 */
export function measureSteadily({ everyMs = steadyMetricSeconds * 1_000, ...args }: MeasureArgs): Running {
    const stopping = new AbortController();
    const { signal } = stopping;
    const run = async () => {
        while (!signal.aborted) {
            await sendMeasured(args);
            await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
        }
    };
    const running = run();
    return {
        stop: async () => {
            stopping.abort();
            await running;
        },
    };
}

async function sendMeasured({ measure, log, putMetric }: Omit<MeasureArgs, "everyMs">): Promise<void> {
    try {
        for (const [name, value] of Object.entries(await measure())) {
            putMetric(name as MetricName, value);
        }
    } catch (error) {
        log[levelOfFailure(error)](errorFields(error), "steady metrics could not be measured");
    }
}
