import { setTimeout } from "node:timers/promises";
import { newId } from "../../../services/common/ids.ts";
import { eventually } from "../../../tools/frame/eventually.ts";
import type { Answer, Sent } from "../../services/support/client.ts";
import type { MerchantPayment } from "../../../tools/local/merchant-client.ts";
import { amount, send } from "../../services/support/merchant.ts";
import { patience } from "../../services/support/patience.ts";
import type { Platform } from "./platform.ts";

/** A kind of payment: its amount, and what becomes of it. */
export interface Kind {
    readonly amountMinor: number;
    readonly history: readonly string[];
    readonly events: readonly string[];
    readonly refund: boolean;
}

const captured = ["accepted", "authorized", "captured"];
const capturedEvents = ["payment.authorized", "payment.captured"];

/** Sent in turn. The amounts are those that the simulated acquirer decides by. */
const kinds: readonly Kind[] = [
    { amountMinor: 1234, history: captured, events: capturedEvents, refund: false },
    { amountMinor: 1205, history: ["accepted", "declined"], events: ["payment.declined"], refund: false },
    {
        amountMinor: 2300,
        history: [...captured, "refunded"],
        events: [...capturedEvents, "payment.refunded"],
        refund: true,
    },
    { amountMinor: 4200, history: captured, events: capturedEvents, refund: false },
    {
        amountMinor: 1257,
        history: ["accepted", "authorized", "failed"],
        events: ["payment.authorized", "payment.failed"],
        refund: false,
    },
    { amountMinor: 9900, history: captured, events: capturedEvents, refund: false },
    { amountMinor: 1258, history: captured, events: [...capturedEvents, "refund.failed"], refund: true },
    { amountMinor: 1251, history: ["accepted", "declined"], events: ["payment.declined"], refund: false },
];

/** A payment that the api service has accepted. */
export interface Sending {
    readonly id: string;
    readonly kind: Kind;
}

/** Port of the api service at this moment; undefined while it is down. */
export type LoadTarget = Pick<Platform, "apiPort">;

/** Payments that are sent at the same time. */
const concurrency = 8;
/** Milliseconds after which a merchant sends a request again that failed. */
const repeatMs = 300;

/** Sends payments as merchants do: each request again, with its key, until it has an answer; then the refunds of some. */
export class Load {
    public readonly sent: Sending[] = [];
    /** Requests that had to be sent again. */
    public sentAgain = 0;
    private readonly target: LoadTarget;
    private readonly refunds: Promise<void>[] = [];

    constructor(target: LoadTarget) {
        this.target = target;
    }

    /** Sends so many payments, in turn of each kind, and requests the refunds. */
    public async send(payments: number): Promise<void> {
        let next = 0;
        const sender = async () => {
            while (next < payments) {
                const kind = kinds[next % kinds.length];
                next += 1;
                if (kind !== undefined) {
                    await this.pay(kind);
                }
            }
        };
        await Promise.all(Array.from({ length: Math.min(concurrency, payments) }, sender));
        await Promise.all(this.refunds);
    }

    private async pay(kind: Kind): Promise<void> {
        const headers = { "idempotency-key": newId() };
        const answer = await this.insist({ path: "/api/payments", headers, body: amount(kind.amountMinor) }, 202);
        const { id } = JSON.parse(answer.text) as MerchantPayment;
        this.sent.push({ id, kind });
        if (kind.refund) {
            const refund = this.refund(id);
            // Awaited when all are sent: one that fails before must not end the process.
            refund.catch(() => undefined);
            this.refunds.push(refund);
        }
    }

    private async refund(id: string): Promise<void> {
        const captured = async () => {
            const { text } = await this.insist({ path: `/api/payments/${id}` }, 200);
            return (JSON.parse(text) as MerchantPayment).status === "captured" ? true : undefined;
        };
        await eventually(`capture of ${id}`, captured, { ...patience, every: 500 });
        const headers = { "idempotency-key": newId() };
        await this.insist({ method: "POST", path: `/api/payments/${id}/refunds`, headers }, 202);
    }

    /** @throws Error for an answer that another attempt would get, too */
    private async insist(sent: Sent, expected: number): Promise<Answer> {
        return eventually(
            `${expected} of ${sent.path}`,
            async () => {
                const port = this.target.apiPort;
                const answer = port === undefined ? undefined : await send(sent, { port }).catch(() => undefined);
                if (answer?.status === expected) {
                    return answer;
                }
                if (answer !== undefined && answer.status !== 503) {
                    throw new Error(`${sent.path} was answered with ${answer.status} ${answer.text}`);
                }
                this.sentAgain += 1;
                await setTimeout(repeatMs);
                return undefined;
            },
            patience,
        );
    }
}
