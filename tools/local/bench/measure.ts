import { setTimeout } from "node:timers/promises";
import autocannon from "autocannon";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../contract/gateway.ts";
import { requireItem } from "../../../lib/list.ts";
import { newId } from "../../../services/common/ids.ts";
import { eventually } from "../../frame/eventually.ts";
import type { LocalSession } from "../machine/session.ts";
import { readGatewaySecret } from "../replacements.ts";
import { Counters } from "./counters.ts";
import { difference, times, type Counts } from "./counts.ts";
import { statusChecksPerSecond, type Figures, type Latencies, type PaymentFigures } from "./figures.ts";
import { quantilesOf } from "./latencies.ts";

export interface Amounts {
    /** Status checks that are sent without a pause. */
    readonly requests: number;
    /** Payments that are sent without a pause. */
    readonly payments: number;
    /** Seconds for which status checks are sent at the rate of the promise, and for which the services are left at rest. */
    readonly seconds: number;
}

/** Connections of the load balancer that send at the same time. */
const connections = 10;
/** Payments whose status is read in turn: each is read from PostgreSQL once a minute, as its copy ends. */
const readPayments = 20;
/** Payments before the measurement, so that what a program compiles at its first requests is not measured. */
const warmUpPayments = 200;
/** Payments that are sent one after the other, to count what one takes whose messages are in no batch with others. */
const singlePayments = 10;
/** How long a slow machine may take until all payments have their final status, in milliseconds. */
const patience = { within: 600_000, every: 100 };
/** Milliseconds in which the services delete the last messages. */
const untilDeletedMs = 500;
/** Parts of the status checks without a pause, after which the memory is read. */
const parts = 10;

interface Measured {
    readonly session: LocalSession;
    readonly counters: Counters;
}

/** Measures one task of each service, which does nothing else. Ends Redis. */
export async function measureServices(
    session: LocalSession,
    { requests, payments, seconds }: Amounts,
    memoryMib: number,
    step: (text: string) => void,
): Promise<Figures> {
    const counters = await Counters.connect(session);
    const measured = { session, counters };
    try {
        step("warming up");
        await measurePayments(measured, warmUpPayments);
        const ids = await capturedIds(counters);
        const atPromisedRate = { overallRate: statusChecksPerSecond, amount: statusChecksPerSecond * seconds };
        step("status checks from the cache");
        const cached = await readStatus(session, ids, atPromisedRate);
        step("nothing");
        const atRest = await countAtRest(counters, seconds);
        step("payments one after the other");
        const alone = await countAlone(measured, atRest);
        step(`${payments} payments`);
        const paymentFigures = await measurePayments(measured, payments);
        step(`${requests} status checks`);
        const unpaused = await readWithoutPause(measured, ids, requests);
        step("status checks without Redis");
        process.kill(session.running.machine.cachePid, "SIGKILL");
        const withoutCache = await readStatus(session, ids, atPromisedRate);
        return {
            ...{ cached, withoutCache, payments: paymentFigures, ...unpaused, memoryMib },
            ...{ alone, atRest: times(atRest, 60) },
        };
    } finally {
        await counters.end();
    }
}

/** What the services take in a second in which nothing is sent. */
async function countAtRest(counters: Counters, seconds: number): Promise<Counts> {
    const before = await counters.read();
    await setTimeout(seconds * 1000);
    return times(difference(before, await counters.read()), 1 / seconds);
}

/** What a payment takes that is sent when the one before has its events, without what is taken at rest. */
async function countAlone(measured: Measured, atRest: Counts): Promise<Counts> {
    const { counters } = measured;
    const before = await counters.read();
    const started = performance.now();
    for (let sent = 0; sent < singlePayments; sent++) {
        await measurePayments(measured, 1);
    }
    const seconds = (performance.now() - started) / 1000;
    const taken = difference(before, await counters.read());
    return times(difference(times(atRest, seconds), taken), 1 / singlePayments);
}

