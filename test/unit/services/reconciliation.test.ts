import { describe, expect, test } from "@jest/globals";
import { addDays, dayOf, spanToLookFor } from "../../../services/payment/reconciliation/days.ts";
import { readReport, reportLimits } from "../../../services/payment/reconciliation/report.ts";

describe("a day", () => {
    test("is one of UTC, across the ends of months and years", () => {
        expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
        expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
        expect(dayOf(Date.parse("2026-03-29T01:30:00+02:00"))).toBe("2026-03-28");
    });

    test.each<[compared: readonly string[], from: string, to: string]>([
        [[], "2026-01-02T01", "2026-01-02T23"],
        [["2026-01-01"], "2026-01-01T23", "2026-01-02T23"],
        [["2026-01-03"], "2026-01-02T01", "2026-01-03T01"],
        [["2026-01-01", "2026-01-03"], "2026-01-01T23", "2026-01-03T01"],
    ])("is looked for from hour to hour where the days %j are compared, too", (compared, from, to) => {
        const span = spanToLookFor("2026-01-02", (day) => compared.includes(day));
        expect(span).toEqual({ from: `${from}:00:00.000Z`, to: `${to}:00:00.000Z` });
    });
});

describe("a report", () => {
    const day = "2026-01-02";

    test("that never ends is refused after its longest", async () => {
        let pages = 0;
        const client = {
            send: () => Promise.resolve(JSON.stringify({ operations: [], next: `${(pages += 1)}` })),
        };
        const read = async () => {
            for await (const page of readReport(client, day)) {
                expect(page).toEqual([]);
            }
        };
        await expect(read()).rejects.toThrow(
            "the acquirer's report of 2026-01-02 is refused, page 10000: next: must be missing in page 10000 at the latest",
        );
        expect(pages).toBe(10_000);
    });

    test("has times that PostgreSQL keeps in their day", async () => {
        const operation = {
            operation: "capture",
            idempotencyKey: "k",
            paymentId: "p",
            amountMinor: 1,
            currency: "EUR",
        };
        const client = {
            send: () =>
                Promise.resolve(
                    JSON.stringify({ operations: [{ ...operation, at: `${day}T23:59:59.999999999+00:00` }] }),
                ),
        };
        for await (const page of readReport(client, day)) {
            expect(page).toEqual([{ ...operation, at: `${day}T23:59:59.999999+00:00` }]);
        }
        expect.assertions(1);
    });

    test("asks for each page by its cursor, and may have its longest values in the bytes of an answer", async () => {
        const operations = Array.from({ length: 1_000 }, (_, index) => ({
            operation: "capture",
            idempotencyKey: `${index}`.padEnd(128, "x"),
            paymentId: "y".repeat(128),
            amountMinor: Number.MAX_SAFE_INTEGER,
            currency: "EUR",
            at: `${day}T23:59:59.999999999+00:00`,
        }));
        const paths: string[] = [];
        const client = {
            send: ({ path }: { path: string }) => {
                paths.push(path);
                const text = JSON.stringify({ operations, ...(paths.length === 1 ? { next: "a b&c" } : {}) }, null, 4);
                expect(text.length).toBeLessThan(reportLimits.maxAnswerBytes);
                return Promise.resolve(text);
            },
        };
        const found: number[] = [];
        for await (const page of readReport(client, day)) {
            found.push(page.length);
        }
        expect(found).toEqual([1_000, 1_000]);
        expect(paths).toEqual([`reports/${day}`, `reports/${day}?cursor=a%20b%26c`]);
    });
});
