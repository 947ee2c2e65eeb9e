import type { SimulatedService } from "./service.ts";
import type { ServiceTimeline, SimulatedSecond, LoadStep } from "./simulation.ts";

/** Result of a step of load; times in seconds after the step, undefined if it never happened. */
export interface SimulationOutcome {
    readonly service: string;
    readonly of: SimulatedService["of"];
    /** Requests or messages a second before and after the step. */
    readonly load: readonly [before: number, after: number];
    readonly tasks: { readonly atRest: number; readonly peak: number; readonly maximum: number };
    /** Of all tasks at the peak. */
    readonly vcpu: number;
    /** Until the capacity of the tasks covers the load. */
    readonly covered?: number;
    /** Until the backlog is empty. */
    readonly drained?: number;
    readonly worstBacklog: number;
    readonly refused: number;
    /** Share of the requests between the step and the time when the load was covered, or the end. */
    readonly refusedShare: number;
    /** The load is covered, and the backlog is processed. */
    readonly absorbed: boolean;
}

export function simulationOutcomeOf(
    { service, seconds }: ServiceTimeline,
    { factor, at }: LoadStep,
): SimulationOutcome {
    const after = seconds.slice(at);
    const when = (holds: (moment: SimulatedSecond) => boolean, from = 0): number | undefined => {
        const found = after.findIndex((moment, second) => second >= from && holds(moment));
        return found === -1 ? undefined : found;
    };
    const covered = when(({ capacity, arrived }) => capacity >= arrived);
    const drained = covered === undefined ? undefined : when(({ waiting }) => waiting === 0, covered);
    const total = (value: (moment: SimulatedSecond) => number, until = after.length) =>
        after.slice(0, until).reduce((sum, moment) => sum + value(moment), 0);
    const refused = total((moment) => moment.refused);
    const arrived = total((moment) => moment.arrived, covered === undefined || covered === 0 ? undefined : covered);
    const peak = Math.max(...seconds.map(({ running }) => running));
    return {
        service: service.name,
        of: service.of,
        load: [service.loadAtRest, factor * service.loadAtRest],
        tasks: { atRest: service.minTasks, peak, maximum: service.maxTasks },
        vcpu: service.vcpu * peak,
        covered,
        drained,
        worstBacklog: Math.max(...seconds.map(({ waiting }) => waiting)),
        refused,
        refusedShare: refused / arrived,
        absorbed: drained !== undefined,
    };
}
