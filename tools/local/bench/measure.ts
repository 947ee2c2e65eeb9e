import { setTimeout } from "node:timers/promises";
import autocannon from "autocannon";
import { apiKeyIdHeader, gatewayTokenHeader, type GatewaySecret } from "../../../contract/gateway.ts";
import { requireItem } from "../../../lib/list.ts";
import { newId } from "../../../services/common/ids.ts";
import { eventually } from "../../frame/eventually.ts";
import type { LocalSession } from "../machine/session.ts";
import { readSecrets } from "../replacements.ts";
import { Counters, difference } from "./counters.ts";
import { statusChecksPerSecond, type Figures, type Latencies, type PaymentFigures } from "./figures.ts";

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
/** How long a slow machine may take until all payments have their final status, in milliseconds. */
const patience = { within: 600_000, every: 100 };
/** Parts of the status checks without a pause, between which the memory is read. */
const parts = 10;

type Step = (text: string) => void;

/** Measures one task of each service, which does nothing else. Ends Redis. */
export async function measureServices(
    session: LocalSession,
    { requests, payments, seconds }: Amounts,
    step: Step,
): Promise<Figures> {
    const counters = await Counters.connect(session);
    try {
        step("warming up");
        await measurePayments(session, counters, readPayments * 10);
        step("status checks from the cache");
        const ids = await capturedIds(counters);
        const rate = { overallRate: statusChecksPerSecond, amount: statusChecksPerSecond * seconds };
        const cached = await readStatus(session, ids, rate);
        step("at rest");
        const before = await counters.read();
        await setTimeout(seconds * 1000);
        const rest = difference(before, await counters.read());
        step(`${payments} payments`);
        const paymentFigures = await measurePayments(session, counters, payments);
        step(`${requests} status checks`);
        const unpaused = await readWithoutPause(session, counters, { ids, requests });
        step("status checks without Redis");
        process.kill(session.running.machine.cachePid, "SIGKILL");
        const withoutCache = await readStatus(session, ids, rate);
        const perMinute = 60 / seconds;
        return {
            cached,
            withoutCache,
            payments: paymentFigures,
            ...unpaused,
            atRest: {
                statements: rest.statements * perMinute,
                commands: rest.commands * perMinute,
                calls: rest.calls * perMinute,
            },
        };
    } finally {
        await counters.end();
    }
}

/** Sends payments that the simulated acquirer captures, without a pause, and waits until the last one is captured. */
async function measurePayments(session: LocalSession, counters: Counters, count: number): Promise<PaymentFigures> {
    const reference = `bench-${newId()}`;
    const { database } = counters;
    const before = await counters.read();
    const usedBefore = await cpuOfServices(session);
    const accepted = await cannon(session, {
        amount: count,
        requests: [
            {
                method: "POST",
                path: "/api/payments",
                body: JSON.stringify({ amountMinor: 1234, currency: "EUR", reference }),
                setupRequest: (request) => ({
                    ...request,
                    headers: {
                        ...request.headers,
                        "content-type": "application/json",
                        "idempotency-key": newId(),
                    },
                }),
            },
        ],
    });
    const { captured, seconds } = await eventually(
        `${count} captured payments`,
        async () => {
            const { rows } = await database.query<{ captured: number; open: number; seconds: number }>(
                `SELECT count(*) FILTER (WHERE status = 'captured')::int AS captured,
                    count(*) FILTER (WHERE status IN ('accepted', 'authorized'))::int AS open,
                    extract(epoch FROM max(updated_at) - min(created_at))::float AS seconds
                FROM payments.payment WHERE reference = $1`,
                [reference],
            );
            const row = requireItem(rows, 0);
            return row.open === 0 ? row : undefined;
        },
        patience,
    );
    const events = "SELECT 1 FROM payments.payment_outbox LIMIT 1";
    await eventually(
        "published events",
        async () => ((await database.query(events)).rowCount === 0 ? true : undefined),
        patience,
    );
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

async function readWithoutPause(
    session: LocalSession,
    counters: Counters,
    { ids, requests }: { readonly ids: readonly string[]; readonly requests: number },
): Promise<Pick<Figures, "unpaused" | "megabytes">> {
    const api = requireItem(
        session.services.filter(({ service }) => service === "api"),
        0,
    );
    const before = await counters.read();
    const first = await api.usage();
    const measured: Latencies[] = [];
    const megabytes = [first.megabytes];
    for (let part = 0; part < parts; part++) {
        measured.push(await readStatus(session, ids, { amount: Math.ceil(requests / parts) }));
        megabytes.push((await api.usage()).megabytes);
    }
    const sum = (pick: (each: Latencies) => number): number => measured.reduce((total, each) => total + pick(each), 0);
    const max = (pick: (each: Latencies) => number): number => Math.max(...measured.map(pick));
    const unpaused = {
        requests: sum((each) => each.requests),
        failed: sum((each) => each.failed),
        perSecond: sum((each) => each.perSecond) / parts,
        // Of the slowest part.
        p50: max((each) => each.p50),
        p99: max((each) => each.p99),
        slowest: max((each) => each.slowest),
        cpuSeconds: (await api.usage()).cpuSeconds - first.cpuSeconds,
        counts: difference(before, await counters.read()),
    };
    return { unpaused, megabytes };
}

function readStatus(
    session: LocalSession,
    ids: readonly string[],
    options: Pick<autocannon.Options, "overallRate" | "amount">,
): Promise<Latencies> {
    let next = 0;
    return cannon(session, {
        ...options,
        requests: [
            {
                method: "GET",
                setupRequest: (request) => ({ ...request, path: `/api/payments/${ids[next++ % ids.length] ?? ""}` }),
            },
        ],
    });
}

/** Sends requests to the api service, as the merchants' API does. */
async function cannon(session: LocalSession, options: Omit<autocannon.Options, "url">): Promise<Latencies> {
    const { machine } = session.running;
    const { tokens, merchants } = JSON.parse(readSecrets(machine)[machine.gatewaySecretArn] ?? "") as GatewaySecret;
    const { latency, requests, duration, non2xx, errors } = await autocannon({
        url: `https://127.0.0.1:${session.servicePorts.api ?? 0}`,
        connections,
        headers: { [gatewayTokenHeader]: tokens[0] ?? "", [apiKeyIdHeader]: Object.keys(merchants)[0] ?? "" },
        ...options,
    });
    return {
        requests: requests.total,
        perSecond: requests.total / duration,
        p50: latency.p50,
        p99: latency.p99,
        slowest: latency.max,
        failed: non2xx + errors,
    };
}
