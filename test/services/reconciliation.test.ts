import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { differsExitCode } from "../../contract/container.ts";
import { newId } from "../../services/common/ids.ts";
import { processMessage } from "../../services/payment/process.ts";
import { query } from "./support/merchant.ts";
import { paymentArgs } from "./support/payment-args.ts";
import { poolOf } from "./support/pool.ts";
import { days, insertPayment, operationOf, TwoSides } from "./support/two-sides.ts";
import { underTest } from "./support/under-test.ts";

const noon = `${days.yesterday}T12:00:00.000Z`;

let sides: TwoSides;

beforeEach(async () => {
    sides = await TwoSides.start();
});
afterEach(() => sides.stop());

/** Pays as the payment service does, and calls the acquirer of this test. */
async function payAtAcquirer(amounts: readonly number[]): Promise<void> {
    const database = poolOf(underTest().machine);
    const args = paymentArgs(sides, database);
    for (const amountMinor of amounts) {
        const [paymentId, correlationId] = [newId(), newId()];
        await insertPayment(paymentId, amountMinor);
        await processMessage(args, { id: newId(), type: "payment.accepted", paymentId, correlationId });
        // The refund of some amounts fails, and is then tried again in vain; another one succeeds.
        for (const refundId of [newId(), newId()]) {
            const { rowCount } = await database.query("SELECT 1 FROM payments.payment WHERE id = $1 AND status = $2", [
                paymentId,
                "captured",
            ]);
            if (rowCount === 1) {
                await query(
                    `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id) VALUES ($1, $2, 'm', 'c')`,
                    [refundId, paymentId],
                );
                await processMessage(args, {
                    ...{ id: newId(), type: "refund.requested", paymentId, refundId, correlationId },
                });
            }
        }
    }
    await database.end();
    // What happened now, a little later or earlier on the other side.
    await query("UPDATE payments.payment_history SET at = $1", [noon]);
    const { entries } = await sides.acquirer.report();
    await sides.acquirer.put(...entries.map((entry) => ({ ...entry, at: `${days.yesterday}T12:40:00.000Z` })));
}

