import { readFileSync } from "node:fs";
import pg from "pg";
import { newId } from "../../../services/common/ids.ts";
import { getPath, itemsOf, textAtPath } from "../../../plan/query.ts";
import { eventually } from "../../frame/eventually.ts";
import { parseMessage } from "../../logs/correlation.ts";
import type { Machine } from "./machine.ts";
import type { Passage } from "./messages.ts";
import type { DemoRequest, Scenario } from "../demo/scenarios.ts";
import type { Life, SentRequest } from "../demo/timeline.ts";

export interface DemoArgs {
    readonly address: string;
    readonly apiKey: string;
    readonly machine: Machine;
    readonly passages: () => Promise<readonly Passage[]>;
}

/** How long a busy machine may take for a step, in milliseconds. */
const patience = { within: 60_000, every: 20 };

/** Sends the requests of a scenario, and collects what became of its payment once it has come to its last status. */
export async function live(args: DemoArgs, scenario: Scenario): Promise<Life> {
    const reference = `demo-${newId()}`;
    const keys = new Map<string, string>();
    const requests: SentRequest[] = [];
    let id = "";
    for (const request of scenario.requests) {
        if (request.after !== undefined) {
            await untilStatus(args, id, request.after);
        }
        const key = keys.get(request.key) ?? newId();
        keys.set(request.key, key);
        const body = { amountMinor: scenario.amountMinor, currency: "EUR", reference, ...request.extra };
        const { sent, answer } = await send(args, request, { id, key, body });
        requests.push(sent);
        id = textAtPath(answer, "id") !== "" && id === "" ? textAtPath(answer, "id") : id;
    }
    const last = scenario.history.at(-1);
    if (id !== "" && last !== undefined) {
        await untilStatus(args, id, last);
    }
    const { payments, history } = await readDatabase(args.machine, reference);
    return { requests, payments, history, ...(await readMessages(args, id, scenario.events.length)) };
}

async function send(
    { address, apiKey }: DemoArgs,
    { what, path }: DemoRequest,
    { id, key, body }: { readonly id: string; readonly key: string; readonly body: object },
): Promise<{ sent: SentRequest; answer: unknown }> {
    const isPayment = path === "/api/payments";
    const time = Date.now();
    const response = await fetch(`${address}${path.replace("{id}", id)}`, {
        method: "POST",
        headers: {
            "x-api-key": apiKey,
            "idempotency-key": key,
            ...(isPayment ? { "content-type": "application/json" } : {}),
        },
        ...(isPayment ? { body: JSON.stringify(body) } : {}),
    });
    const answer = parseMessage(await response.text());
    const problems = itemsOf(getPath(answer, "errors")).map(
        (problem) => `${textAtPath(problem, "field")} ${textAtPath(problem, "rule")}`,
    );
    const replayed = response.headers.get("idempotent-replayed") === "true";
    return { sent: { what, time, status: response.status, replayed, problems }, answer };
}

const get = async ({ address, apiKey }: DemoArgs, path: string): Promise<unknown> => {
    const response = await fetch(`${address}${path}`, { headers: { "x-api-key": apiKey } });
    return response.json();
};

/** Waits until a payment has a status, or one from which it does not come to have it. */
const untilStatus = (args: DemoArgs, id: string, wanted: string): Promise<string> =>
    eventually(
        `the status ${wanted}`,
        async () => {
            const status = textAtPath(await get(args, `/api/payments/${id}`), "status");
            return status === wanted || finalStatuses.includes(status) ? status : undefined;
        },
        patience,
    );

const finalStatuses = ["captured", "declined", "failed", "refunded"];

async function readDatabase(
    { databasePort, databaseName, master, authorityFile }: Machine,
    reference: string,
): Promise<Pick<Life, "payments" | "history">> {
    const client = new pg.Client({
        ...{ host: "localhost", port: databasePort, database: databaseName, ...master },
        ssl: { ca: readFileSync(authorityFile, "utf8") },
    });
    await client.connect();
    try {
        const payments = await client.query("SELECT 1 FROM payments.payment WHERE reference = $1", [reference]);
        const { rows } = await client.query<{ to_status: string; reason: string | null; at: Date }>(
            `SELECT to_status, history.reason, at FROM payments.payment_history AS history
            JOIN payments.payment ON payment.id = payment_id WHERE reference = $1 ORDER BY history.version`,
            [reference],
        );
        const history = rows.map(({ to_status: status, reason, at }) => ({
            ...{ status, time: at.getTime() },
            ...(reason === null ? {} : { reason }),
        }));
        return { payments: payments.rowCount ?? 0, history };
    } finally {
        await client.end();
    }
}

/** What passed the queues for a payment, and its events once as many as expected have been recorded. */
async function readMessages(
    args: DemoArgs,
    paymentId: string,
    expectedEvents: number,
): Promise<Pick<Life, "messages" | "events">> {
    const recorded = async () => {
        const passages = (await args.passages()).map((each) => ({ ...each, content: parseMessage(each.body) }));
        const own = passages.filter(({ content }) => getPath(content, "paymentId") === paymentId);
        const events = (await eventsOf(args, paymentId)).flatMap((event) => {
            const deleted = own.find(
                ({ content, status }) => getPath(content, "id") === event.id && status === "consumed",
            );
            return deleted === undefined ? [] : [{ ...event, time: deleted.time }];
        });
        const eventIds = new Set(events.map(({ id }) => id));
        const messages = own
            .filter(({ content, status }) => status === "published" && !eventIds.has(textAtPath(content, "id")))
            .map(({ queue, time, content }) => ({ queue, time, type: textAtPath(content, "type") }));
        return events.length < expectedEvents ? undefined : { messages, events };
    };
    return eventually(`${expectedEvents} events`, recorded, patience);
}

/** Events of a payment, as its merchant reads them. */
async function eventsOf(args: DemoArgs, paymentId: string): Promise<{ id: string; position: number; type: string }[]> {
    const found: { id: string; position: number; type: string }[] = [];
    for (let after = 0; ;) {
        const page = itemsOf(getPath(await get(args, `/api/events?limit=100&after=${after}`), "events"));
        for (const event of page) {
            after = Number(getPath(event, "position"));
            if (getPath(event, "paymentId") === paymentId) {
                found.push({ id: textAtPath(event, "id"), position: after, type: textAtPath(event, "type") });
            }
        }
        if (page.length === 0) {
            return found;
        }
    }
}
