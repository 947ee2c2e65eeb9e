import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { differsExitCode } from "../../contract/container.ts";
import { newId } from "../../services/common/ids.ts";
import { addDays, dayOf } from "../../services/payment/reconciliation/days.ts";
import type { ReportedOperation } from "../../services/payment/reconciliation/report.ts";
import { reconciliationState, reconciliationStateSql } from "../../services/payment/reconciliation/state.ts";
import { databaseClient } from "../../tools/local/machine/database-client.ts";
import { query } from "./support/merchant.ts";
import { poolOf } from "./support/pool.ts";
import { days, hoursSince, operationOf, TwoSides } from "./support/two-sides.ts";
import { underTest } from "./support/under-test.ts";

const { first, yesterday } = days;

let sides: TwoSides;

beforeEach(async () => {
    sides = await TwoSides.start();
});
afterEach(() => sides.stop());

/** Hours of the age that the service measures. */
async function ageInHours(): Promise<number> {
    const pool = poolOf(underTest().machine);
    const { ReconciliationAge } = await reconciliationState(pool);
    await pool.end();
    return ReconciliationAge / 3600;
}

describe("no money is missed", () => {
    test("that the acquirer adds or corrects after a day was compared without a difference", async () => {
        const capture = await sides.capture(`${yesterday}T12:00:00.000Z`);
        const other = await sides.capture(`${yesterday}T12:00:00.000Z`);
        await sides.book(capture, other);
        expect((await sides.run()).code).toBe(0);
        await sides.book({ ...other, amountMinor: 99 }, operationOf("capture", newId(), capture.paymentId));
        expect((await sides.run({ today: "2031-05-11" })).code).toBe(differsExitCode);
        expect((await sides.open()).sort()).toEqual(["only-acquirer", "other-amount"]);
    });

    test("of a day that was missed more than a week ago", async () => {
        await sides.run();
        await sides.capture("2031-05-09T12:00:00Z");
        await sides.acquirer.setFaults({ missingReports: ["2031-05-09"] });
        expect((await sides.run({ today: "2031-05-18" })).code).toBe(1);
        await sides.acquirer.setFaults({});
        expect((await sides.run({ today: "2031-05-18" })).code).toBe(differsExitCode);
        expect(await sides.open()).toEqual(["only-database"]);
    });

    test("since a day before the comparison began is compared when it is asked for, and moves the beginning for no other", async () => {
        await sides.book({ ...operationOf("capture", newId()), at: "2031-04-01T12:00:00.000Z" });
        expect((await sides.run({ RECONCILED_DAY: "2031-04-01" })).code).toBe(differsExitCode);
        expect(await sides.comparedDays()).toEqual([]);
        await sides.run();
        expect(await sides.comparedDays()).toEqual([first, yesterday]);
    });

    test("of the other days where the acquirer fails for one of them", async () => {
        await sides.capture(`${yesterday}T12:00:00Z`);
        await sides.acquirer.setFaults({ brokenReports: [first] });
        const { code, lines } = await sides.run();
        expect(code).toBe(1);
        expect(lines.filter(({ error }) => error === "NoAnswer")).toMatchObject([
            { level: "error", day: first, code: "HTTP_500" },
        ]);
        expect(await sides.comparedDays()).toEqual([yesterday]);
        expect(await sides.open()).toEqual(["only-database"]);
    });

    type Reports = [day: string, ...pages: ReportedOperation[][]][];
    const onNextDay = (one: ReportedOperation) => ({ ...one, at: one.at.replace(first, yesterday) });
    const later = (one: ReportedOperation) => ({ ...one, at: one.at.replace("12:00", "12:01") });
    const of = (one: ReportedOperation, amountMinor: number) => ({ ...one, amountMinor });
    const runs = async (reports: Reports) => {
        const codes: number[] = [];
        for (const report of reports) {
            codes.push(await sides.runWithPages(...report));
        }
        return codes.at(-1);
    };
    const accept = async (difference: string) => (await sides.run({ ACCEPTED_DIFFERENCE: difference })).code;

    test.each<[where: string, reports: (capture: ReportedOperation) => Reports, kinds?: string[]]>([
        ["in one page", (one) => [[first, [one, one, one]]]],
        ["in two pages", (one) => [[first, [one], [later(one)]]]],
        ["behind one of another amount, in two pages", (one) => [[first, [of(one, 999_999)], [one]]]],
        ["with other amounts, in two pages", (one) => [[first, [of(one, 1)], [of(one, 2)]]], ["other-amount", "twice"]],
        [
            "in one page and in another, also after the first one",
            (one) => [[first, [one, of(one, 2)], [of(one, 3)], [one]]],
            ["other-amount", "twice"],
        ],
        [
            "on two days",
            (one) => [
                [first, [one]],
                [yesterday, [of(onNextDay(one), 999_999)]],
            ],
        ],
        [
            "on two days, and on one of them twice",
            (one) => [
                [first, [one], [later(one)]],
                [yesterday, [of(onNextDay(one), 999_999)]],
            ],
        ],
    ])(
        "that was moved twice with one key, %s, and only a person settles it",
        async (_, reportsOf, kinds = ["twice"]) => {
            const capture = await sides.capture(`${first}T12:00:00.000Z`);
            const reports = reportsOf(capture);
            expect(await runs(reports)).toBe(differsExitCode);
            expect(await sides.open()).toEqual(kinds);
            expect(await sides.comparedDays()).toEqual(reports.map(([day]) => day));
            const found = await sides.written();
            expect(await runs(reports)).toBe(differsExitCode);
            expect(await sides.written()).toEqual(found);
            for (const kind of kinds) {
                expect(await accept(`${capture.idempotencyKey}/${kind}`)).toBe(0);
            }
            const accepted = await sides.written();
            expect(await runs(reports)).toBe(0);
            expect(await sides.written()).toEqual(accepted);
            // The acquirer may give its pages in another order.
            expect(await runs(reports.map(([day, ...pages]) => [day, ...pages.toReversed()]))).toBe(0);
            expect(await sides.written()).toEqual(accepted);
        },
    );

    test.each<[when: string, report: (capture: ReportedOperation) => Reports[number], again: object]>([
        ["of the same day", (one) => [first, [one, one], [later(one)]], { [first]: ["1234 EUR", "1234 EUR"] }],
        [
            "of another day",
            (one) => [yesterday, [onNextDay(one)]],
            { [first]: ["1234 EUR"], [yesterday]: ["1234 EUR"] },
        ],
    ])(
        "a third time, by the report %s, after a person has accepted that it was moved twice",
        async (_, third, again) => {
            const capture = await sides.capture(`${first}T12:00:00.000Z`);
            expect(await sides.runWithPages(first, [capture, capture])).toBe(differsExitCode);
            expect(await accept(`${capture.idempotencyKey}/twice`)).toBe(0);
            expect(await sides.runWithPages(...third(capture))).toBe(differsExitCode);
            expect(await sides.open()).toEqual(["twice"]);
            const { lines } = await sides.run({ RECONCILED_DAY: third(capture)[0] });
            const [line] = lines.filter(({ kind }) => kind === "twice");
            expect(JSON.parse(String(line?.again))).toEqual(again);
            expect(await accept(`${capture.idempotencyKey}/twice`)).toBe(0);
            expect(await sides.runWithPages(...third(capture))).toBe(0);
        },
    );

    test("is open again after a rollback, during which a release that does not know its kind has settled it", async () => {
        const capture = await sides.capture(`${first}T12:00:00.000Z`);
        expect(await sides.runWithPages(first, [capture, capture])).toBe(differsExitCode);
        await query("UPDATE payments.reconciliation_difference SET settled_at = now(), settled_by = 'comparison'");
        await sides.runWithPages(yesterday, []);
        expect(await sides.open()).toEqual(["twice"]);
        expect(await accept(`${capture.idempotencyKey}/twice`)).toBe(0);
        await sides.runWithPages(yesterday, []);
        expect(await sides.open()).toEqual([]);
    });

    test("with more keys than the task takes at a time, of corrected operations and of those that were moved twice", async () => {
        sides.limits = { unclearKeys: 2 };
        const captured = await Promise.all([1, 2, 3, 4, 5].map(() => sides.capture(`${first}T12:00:00.000Z`)));
        const wrong = captured.map((one) => of(one, 1));
        expect(await sides.runWithPages(first, wrong)).toBe(differsExitCode);
        expect(await sides.open()).toEqual(Array(5).fill("other-amount"));
        expect(await sides.runWithPages(first, captured.slice(0, 2), captured.slice(2))).toBe(0);
        expect(await sides.runWithPages(first, captured, captured.map(later))).toBe(differsExitCode);
        expect(await sides.open()).toEqual(Array(5).fill("twice"));
    });

    test("by a report that has one key in more operations than the task takes, which is refused", async () => {
        sides.limits = { unclearKeys: 2 };
        const capture = await sides.capture(`${first}T12:00:00.000Z`);
        expect(await sides.runWithPages(first, [capture, capture, later(capture), of(capture, 1)])).toBe(
            differsExitCode,
        );
        expect(
            await sides.runWithPages(first, [capture, capture, later(capture), of(capture, 1), of(capture, 2)]),
        ).toBe(1);
        expect(await sides.open()).toContain("twice");
    });

    test("in a gap between compared days, which the age shows until it is compared", async () => {
        const today = dayOf(Date.now());
        await query("UPDATE payments.reconciliation_day SET day = $1 WHERE compared_at IS NULL", [addDays(today, -7)]);
        const compare = (...ago: readonly number[]) =>
            query("INSERT INTO payments.reconciliation_day (day, compared_at) SELECT unnest($1::date[]), now()", [
                ago.map((days) => addDays(today, -days)),
            ]);
        await compare(6, 5, 3, 2, 1);
        expect(await ageInHours()).toBeCloseTo(hoursSince(today) + 4 * 24, 0);
        await compare(4);
        expect(await ageInHours()).toBeCloseTo(hoursSince(today), 0);
    });
});

describe("the database users", () => {
    test("have the rights that they need, and cannot record a difference as settled", async () => {
        const client = databaseClient(underTest().machine);
        await client.connect();
        const denied = (sql: string) =>
            client.query(sql).then(
                () => undefined,
                (error: unknown) => (error as { code?: string }).code,
            );
        await client.query("SET ROLE payment_payment");
        expect((await client.query(reconciliationStateSql)).rows).toHaveLength(1);
        expect(await denied("SELECT payment_id FROM payments.reconciliation_difference")).toBe("42501");
        await client.query("RESET ROLE");
        await client.query("SET ROLE payment_payment_reconciliation");
        expect(
            await denied(`INSERT INTO payments.reconciliation_difference (idempotency_key, kind, operation, payment_id, day, settled_at, settled_by)
                VALUES ('a', 'only-acquirer', 'capture', 'p', now(), now(), 'person')`),
        ).toBe("42501");
        for (const table of ["acquirer_operation", "reconciliation_day", "reconciliation_difference"]) {
            expect(await denied(`DELETE FROM payments.${table}`)).toBe("42501");
        }
        expect(await denied("UPDATE payments.payment SET status = 'captured'")).toBe("42501");
        await client.end();
    });
});
