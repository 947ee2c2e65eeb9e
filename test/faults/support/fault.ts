import { performance } from "node:perf_hooks";
import { expect } from "@jest/globals";
import { eventually } from "../../../tools/frame/eventually.ts";
import { patience } from "../../services/support/patience.ts";
import { Load, type Sending } from "./load.ts";
import type { Platform } from "./platform.ts";
import { deadLetters, messagesIn, positions, problemsOf, problemsOfReconciliation, untilSettled } from "./verdict.ts";

const { FAULT_PAYMENTS: wanted = "1000" } = process.env;
/** Payments that are sent during each fault. */
export const payments = Number(wanted);
if (!Number.isInteger(payments) || payments < 8) {
    throw new Error(`FAULT_PAYMENTS is "${wanted}": set a whole number of 8 or more`);
}

export interface FaultOptions {
    /** @default `FAULT_PAYMENTS` */
    readonly payments?: number;
    /** Messages that nobody can process, and that the fault sends. @default 0 */
    readonly poisoned?: number;
}

/**
 * Sends payments while `inject` does harm, ends the harm with `mend`, waits until all is settled, and expects that nothing was lost,
 * that nothing was done twice, and that no service ended. Prints one line with the figures.
 */
export async function survive(
    platform: Platform,
    name: string,
    inject: (isSending: () => boolean) => Promise<void>,
    mend: () => Promise<void> = () => Promise.resolve(),
    options: FaultOptions = {},
): Promise<void> {
    const started = performance.now();
    const startedAt = new Date();
    const since = await positions();
    const before = await platform.acquirer.report();
    const receivedAgain = platform.queues.receivedAgain;
    const load = new Load(platform);
    let isSending = true;
    const sending = load.send(options.payments ?? payments).finally(() => {
        isSending = false;
    });
    sending.catch(() => undefined);
    try {
        await inject(() => isSending);
    } finally {
        platform.queues.hold.release();
        platform.queues.setFaults({});
        await mend();
        await platform.acquirer.setFaults({});
    }
    await sending;
    await platform.untilComplete();
    await untilSettled();
    const ledger = await platform.acquirer.report();
    const port = await eventually("the api service", () => Promise.resolve(platform.apiPort), patience);
    const dead = await Promise.all(deadLetters.map(messagesIn));
    const differences = await problemsOfReconciliation(platform.acquirer.url, startedAt);
    print(name, {
        payments: load.sent.length,
        ...countsOf(load.sent),
        "requests repeated": load.sentAgain,
        "messages received again": platform.queues.receivedAgain - receivedAgain,
        "acquirer calls repeated": ledger.repeated - before.repeated,
        "dead letters": dead.reduce((sum, count) => sum + count, 0),
        seconds: Math.round((performance.now() - started) / 1_000),
    });
    expect({
        ended: platform.ended.splice(0),
        problems: [...(await problemsOf(load.sent, since, ledger, port)), ...differences].slice(0, 10),
        deadLetters: dead.reduce((sum, count) => sum + count, 0),
    }).toEqual({ ended: [], problems: [], deadLetters: options.poisoned ?? 0 });
}

/** Payments by their last status. */
function countsOf(sent: readonly Sending[]): Record<string, number> {
    const byStatus = Map.groupBy(sent, ({ kind }) => kind.history.at(-1) ?? "");
    return Object.fromEntries([...byStatus].map(([status, of]) => [status, of.length]));
}

function print(name: string, figures: Readonly<Record<string, number>>): void {
    const text = Object.entries(figures).map(([what, count]) => `${what} ${count}`);
    process.stdout.write(`${name}: ${text.join(", ")}\n`);
}
