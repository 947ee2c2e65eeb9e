import type { ReportedOperation, ReportLimits } from "../../../services/payment/reconciliation/report.ts";
import { newId } from "../../../services/common/ids.ts";
import { AcquirerProcess } from "./acquirer/process.ts";
import type { Entry } from "./acquirer/ledger.ts";
import { query } from "./merchant.ts";
import { migrate } from "./migrate.ts";
import { runReconciliation, type Run } from "./reconciliation.ts";
import { underTest } from "./under-test.ts";

/** The days of the tests: comparison began with `first`, and `yesterday` is the last one that is over. */
export const days = { before: "2031-05-06", first: "2031-05-07", yesterday: "2031-05-08", today: "2031-05-09" };

/** Hours since the begin of a day of UTC. */
export const hoursSince = (day: string): number => (Date.now() - Date.parse(day)) / 3_600_000;

/** When a task of that day compares. */
const morningOf = (day: string): string => `${day}T06:00:00Z`;

type Operation = ReportedOperation;

export interface Difference {
    readonly idempotency_key: string;
    readonly kind: string;
    readonly settled_by: string | null;
}

/** An acquirer and a database of a test's own, with nothing on either side. */
export class TwoSides {
    public readonly acquirer: AcquirerProcess;
    /** Those of a test's own. */
    public limits: Partial<ReportLimits> = {};
    private readonly machineBefore = process.env.SERVICES_MACHINE;

    private constructor(acquirer: AcquirerProcess) {
        this.acquirer = acquirer;
    }

    public static async start(): Promise<TwoSides> {
        const { machine, apiPort } = underTest();
        const sides = new TwoSides(await AcquirerProcess.start(machine));
        const databaseName = `sides_${newId()}`;
        await query(`CREATE DATABASE ${databaseName}`);
        process.env.SERVICES_MACHINE = JSON.stringify({ machine: { ...machine, databaseName }, apiPort });
        await migrate(underTest().machine, "services/migration/sql");
        await query("UPDATE payments.reconciliation_day SET day = $1", [days.before]);
        return sides;
    }

    public async stop(): Promise<void> {
        process.env.SERVICES_MACHINE = this.machineBefore;
        await this.acquirer.stop();
    }

    /** @param today day on whose morning it runs */
    public run({ today = days.today, ...variables }: { today?: string } & Record<string, string> = {}): Promise<Run> {
        return runReconciliation(this.acquirer.url, morningOf(today), variables, this.limits);
    }

    /** Runs the task for a day, whose report has these pages. @returns its exit code */
    public async runWithPages(day: string, ...pages: (readonly Operation[])[]): Promise<number> {
        const reportPages = pages.map((operations, index) =>
            JSON.stringify({ operations, ...(index < pages.length - 1 && { next: `${index + 1}` }) }),
        );
        await this.acquirer.setFaults({ reportPages });
        return (await this.run({ RECONCILED_DAY: day })).code;
    }

    /** Puts operations into the acquirer's ledger. */
    public async book(...operations: readonly Operation[]): Promise<void> {
        await this.acquirer.put(...operations.map((one): Entry => ({ ...one, decision: { approved: true } })));
    }

    /** A payment that was captured here at a time. @returns what the acquirer should have of it */
    public async capture(at: string, { id = newId(), amountMinor = 1234 } = {}): Promise<Operation> {
        await insertPayment(id, amountMinor);
        await changeStatus(id, ["authorized", "captured"], at);
        return { ...operationOf("capture", id, id), amountMinor, at };
    }

    /** A payment that was captured, and refunded, at a time. */
    public async refund(at: string): Promise<{ capture: Operation; refund: Operation }> {
        const capture = await this.capture(at);
        const { paymentId } = capture;
        const refundId = newId();
        await query(
            `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id, status)
            VALUES ($1, $2, 'sides', 'correlation', 'completed')`,
            [refundId, paymentId],
        );
        await changeStatus(paymentId, ["refunded"], at);
        return { capture, refund: { ...operationOf("refund", refundId, paymentId), at } };
    }

    public readonly differences = (): Promise<Difference[]> =>
        query<Difference & Record<string, unknown>>(
            "SELECT idempotency_key, kind, settled_by FROM payments.reconciliation_difference ORDER BY 1, 2",
        );

    /** Kinds of the open differences. */
    public async open(): Promise<string[]> {
        return (await this.differences()).filter(({ settled_by }) => settled_by === null).map(({ kind }) => kind);
    }

    /** Every row that the task may write, with the transaction that wrote it. */
    public async written(): Promise<Record<string, unknown>[]> {
        const tables = ["acquirer_operation", "reconciliation_day", "reconciliation_difference"];
        const rows = await Promise.all(
            tables.map((table) => query(`SELECT xmin, * FROM payments.${table} AS one ORDER BY one::text`)),
        );
        return rows.flat();
    }

    public async comparedDays(): Promise<string[]> {
        const rows = await query<{ day: string }>(
            "SELECT day::text FROM payments.reconciliation_day WHERE compared_at IS NOT NULL ORDER BY day",
        );
        return rows.map(({ day }) => day);
    }
}

/** What the services send, and the acquirer reports, for a payment of 12.34 EUR. */
export const operationOf = (operation: Operation["operation"], subject: string, paymentId = newId()): Operation => ({
    operation,
    idempotencyKey: `${subject}-${operation}`,
    paymentId,
    amountMinor: 1234,
    currency: "EUR",
    at: `${days.yesterday}T12:00:00.000Z`,
});

export const insertPayment = (id: string, amountMinor: number) =>
    query(
        `INSERT INTO payments.payment (id, merchant_id, amount_minor, currency, reference, correlation_id)
        VALUES ($1, 'sides', $2, 'EUR', 'reference', 'correlation')`,
        [id, amountMinor],
    );

async function changeStatus(id: string, statuses: readonly string[], at: string): Promise<void> {
    for (const status of statuses) {
        await query("UPDATE payments.payment SET status = $2 WHERE id = $1", [id, status]);
    }
    await query("UPDATE payments.payment_history SET at = $2 WHERE payment_id = $1", [id, at]);
}