describe("a comparison with the acquirer's report", () => {
    test("finds nothing where both sides have the same, and a second one changes no row", async () => {
        await payAtAcquirer([1234, 1205, 1257, 1258]);
        const first = await sides.run();
        expect(first.lines.filter(({ level }) => level !== "info")).toEqual([]);
        expect(first.code).toBe(0);
        expect(await sides.differences()).toEqual([]);
        const kept = await query("SELECT operation FROM payments.acquirer_operation ORDER BY 1");
        expect(kept.map(({ operation }) => operation as string)).toEqual(["capture", "capture", "refund"]);
        expect(await sides.comparedDays()).toEqual([days.first, days.yesterday]);
        const written = await sides.written();
        expect((await sides.run()).code).toBe(0);
        expect(await sides.written()).toEqual(written);
    });

    const planted: [what: string, kinds: readonly string[], plant: () => Promise<void>][] = [
        ["a capture of no payment", ["only-acquirer"], () => sides.book(operationOf("capture", newId()))],
        [
            "a capture of a payment that is only authorized",
            ["only-acquirer"],
            async () => {
                const id = newId();
                await insertPayment(id, 1234);
                await query("UPDATE payments.payment SET status = 'authorized' WHERE id = $1", [id]);
                await sides.book(operationOf("capture", id, id));
            },
        ],
        [
            "a refund of a payment that has none",
            ["only-acquirer"],
            async () => {
                const capture = await sides.capture(noon);
                await sides.book(capture, operationOf("refund", newId(), capture.paymentId));
            },
        ],
        [
            "a refund that failed here",
            ["only-acquirer", "only-database"],
            async () => {
                const { capture, refund } = await sides.refund(noon);
                await query("UPDATE payments.refund SET status = 'failed' WHERE payment_id = $1", [capture.paymentId]);
                const again = operationOf("refund", newId(), capture.paymentId);
                await query(
                    `INSERT INTO payments.refund (id, payment_id, merchant_id, correlation_id, status)
                    VALUES ($1, $2, 'm', 'c', 'completed')`,
                    [again.idempotencyKey.replace("-refund", ""), capture.paymentId],
                );
                await sides.book(capture, refund);
            },
        ],
        [
            "a second capture of a payment, with another key",
            ["only-acquirer"],
            async () => {
                const capture = await sides.capture(noon);
                await sides.book(capture, operationOf("capture", newId(), capture.paymentId));
            },
        ],
        [
            "no capture of a captured payment",
            ["only-database"],
            async () => {
                await sides.capture(noon);
            },
        ],
        [
            "no refund of a refunded payment",
            ["only-database"],
            async () => {
                await sides.book((await sides.refund(noon)).capture);
            },
        ],
        [
            "a capture of another amount",
            ["other-amount"],
            async () => {
                await sides.book({ ...(await sides.capture(noon)), amountMinor: 1235 });
            },
        ],
        [
            "a refund in another currency",
            ["other-amount"],
            async () => {
                const { capture, refund } = await sides.refund(noon);
                await sides.book(capture, { ...refund, currency: "USD" });
            },
        ],
        [
            "a capture for another payment",
            ["only-acquirer", "only-database"],
            async () => {
                await sides.book({ ...(await sides.capture(noon)), paymentId: newId() });
            },
        ],
        [
            "a refund in place of a capture",
            ["only-acquirer", "only-database"],
            async () => {
                await sides.book({ ...(await sides.capture(noon)), operation: "refund" });
            },
        ],
    ];
    test.each(planted)("finds %s once: %j", async (_, kinds, plant) => {
        const same = await sides.refund(noon);
        await sides.book(same.capture, same.refund);
        await plant();
        const first = await sides.run();
        expect(first.code).toBe(differsExitCode);
        expect((await sides.open()).sort()).toEqual(kinds);
        const logged = first.lines.filter(({ level }) => level === "error");
        expect(logged.map(({ kind }) => kind).sort()).toEqual(kinds);
        expect(logged[0]).toMatchObject({
            message: "the acquirer and the database differ",
            day: days.yesterday,
            idempotencyKey: expect.stringMatching(/^[a-p]{32}-(capture|refund)$/),
        });
        const written = await sides.written();
        expect((await sides.run()).code).toBe(differsExitCode);
        expect(await sides.written()).toEqual(written);
    });

    test("by two tasks at once finds each difference once", async () => {
        for (let count = 0; count < 5; count += 1) {
            await sides.capture(noon);
            await sides.book(operationOf("capture", newId()), { ...(await sides.capture(noon)), amountMinor: 1 });
        }
        const runs = await Promise.all([sides.run(), sides.run(), sides.run()]);
        expect(runs.map(({ code }) => code)).toEqual([differsExitCode, differsExitCode, differsExitCode]);
        expect((await sides.open()).sort()).toEqual(
            ["only-acquirer", "only-database", "other-amount"].flatMap((kind) => Array<string>(5).fill(kind)),
        );
    });
});

