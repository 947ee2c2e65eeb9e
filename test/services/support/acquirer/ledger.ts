import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Acquirer, Decision } from "../../../../services/payment/acquirer.ts";
import { simulatedRefusals } from "../../../../services/payment/simulated-acquirer.ts";

export type Operation = keyof Acquirer;

export interface Request {
    readonly operation: Operation;
    readonly idempotencyKey: string;
    readonly paymentId: string;
    readonly amountMinor: number;
    readonly currency: string;
}

/** What the acquirer has done once, for the first call with a key. */
export interface Entry extends Request {
    readonly decision: Decision;
    /** When, as ISO 8601. */
    readonly at: string;
}

/** What a test changes in a ledger, as no caller can: it puts an entry, or takes one away by its key. */
export type Change = { readonly put: Entry } | { readonly dropped: string };

/** A line of the file. */
interface Line {
    readonly entry?: Entry;
    /** Key of a call that was answered from the ledger. */
    readonly repeated?: string;
    readonly violation?: string;
    readonly change?: Change;
}

export interface LedgerReport {
    readonly entries: readonly Entry[];
    /** Calls that were answered from the ledger, as their key was known. */
    readonly repeated: number;
    /** What no caller may do: its kind and the payment. */
    readonly violations: readonly string[];
}

/**
 * The ledger of an acquirer: it moves money once for a key, and again for another key, also of the same payment. A ledger that is
 * made with the file of a former one goes on from there.
 */
export class Ledger {
    private readonly file: string;
    private readonly entries = new Map<string, Entry>();
    private readonly done = new Map<string, Operation[]>();
    private readonly violations: string[] = [];
    private repeated = 0;

    constructor(file: string) {
        this.file = file;
        const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
        for (const line of lines) {
            this.apply(JSON.parse(line) as Line);
        }
    }

    public knows(idempotencyKey: string): boolean {
        return this.entries.has(idempotencyKey);
    }

    /** @returns undefined if the key was used for another request */
    public decide(request: Request): Decision | undefined {
        const known = this.entries.get(request.idempotencyKey);
        if (known !== undefined) {
            this.write({ repeated: request.idempotencyKey });
            const isSame =
                known.operation === request.operation &&
                known.paymentId === request.paymentId &&
                known.amountMinor === request.amountMinor &&
                known.currency === request.currency;
            if (!isSame) {
                this.write({ violation: `key of another request: ${request.paymentId}` });
            }
            return isSame ? known.decision : undefined;
        }
        const refusal = simulatedRefusals[request.amountMinor % 100];
        const decision: Decision =
            refusal?.operation === request.operation ? { approved: false, reason: refusal.reason } : { approved: true };
        this.look(request);
        const entry = { ...request, decision, at: new Date().toISOString() };
        this.write({ entry });
        return decision;
    }

    public report(): LedgerReport {
        return { entries: [...this.entries.values()], repeated: this.repeated, violations: this.violations };
    }

    /** Approved captures and refunds of a day of UTC, in the order in which they were recorded. */
    public operationsOf(day: string): Omit<Entry, "decision">[] {
        return [...this.entries.values()]
            .filter(
                ({ operation, decision, at }) => operation !== "authorize" && decision.approved && at.startsWith(day),
            )
            .map(({ operation, idempotencyKey, paymentId, amountMinor, currency, at }) => ({
                operation,
                idempotencyKey,
                paymentId,
                amountMinor,
                currency,
                at,
            }));
    }

    public change(change: Change): void {
        this.write({ change });
    }

    private write(line: Line): void {
        this.apply(line);
        appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    }

    private apply({ entry, repeated, violation, change }: Line): void {
        this.repeated += repeated === undefined ? 0 : 1;
        if (violation !== undefined) {
            this.violations.push(violation);
        }
        if (entry !== undefined) {
            this.add(entry);
        }
        if (change !== undefined && "put" in change) {
            this.entries.set(change.put.idempotencyKey, change.put);
        } else if (change !== undefined) {
            this.entries.delete(change.dropped);
        }
    }

    private add(entry: Entry): void {
        this.entries.set(entry.idempotencyKey, entry);
        if (entry.decision.approved) {
            this.done.set(entry.paymentId, [...(this.done.get(entry.paymentId) ?? []), entry.operation]);
        }
    }

    /** Records what is wrong with an operation that is about to be done. */
    private look({ operation, paymentId }: Request): void {
        const done = this.done.get(paymentId) ?? [];
        const needed = ({ authorize: undefined, capture: "authorize", refund: "capture" } as const)[operation];
        if (done.includes(operation)) {
            this.write({ violation: `second ${operation}: ${paymentId}` });
        }
        if (needed !== undefined && !done.includes(needed)) {
            this.write({ violation: `${operation} without ${needed}: ${paymentId}` });
        }
    }
}
