import { assumptions } from "../../../analysis/capacity/assumptions.ts";
import { formatColumns } from "../../frame/table.ts";
import { times, type Counts } from "./counts.ts";
import type { Quantiles } from "./latencies.ts";

/** Times of requests, in milliseconds. */
export interface Latencies extends Quantiles {
    readonly requests: number;
    readonly perSecond: number;
    /** Requests that were answered with another status than 2xx, or not at all. */
    readonly failed: number;
}

export interface PaymentFigures {
    readonly accepted: Latencies;
    /** From the first that was accepted to the last that was captured. */
    readonly seconds: number;
    readonly captured: number;
    readonly counts: Counts;
    /** CPU of each service, in seconds. */
    readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** What a run has measured. Megabytes are the resident memory of the api service. */
export interface Figures {
    readonly cached: Latencies;
    readonly withoutCache: Latencies;
    readonly payments: PaymentFigures;
    /** Status checks from the cache, sent without a pause. */
    readonly unpaused: Latencies & { readonly cpuSeconds: number; readonly counts: Counts };
    /** Before the first of them, and after each tenth. */
    readonly megabytes: readonly number[];
    /** Of a task of the api service. */
    readonly memoryMib: number;
    /** What one payment takes whose messages are in no batch with others. */
    readonly alone: Counts;
    /** Of one task of each service without requests, in a minute. */
    readonly atRest: Counts;
}

/** Status checks each second of the promise. */
export const statusChecksPerSecond = 200;

/** Milliseconds within which 99 of 100 status checks are answered: the promise to merchants, and what the copy in Redis is for. */
export const promises = { statusCheck: 1000, cachedStatusCheck: 50 };

/** CPU of a request that the settings and the simulation of a spike assume, in milliseconds. */
const assumedCpu = 1000 / assumptions.requestsPerVcpuSecond;

/** Milliseconds of CPU. */
const cpuPerStatusCheck = ({ unpaused }: Figures): number => (unpaused.cpuSeconds / unpaused.requests) * 1000;
const cpuPerPayment = ({ payments }: Figures, service: string): number =>
    ((payments.cpuSeconds[service] ?? 0) / payments.accepted.requests) * 1000;

/** The promises that a run has broken, a line each. */
export function brokenPromises(figures: Figures): string[] {
    const { cached, withoutCache, payments, unpaused, megabytes, memoryMib } = figures;
    const [kept, direct] = ["status checks from the cache", "status checks without Redis"];
    const late = (what: string, { p99 }: Latencies, limit: number): string | false =>
        p99 >= limit && `p99 of ${what} is ${p99.toFixed(1)} ms, and must be below ${limit} ms`;
    const slow = (what: string, { perSecond }: Latencies): string | false =>
        perSecond <= 0.95 * statusChecksPerSecond &&
        `${perSecond.toFixed(0)} ${what} a second were answered of ${statusChecksPerSecond}`;
    const failed = (what: string, { failed: count, requests }: Latencies): string | false =>
        count > 0 && `${count} of ${requests} ${what} failed`;
    const { requests } = payments.accepted;
    const [cpu, memory] = [cpuPerPayment(figures, "api"), Math.max(...megabytes)];
    return [
        late(kept, cached, promises.cachedStatusCheck),
        late(direct, withoutCache, promises.statusCheck),
        slow(kept, cached),
        slow(direct, withoutCache),
        failed(kept, cached),
        failed(direct, withoutCache),
        failed("status checks without a pause", unpaused),
        failed("payments", payments.accepted),
        payments.captured < requests && `${payments.captured} of ${requests} payments were captured`,
        cpu >= assumedCpu / 2 &&
            `a payment takes ${cpu.toFixed(1)} ms of CPU in api, and must take less than half of the ${assumedCpu} ms that requestsPerTaskPerMinute assumes`,
        memory >= memoryMib && `api has ${memory.toFixed(0)} MB of memory, and its task ${memoryMib} MiB`,
    ].filter((line) => line !== false);
}

type Row = readonly [what: string, figure: string];

const taken = ({ statements, commands, calls }: Counts): string =>
    `${statements.toFixed(1)} statements of PostgreSQL, ${commands.toFixed(1)} commands of Redis, ${calls.toFixed(1)} calls of SQS and SNS`;

const latency = ({ p50, p99, slowest, failed, requests }: Latencies): string =>
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms; ${failed} of ${requests} failed`;

/** What was measured, and its figure. */
export function figureRows(figures: Figures): Row[] {
    const { cached, withoutCache, payments, unpaused, megabytes, memoryMib, alone, atRest } = figures;
    const { accepted, captured, seconds, counts, cpuSeconds } = payments;
    return [
        [`Status checks from the cache, ${statusChecksPerSecond} a second`, latency(cached)],
        [`Status checks while Redis is away, ${statusChecksPerSecond} a second`, latency(withoutCache)],
        ["Status checks without a pause", `${unpaused.perSecond.toFixed(0)} a second, ${latency(unpaused)}`],
        ["Payments accepted, without a pause", `${accepted.perSecond.toFixed(0)} a second, ${latency(accepted)}`],
        ["Payments to their final status", `${(captured / seconds).toFixed(0)} a second`],
        [
            "Memory of api, before the status checks without a pause and after each tenth",
            `${megabytes.map((each) => each.toFixed(0)).join(", ")} MB of ${memoryMib} MiB; ${growth(megabytes).toFixed(0)} MB more in the second half`,
        ],
        ["CPU of a status check", `${cpuPerStatusCheck(figures).toFixed(2)} ms of api`],
        [
            "CPU of a payment",
            Object.keys(cpuSeconds)
                .map((service) => `${cpuPerPayment(figures, service).toFixed(2)} ms of ${service}`)
                .join(", "),
        ],
        ["A status check takes", taken(times(unpaused.counts, 1 / unpaused.requests))],
        ["A captured payment takes, with its events, without a pause", taken(times(counts, 1 / accepted.requests))],
        ["A captured payment takes, with its events, alone", taken(alone)],
        ["At rest, one task of each service takes in a minute", taken(atRest)],
    ];
}

/** From the middle reading to the last. */
const growth = (readings: readonly number[]): number =>
    (readings.at(-1) ?? 0) - (readings[Math.floor(readings.length / 2)] ?? 0);

export const formatFigures = (figures: Figures): string => `${formatColumns(figureRows(figures)).join("\n")}\n`;
