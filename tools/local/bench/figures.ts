import { formatColumns } from "../../frame/table.ts";

/** Times of requests, in milliseconds. */
export interface Latencies {
    readonly requests: number;
    readonly perSecond: number;
    readonly p50: number;
    readonly p99: number;
    readonly slowest: number;
    /** Requests that were answered with another status than 2xx, or not at all. */
    readonly failed: number;
}

/** What something takes of the stores and of AWS. */
export interface Counts {
    /** Statements of PostgreSQL, with those that begin and end a transaction. */
    readonly statements: number;
    /** Commands of Redis. */
    readonly commands: number;
    /** Calls of SQS and SNS. */
    readonly calls: number;
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
    /** Of one task of each service without requests, in a minute. */
    readonly atRest: Counts;
}

/** Status checks each second of the promise. */
export const statusChecksPerSecond = 200;

/** Milliseconds within which 99 of 100 status checks are answered: the promise to merchants, and what the copy in Redis is for. */
export const promises = { statusCheck: 1000, cachedStatusCheck: 50 };

/** The promises that a run has broken, a line each. */
export function brokenPromises({ cached, withoutCache, payments, unpaused }: Figures): string[] {
    const late = (what: string, { p99 }: Latencies, limit: number) =>
        p99 < limit ? [] : [`p99 of ${what} is ${p99} ms, and must be below ${limit} ms`];
    const failed = (what: string, { failed: count, requests }: Latencies) =>
        count === 0 ? [] : [`${count} of ${requests} ${what} failed`];
    const slow = (what: string, { perSecond }: Latencies) =>
        perSecond > 0.95 * statusChecksPerSecond
            ? []
            : [`${perSecond.toFixed(0)} ${what} a second were answered of ${statusChecksPerSecond}`];
    const [kept, direct] = ["status checks from the cache", "status checks without Redis"];
    return [
        ...late(kept, cached, promises.cachedStatusCheck),
        ...late(direct, withoutCache, promises.statusCheck),
        ...slow(kept, cached),
        ...slow(direct, withoutCache),
        ...failed(kept, cached),
        ...failed(direct, withoutCache),
        ...failed("status checks without a pause", unpaused),
        ...failed("payments", payments.accepted),
        ...(payments.captured === payments.accepted.requests
            ? []
            : [`${payments.captured} of ${payments.accepted.requests} payments were captured`]),
    ];
}

/** CPU of a request, in milliseconds. */
export const cpuPerStatusCheck = ({ unpaused }: Figures): number => (unpaused.cpuSeconds / unpaused.requests) * 1000;
export const cpuPerPayment = ({ payments }: Figures, service: string): number =>
    ((payments.cpuSeconds[service] ?? 0) / payments.accepted.requests) * 1000;

type Row = readonly [what: string, figure: string];

const each = ({ statements, commands, calls }: Counts, count: number): string =>
    [
        [statements, "statements of PostgreSQL"],
        [commands, "commands of Redis"],
        [calls, "calls of SQS and SNS"],
    ]
        .map(([number, what]) => `${(Number(number) / count).toFixed(1)} ${what}`)
        .join(", ");

const latency = ({ p50, p99, slowest, failed, requests }: Latencies): string =>
    `p50 ${p50} ms, p99 ${p99} ms, slowest ${slowest} ms; ${failed} of ${requests} failed`;

/** What was measured, and its figure. */
export function figureRows(figures: Figures): Row[] {
    const { cached, withoutCache, payments, unpaused, megabytes, atRest } = figures;
    const { requests: count } = payments.accepted;
    return [
        [`Status checks from the cache, ${statusChecksPerSecond} a second`, latency(cached)],
        [`Status checks while Redis is away, ${statusChecksPerSecond} a second`, latency(withoutCache)],
        ["Status checks without a pause", `${unpaused.perSecond.toFixed(0)} a second, ${latency(unpaused)}`],
        [
            "Payments accepted, without a pause",
            `${payments.accepted.perSecond.toFixed(0)} a second, ${latency(payments.accepted)}`,
        ],
        ["Payments to their final status", `${(payments.captured / payments.seconds).toFixed(0)} a second`],
        [
            "Memory of api, before status checks without a pause and after each tenth",
            `${megabytes.map((each) => each.toFixed(0)).join(", ")} MB`,
        ],
        ["CPU of a status check", `${cpuPerStatusCheck(figures).toFixed(2)} ms of api`],
        [
            "CPU of a payment",
            Object.keys(payments.cpuSeconds)
                .map((service) => `${cpuPerPayment(figures, service).toFixed(2)} ms of ${service}`)
                .join(", "),
        ],
        ["A status check takes", each(unpaused.counts, unpaused.requests)],
        ["A captured payment takes, with its events", each(payments.counts, count)],
        ["At rest, one task of each service takes in a minute", each(atRest, 1)],
    ];
}

export const formatFigures = (figures: Figures): string => `${formatColumns(figureRows(figures)).join("\n")}\n`;