describe("a difference", () => {
    const key = (id: string) => `${id}-capture`;

    test("that is none any more is settled by the next comparison, also after weeks, and is open again when it is back", async () => {
        const capture = await sides.capture(noon);
        await sides.run();
        expect(await sides.open()).toEqual(["only-database"]);
        await query(
            `INSERT INTO payments.reconciliation_day SELECT day, now() FROM generate_series(DATE '2031-05-09', '2031-06-19', '1 day') AS day`,
        );
        // The acquirer adds it to a report of weeks later.
        const later = { ...capture, at: "2031-06-20T12:00:00.000Z" };
        await sides.book(later);
        expect((await sides.run({ today: "2031-06-21" })).code).toBe(0);
        expect(await sides.differences()).toEqual([
            { idempotency_key: capture.idempotencyKey, kind: "only-database", settled_by: "comparison" },
        ]);
        await query("DELETE FROM payments.acquirer_operation");
        await sides.acquirer.drop(capture.idempotencyKey);
        await sides.run({ today: "2031-06-21", RECONCILED_DAY: days.yesterday });
        expect(await sides.open()).toEqual(["only-database"]);
    });

    test("that only the acquirer knew, and that this platform then has with another amount, is one of amounts", async () => {
        const id = newId();
        await sides.book(operationOf("capture", id, id));
        await sides.run();
        expect(await sides.open()).toEqual(["only-acquirer"]);
        await sides.capture(noon, { id, amountMinor: 1235 });
        expect((await sides.run({ today: "2031-05-10" })).code).toBe(differsExitCode);
        expect(await sides.differences()).toEqual([
            { idempotency_key: key(id), kind: "only-acquirer", settled_by: "comparison" },
            { idempotency_key: key(id), kind: "other-amount", settled_by: null },
        ]);
    });

    test("that a person accepts stays settled, until it is another one", async () => {
        const capture = await sides.capture(noon);
        await sides.book({ ...capture, amountMinor: 1235 });
        await sides.run();
        const written = await query("SELECT xmin, * FROM payments.reconciliation_day ORDER BY day");
        const accepted = await sides.run({ ACCEPTED_DIFFERENCE: `${capture.idempotencyKey}/other-amount` });
        const settled = { kind: "other-amount", acquirerAmountMinor: 1235, databaseAmountMinor: 1234 };
        expect(accepted).toMatchObject({
            code: 0,
            lines: [{ level: "info", message: "settled by a person", ...settled }],
        });
        expect(await query("SELECT xmin, * FROM payments.reconciliation_day ORDER BY day")).toEqual(written);
        expect((await sides.run()).code).toBe(0);
        expect(await sides.differences()).toEqual([
            { idempotency_key: capture.idempotencyKey, kind: "other-amount", settled_by: "person" },
        ]);
        await sides.book({ ...capture, amountMinor: 999_999 });
        expect((await sides.run()).code).toBe(differsExitCode);
        expect(await sides.open()).toEqual(["other-amount"]);
    });

    test("that is not open cannot be accepted", async () => {
        const unknown = await sides.run({ ACCEPTED_DIFFERENCE: `${key(newId())}/twice` });
        expect(unknown).toMatchObject({ code: 1, lines: [{ level: "error" }] });
        expect(unknown.lines[0]?.message).toMatch(/^ACCEPTED_DIFFERENCE names no open difference/);
        await expect(sides.run({ ACCEPTED_DIFFERENCE: "a b/twice" })).rejects.toThrow(/ACCEPTED_DIFFERENCE: must have/);
        const both = { ACCEPTED_DIFFERENCE: "a/twice", RECONCILED_DAY: days.yesterday };
        await expect(sides.run(both)).rejects.toThrow(/set one of them/);
    });

    test("is accepted by its kind, and the others of its key stay open", async () => {
        const capture = await sides.capture(noon);
        const other = { ...capture, amountMinor: 1235 };
        expect(await sides.runWithPages(days.yesterday, [other, other])).toBe(differsExitCode);
        const open = ["other-amount", "twice"];
        expect(await sides.open()).toEqual(open);
        const written = await sides.written();
        const { idempotencyKey } = capture;
        const absent = await sides.run({ ACCEPTED_DIFFERENCE: `${idempotencyKey}/only-database` });
        expect(absent).toMatchObject({
            code: 1,
            lines: [{ level: "error", idempotencyKey, kind: "only-database", open }],
        });
        expect(await sides.written()).toEqual(written);
        const accepted = await sides.run({ ACCEPTED_DIFFERENCE: `${idempotencyKey}/twice` });
        const again = JSON.stringify({ [days.yesterday]: ["1235 EUR"] }).replace(":", ": ");
        expect(accepted).toMatchObject({ code: 0, lines: [{ level: "info", kind: "twice", again }] });
        expect(await sides.open()).toEqual(["other-amount"]);
        for (const behind of ["/thrice", "/twice/", "/", ""]) {
            const unknown = sides.run({ ACCEPTED_DIFFERENCE: `${idempotencyKey}${behind}` });
            await expect(unknown).rejects.toThrow(/ACCEPTED_DIFFERENCE: must have one of only-acquirer, .* behind/);
        }
    });

    test("is one of a hundred lines in the log, and the table has all", async () => {
        await sides.book(...Array.from({ length: 103 }, () => operationOf("capture", newId())));
        const { lines } = await sides.run();
        expect(lines.filter(({ kind }) => kind === "only-acquirer")).toHaveLength(100);
        expect(lines.filter(({ more }) => more === 3)).toHaveLength(1);
        expect(await sides.open()).toHaveLength(103);
    });
});