/** Sends payments that the simulated acquirer captures, without a pause, and waits until all their events are recorded. */
async function measurePayments({ session, counters }: Measured, count: number): Promise<PaymentFigures> {
    const reference = `bench-${newId()}`;
    const { database } = counters;
    const before = await counters.read();
    const usedBefore = await cpuOfServices(session);
    const accepted = await send(session, {
        amount: count,
        requests: [
            {
                method: "POST",
                path: "/api/payments",
                body: JSON.stringify({ amountMinor: 1234, currency: "EUR", reference }),
                setupRequest: (request) => ({
                    ...request,
                    headers: { ...request.headers, "content-type": "application/json", "idempotency-key": newId() },
                }),
            },
        ],
    });
    const { captured, seconds } = await eventually(
        `${count} captured payments with their events`,
        async () => {
            const { rows } = await database.query<{ captured: number; open: number; seconds: number; events: number }>(
                `SELECT count(*) FILTER (WHERE status = 'captured')::int AS captured,
                    count(*) FILTER (WHERE status IN ('accepted', 'authorized'))::int AS open,
                    extract(epoch FROM max(updated_at) - min(created_at))::float AS seconds,
                    (SELECT count(*) FROM payments.event JOIN payments.payment AS paid ON paid.id = payment_id
                        WHERE paid.reference = $1)::int AS events
                FROM payments.payment WHERE reference = $1`,
                [reference],
            );
            const row = requireItem(rows, 0);
            // Authorized and captured.
            return row.open === 0 && row.events >= 2 * row.captured ? row : undefined;
        },
        patience,
    );
    await setTimeout(untilDeletedMs);
    const used = await cpuOfServices(session);
    const cpuSeconds = Object.fromEntries(
        Object.entries(used).map(([service, cpu]) => [service, cpu - (usedBefore[service] ?? 0)]),
    );
    return { accepted, seconds, captured, cpuSeconds, counts: difference(before, await counters.read()) };
}

const cpuOfServices = async ({ services }: LocalSession): Promise<Record<string, number>> =>
    Object.fromEntries(
        await Promise.all(services.map(async ({ service, usage }) => [service, (await usage()).cpuSeconds] as const)),
    );

async function capturedIds({ database }: Counters): Promise<string[]> {
    const { rows } = await database.query<{ id: string }>(
        "SELECT id FROM payments.payment WHERE status = 'captured' ORDER BY position DESC LIMIT $1",
        [readPayments],
    );
    return rows.map(({ id }) => id);
}

/** Sends status checks, each when the one before is answered, and reads the memory of the api service after each tenth. */
async function readWithoutPause(
    { session, counters }: Measured,
    ids: readonly string[],
    requests: number,
): Promise<Pick<Figures, "unpaused" | "megabytes">> {
    const api = requireItem(
        session.services.filter(({ service }) => service === "api"),
        0,
    );
    const before = await counters.read();
    const first = await api.usage();
    const readings: Promise<number>[] = [];
    const latencies = await readStatus(session, ids, { amount: requests }, (answered) => {
        if (Math.floor((answered * parts) / requests) > readings.length) {
            readings.push(api.usage().then(({ megabytes }) => megabytes));
        }
    });
    const { cpuSeconds } = await api.usage();
    return {
        unpaused: {
            ...latencies,
            cpuSeconds: cpuSeconds - first.cpuSeconds,
            counts: difference(before, await counters.read()),
        },
        megabytes: [first.megabytes, ...(await Promise.all(readings))],
    };
}

function readStatus(
    session: LocalSession,
    ids: readonly string[],
    options: Pick<autocannon.Options, "overallRate" | "amount">,
    onAnswer?: (answered: number) => void,
): Promise<Latencies> {
    let next = 0;
    const path = (): string => `/api/payments/${ids[next++ % ids.length] ?? ""}`;
    const requests = [
        { method: "GET" as const, setupRequest: (request: autocannon.Request) => ({ ...request, path: path() }) },
    ];
    return send(session, { ...options, requests }, onAnswer);
}

/**
 * Sends requests to the api service, as the merchants' API does. The times are those of each answer: autocannon's own have whole
 * milliseconds, and at a rate are corrected for requests that wait by another interval than that of a connection.
 *
 * @param onAnswer gets the number of answers until then
 */
async function send(
    session: LocalSession,
    options: Omit<autocannon.Options, "url">,
    onAnswer: (answered: number) => void = () => undefined,
): Promise<Latencies> {
    const { machine } = session.running;
    const { tokens, merchants } = readGatewaySecret(machine);
    const answers: number[] = [];
    const started = performance.now();
    let ended = started;
    const { requests, non2xx, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
        const instance = autocannon(
            {
                url: `https://127.0.0.1:${session.servicePorts.api ?? 0}`,
                connections: Math.min(connections, options.amount ?? connections),
                ...(options.overallRate === undefined ? {} : { ignoreCoordinatedOmission: true }),
                headers: { [gatewayTokenHeader]: tokens[0] ?? "", [apiKeyIdHeader]: Object.keys(merchants)[0] ?? "" },
                ...options,
            },
            (error: Error | null, result) => {
                if (error === null) {
                    resolve(result);
                } else {
                    reject(error);
                }
            },
        );
        instance.on("response", (_client, _status, _bytes, milliseconds) => {
            answers.push(milliseconds);
            ended = performance.now();
            onAnswer(answers.length);
        });
    });
    const { overallRate = 0 } = options;
    return {
        requests: requests.total,
        perSecond: answers.length / ((ended - started) / 1000),
        ...quantilesOf(answers, overallRate === 0 ? Infinity : (1000 * connections) / overallRate),
        failed: non2xx + errors,
    };
}
