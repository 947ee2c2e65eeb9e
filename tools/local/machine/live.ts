import type { PaymentStatus } from "../../../services/common/payment.ts";
import { newId } from "../../../services/common/ids.ts";
import { getPath, itemsOf, textAtPath } from "../../../plan/query.ts";
import { eventually } from "../../frame/eventually.ts";
import { parseMessage } from "../../logs/correlation.ts";
import { eventsOf, untilStatus, type MerchantClient } from "../merchant-client.ts";
import { databaseClient } from "./database-client.ts";
import type { Machine } from "./machine.ts";
import type { Passage } from "./messages.ts";
import type { DemoRequest, Scenario } from "../demo/scenarios.ts";
import type { Life, SentRequest } from "../demo/timeline.ts";

export interface DemoArgs {
    readonly merchant: MerchantClient;
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
            await untilStatus(args.merchant, id, statusesAfter(request.after), patience);
        }
        const key = keys.get(request.key) ?? newId();
        keys.set(request.key, key);
        const body = { amountMinor: scenario.amountMinor, currency: "EUR", reference, ...request.extra };
        const { sent, answer } = await send(args.merchant, request, { id, key, body });
        requests.push(sent);
        id = textAtPath(answer, "id") !== "" && id === "" ? textAtPath(answer, "id") : id;
    }
    const last = scenario.history.at(-1);
    if (id !== "" && last !== undefined) {
        await untilStatus(args.merchant, id, statusesAfter(last), patience);
    }
    const { payments, history } = await readDatabase(args.machine, reference);
    return { requests, payments, history, ...(await readMessages(args, id, scenario.events.length)) };
}

/** The status that is waited for, and those after which it does not come. */
const statusesAfter = (wanted: PaymentStatus): PaymentStatus[] =>
    wanted === "refunded" ? ["refunded", "declined", "failed"] : [wanted, "captured", "declined", "failed"];

async function send(
    merchant: MerchantClient,
    { what, path }: DemoRequest,
    { id, key, body }: { readonly id: string; readonly key: string; readonly body: object },
): Promise<{ sent: SentRequest; answer: unknown }> {
    const time = Date.now();
    const { status, headers, text } = await merchant({
        path: path.replace("{id}", id),
        idempotencyKey: key,
        ...(path === "/api/payments" ? { body } : {}),
    });
    const answer = parseMessage(text);
    const problems = itemsOf(getPath(answer, "errors")).map(
        (problem) => `${textAtPath(problem, "field")} ${textAtPath(problem, "rule")}`,
    );
    const replayed = headers.get("idempotent-replayed") === "true";
    return { sent: { what, time, status, replayed, problems }, answer };
}

async function readDatabase(machine: Machine, reference: string): Promise<Pick<Life, "payments" | "history">> {
    const client = databaseClient(machine);
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
        const events = (await eventsOf(args.merchant, paymentId)).flatMap((event) => {
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
