import type { Settings } from "../../lib/settings/schema.ts";
import type { SimulatedService } from "./service.ts";
import { simulate, type ServiceTimeline, type SimulatedSecond, type Spike } from "./simulation.ts";

/** Seconds after the start of a spike in which refused requests are counted. */
export const countedSeconds = 15 * 60;

/** Result of a spike; times in seconds, undefined where it never happened. */
export interface SimulationOutcome {
    readonly service: string;
    readonly of: SimulatedService["of"];
    /** Requests or messages a second before and after the spike's rise. */
    readonly load: readonly [before: number, after: number];
    readonly tasks: { readonly atRest: number; readonly peak: number; readonly maximum: number };
    /** Of all tasks at the peak. */
    readonly vcpu: number;
    /** From the start of the spike until the tasks can serve the load from then on. */
    readonly covered?: number;
    /** From the first second in which the tasks could not serve the load until they can from then on. */
    readonly recovery?: number;
    /** From the start of the spike until the backlog is empty. */
    readonly drained?: number;
    readonly worstBacklog: number;
    /** Requests that were refused, and their percentage, in the first 15 minutes. */
    readonly refused: number;
    readonly refusedPercent: number;
    /** The service levels of the stack are kept. */
    readonly absorbed: boolean;
}

type ServiceLevels = Settings["serviceLevels"];

/** A simulated service with its result. */
export interface SimulatedSpike {
    readonly timeline: ServiceTimeline;
    readonly outcome: SimulationOutcome;
}

/** Seconds of a minute in which the simulated spikes begin: the figures of the metrics are of whole minutes. */
const startsInMinute = [0, 10, 20, 30, 40, 50];

/** The worst result of each service, of spikes that begin at different moments of a minute. */
export function worstSpikes(
    services: readonly SimulatedService[],
    spike: Spike,
    levels: ServiceLevels,
): SimulatedSpike[] {
    const runs = startsInMinute.map((offset) => {
        const moved = { ...spike, at: spike.at + offset, until: spike.until + offset };
        return simulate(services, moved).map((timeline) => ({
            timeline,
            outcome: simulationOutcomeOf(timeline, moved, levels),
        }));
    });
    return services.map((_, i) => runs.flatMap((run) => run[i] ?? []).reduce((a, b) => (isWorse(b, a) ? b : a)));
}

/** By what the caller notices first. */
function isWorse({ outcome: one }: SimulatedSpike, { outcome: other }: SimulatedSpike): boolean {
    const severity = ({ refused, recovery = Infinity, drained = Infinity }: SimulationOutcome) => [
        refused,
        recovery,
        drained,
    ];
    const [a, b] = [severity(one), severity(other)];
    const first = a.findIndex((value, i) => value !== b[i]);
    return first !== -1 && (a[first] ?? 0) > (b[first] ?? 0);
}

export function simulationOutcomeOf(
    { service, seconds }: ServiceTimeline,
    { factor, at }: Spike,
    levels: ServiceLevels,
): SimulationOutcome {
    const after = seconds.slice(at);
    const isOverloaded = ({ capacity, arrived }: SimulatedSecond) => capacity < arrived;
    const firstOverloaded = after.findIndex(isOverloaded);
    const calm = after.findLastIndex(isOverloaded) + 1;
    const covered = calm === after.length ? undefined : calm;
    const emptied = after.findIndex(({ waiting }, second) => second >= calm && waiting === 0);
    const counted = after.slice(0, countedSeconds);
    const refused = sumOf(counted, (moment) => moment.refused);
    const peak = Math.max(...seconds.map(({ running }) => running));
    const outcome = {
        service: service.name,
        of: service.of,
        load: [service.loadAtRest, factor * service.loadAtRest] as const,
        tasks: { atRest: service.minTasks, peak, maximum: service.maxTasks },
        vcpu: service.vcpu * peak,
        covered,
        recovery: firstOverloaded === -1 ? 0 : covered === undefined ? undefined : covered - firstOverloaded,
        drained: covered === undefined || emptied === -1 ? undefined : emptied,
        worstBacklog: Math.max(...seconds.map(({ waiting }) => waiting)),
        refused,
        refusedPercent: (100 * refused) / sumOf(counted, ({ arrived }) => arrived),
    };
    return { ...outcome, absorbed: brokenLevels(outcome, levels).length === 0 };
}

const sumOf = (moments: readonly SimulatedSecond[], value: (moment: SimulatedSecond) => number): number =>
    moments.reduce((sum, moment) => sum + value(moment), 0);

/** The service levels that a result does not keep, such as "refuses 9 % of the requests, not at most 5 %". */
export function brokenLevels(
    { of, refusedPercent, recovery, drained }: Omit<SimulationOutcome, "absorbed">,
    levels: ServiceLevels,
): string[] {
    const seconds = (time: number | undefined) =>
        time === undefined ? "not recovered at all" : `recovered after ${time} s`;
    return of === "messages"
        ? (drained ?? Infinity) <= 60 * levels.backlogMinutes
            ? []
            : [
                  `have processed its backlog within ${levels.backlogMinutes} minutes, not ` +
                      (drained === undefined ? "never" : `after ${Math.ceil(drained / 60)}`),
              ]
        : [
              ...(refusedPercent <= levels.refusedPercent
                  ? []
                  : [
                        `refuse at most ${levels.refusedPercent} % of its requests in the first 15 minutes, not ${refusedPercent.toFixed(1)} %`,
                    ]),
              ...((recovery ?? Infinity) <= levels.recoverySeconds
                  ? []
                  : [`have recovered within ${levels.recoverySeconds} s, and has ${seconds(recovery)}`]),
          ];
}
