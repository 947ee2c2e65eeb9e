import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { addDays, dayOf } from "../../../services/payment/reconciliation/days.ts";
import { eventually } from "../../../tools/frame/eventually.ts";
import { localSources } from "../../../tools/local/replacements.ts";
import { query, send } from "../../services/support/merchant.ts";
import { runReconciliation } from "../../services/support/reconciliation.ts";
import { urlOf } from "../../services/support/queues.ts";
import { underTest } from "../../services/support/under-test.ts";
import type { LedgerReport } from "../../services/support/acquirer/ledger.ts";
import type { Sending } from "./load.ts";

/** Milliseconds until all is settled after a fault: a message of a killed task is hidden for 60 s, and a failed one for up to 64 s. */
const settling = { within: 240_000, every: 500 };

const queues = ["processing", "notifications"];
export const deadLetters = queues.map((queue) => `${queue}-dlq`);

export interface MerchantEvent {
    readonly position: number;
    readonly id: string;
    readonly type: string;
    readonly paymentId: string;
}

/** Events of the merchant after a position, as the merchant reads them. */
async function eventsAfter(position: number, port: number): Promise<MerchantEvent[]> {
    const found: MerchantEvent[] = [];
    for (let after = position; ;) {
        const { text } = await send({ path: `/api/events?after=${after}&limit=100` }, { port });
        const { events } = JSON.parse(text) as { events: MerchantEvent[] };
        found.push(...events);
        const last = events.at(-1);
        if (last === undefined) {
            return found;
        }
        after = last.position;
    }
}

/** Waits until no message and no payment is on its way, or until that does not come: then the verdict says what is left. */
export async function untilSettled(): Promise<void> {
    const settled = async () => {
        const [row] = await query<{ open: number }>(
            `SELECT ((SELECT count(*) FROM payments.payment WHERE status IN ('accepted', 'authorized'))
                + (SELECT count(*) FROM payments.refund WHERE status = 'requested')
                + (SELECT count(*) FROM payments.api_outbox) + (SELECT count(*) FROM payments.payment_outbox))::int AS open`,
        );
        const messages = await Promise.all(queues.map(messagesIn));
        return row?.open === 0 && messages.every((count) => count === 0) ? true : undefined;
    };
    await eventually("the end of all messages", settled, settling).catch(() => undefined);
}

/** Messages of a queue, received ones included. */
export async function messagesIn(queue: string): Promise<number> {
    const { sqs } = localSources(underTest().machine);
    const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ["All"] }),
    );
    sqs.destroy();
    return (
        Number(Attributes.ApproximateNumberOfMessages) +
        Number(Attributes.ApproximateNumberOfMessagesNotVisible) +
        Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0)
    );
}

/** The last position of an event and of a payment. */
export async function positions(): Promise<{ event: number; payment: number }> {
    const [row] = await query<{ event: number; payment: number }>(
        `SELECT coalesce((SELECT max(position) FROM payments.event WHERE merchant_id = 'example-shop'), 0)::int AS event,
            coalesce((SELECT max(position) FROM payments.payment), 0)::int AS payment`,
    );
    return row ?? { event: 0, payment: 0 };
}

/**
 * What is wrong with the payments of a fault, each with its reason: none if nothing was lost, and nothing was done twice.
 *
 * @param ledger undefined where each payment service simulates the acquirer within its process
 */
export async function problemsOf(
    sent: readonly Sending[],
    since: { readonly event: number; readonly payment: number },
    ledger: LedgerReport | undefined,
    port: number,
): Promise<string[]> {
    return [
        ...(await problemsInDatabase(sent, since.payment)),
        ...(ledger === undefined ? [] : problemsInLedger(sent, ledger)),
        ...problemsOfEvents(sent, await eventsAfter(since.event, port), since.event),
    ];
}

async function problemsInDatabase(sent: readonly Sending[], since: number): Promise<string[]> {
    const rows = await query<{ id: string; history: string[] }>(
        `SELECT payment_id AS id, array_agg(to_status ORDER BY version) AS history FROM payments.payment_history
        WHERE payment_id IN (SELECT id FROM payments.payment WHERE position > $1) GROUP BY payment_id`,
        [since],
    );
    const histories = new Map(rows.map(({ id, history }) => [id, history]));
    return [
        ...sent.flatMap(({ id, kind }) => differenceOf(`history of ${id}`, histories.get(id) ?? [], kind.history)),
        ...(rows.length === sent.length ? [] : [`${rows.length} payments are recorded, ${sent.length} were accepted`]),
    ];
}

function problemsInLedger(sent: readonly Sending[], { entries, violations }: LedgerReport): string[] {
    const done = Map.groupBy(
        entries.filter(({ decision }) => decision.approved),
        ({ paymentId }) => paymentId,
    );
    const operations = { authorized: "authorize", captured: "capture", refunded: "refund" } as Readonly<
        Record<string, string>
    >;
    return [
        ...violations,
        ...sent.flatMap(({ id, kind }) =>
            differenceOf(
                `the acquirer's ledger of ${id}`,
                (done.get(id) ?? []).map(({ operation }) => operation),
                kind.history.flatMap((status) => operations[status] ?? []),
            ),
        ),
    ];
}

/**
 * What the comparison with the acquirer's report says after a fault, which is read as on the day after tomorrow: nothing if both sides
 * have the same. That of tomorrow has no operation, and lets the last hour of today be compared.
 *
 * @param since when the fault began, which may be yesterday by now
 */
export async function problemsOfReconciliation(acquirerUrl: string, since: Date): Promise<string[]> {
    const tomorrow = addDays(dayOf(new Date()), 1);
    const problems: string[] = [];
    for (let day = dayOf(since); day <= tomorrow; day = addDays(day, 1)) {
        const now = `${addDays(tomorrow, 1)}T06:00:00Z`;
        const { code, lines } = await runReconciliation(acquirerUrl, now, { RECONCILED_DAY: day });
        problems.push(
            ...(code === 0 ? [] : [`the comparison of ${day} ended with ${code}`]),
            ...lines.filter(({ level }) => level !== "info").map((line) => JSON.stringify(line)),
        );
    }
    return problems;
}

function problemsOfEvents(sent: readonly Sending[], events: readonly MerchantEvent[], since: number): string[] {
    const byPayment = Map.groupBy(events, ({ paymentId }) => paymentId);
    const gap = events.find(({ position }, index) => position !== since + index + 1);
    return [
        // SNS does not keep the order.
        ...sent.flatMap(({ id, kind }) =>
            differenceOf(
                `events of ${id}`,
                (byPayment.get(id) ?? []).map(({ type }) => type).sort(),
                [...kind.events].sort(),
            ),
        ),
        ...(gap === undefined ? [] : [`the events have a gap before position ${gap.position}`]),
    ];
}

const differenceOf = (what: string, found: readonly string[], expected: readonly string[]): string[] =>
    found.join() === expected.join() ? [] : [`${what} is ${found.join()}, not ${expected.join()}`];
