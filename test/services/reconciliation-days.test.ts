import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { differsExitCode } from "../../contract/container.ts";
import { newId } from "../../services/common/ids.ts";
import { differencesOfAcquirer, nextPartSql, onlyInDatabase } from "../../services/payment/reconciliation/compare.ts";
import { addDays, dayOf } from "../../services/payment/reconciliation/days.ts";
import { reconciliationState, reconciliationStateSql } from "../../services/payment/reconciliation/state.ts";
import { databaseClient } from "../../tools/local/machine/database-client.ts";
import { readSecrets } from "../../tools/local/replacements.ts";
import { query } from "./support/merchant.ts";
import type { Run } from "./support/reconciliation.ts";
import { poolOf } from "./support/pool.ts";
import { days, hoursSince, operationOf, TwoSides } from "./support/two-sides.ts";
import { underTest } from "./support/under-test.ts";

const { yesterday, today } = days;

let sides: TwoSides;

beforeEach(async () => {
    sides = await TwoSides.start();
});
afterEach(() => sides.stop());

describe("the days of a comparison", () => {
    test("are in UTC, and either side may have an operation up to an hour earlier or later", async () => {
        for (const [here, there] of [
            ["2031-05-07T23:59:59.900Z", "2031-05-08T00:00:00.100Z"],
            ["2031-05-08T00:00:01Z", "2031-05-07T23:59:59.000Z"],
            ["2031-05-08T00:30:00Z", "2031-05-07T23:31:00.000Z"],
            ["2031-05-08T23:59:59.900Z", "2031-05-09T00:00:00.100Z"],
            ["2031-05-09T00:00:01Z", "2031-05-08T23:59:59.000Z"],
        ] as const) {
            await sides.book({ ...(await sides.capture(here)), at: there });
        }
        expect((await sides.run()).code).toBe(0);
        expect((await sides.run({ today: "2031-05-10" })).code).toBe(0);
        expect(await sides.differences()).toEqual([]);
    });

    test("wait with the last hour of the last one for the report of the next", async () => {
        for (const at of ["2031-05-08T22:59:59.999Z", "2031-05-08T23:00:00Z", "2031-05-09T00:59:59Z"]) {
            await sides.capture(at);
        }
        expect((await sides.run()).code).toBe(differsExitCode);
        expect(await sides.open()).toEqual(["only-database"]);
        await sides.run({ today: "2031-05-10" });
        expect(await sides.open()).toEqual(["only-database", "only-database", "only-database"]);
    });

    test("begin with the first one, without the hour that may be in the report before it", async () => {
        const captured = [days.before, days.first].map((day) => sides.capture(`${day}T23:30:00Z`));
        captured.push(sides.capture(`${days.first}T00:59:00Z`), sides.capture(`${days.first}T01:00:00Z`));
        const [, ...found] = await Promise.all(captured);
        await sides.run();
        const keys = (await sides.differences()).map(({ idempotency_key }) => idempotency_key);
        expect(keys).toEqual([found[0], found[2]].map((one) => one?.idempotencyKey).sort());
    });

    test("that no task compared are made up for, however old they are", async () => {
        await sides.capture(`${days.first}T12:00:00Z`);
        expect((await sides.run({ today: "2031-05-20" })).code).toBe(differsExitCode);
        const all = Array.from({ length: 13 }, (_, index) => `2031-05-${`${index + 7}`.padStart(2, "0")}`);
        expect(await sides.comparedDays()).toEqual(all);
    });

    test("begin again after days of a simulated acquirer, of which nothing is found any more", async () => {
        const simulated = await Promise.all(
            [`${days.first}T12:00:00Z`, `${yesterday}T23:59:59Z`, `${today}T13:00:00Z`].map((at) => sides.capture(at)),
        );
        await sides.book(operationOf("capture", newId()));
        expect((await sides.run()).code).toBe(differsExitCode);
        const begun = { today, COMPARED_FROM: "2031-05-10" };
        expect(await sides.run(begun)).toMatchObject({ code: 0, lines: [{ day: "2031-05-10", settled: 1 }] });
        expect(await sides.run(begun)).toMatchObject({ code: 0, lines: [{ settled: 0 }] });
        // Money that only the acquirer has moved is no trace of a simulation.
        expect(await sides.open()).toEqual(["only-acquirer"]);

        const real = await sides.capture("2031-05-10T12:00:00Z");
        await sides.run({ today: "2031-05-12" });
        expect(await sides.comparedDays()).toEqual([days.first, yesterday, "2031-05-10", "2031-05-11"]);
        const found = (await sides.differences()).map(({ idempotency_key }) => idempotency_key);
        expect(found).toContain(real.idempotencyKey);
        expect(found).not.toContain(simulated[2]?.idempotencyKey);
        expect(await sides.open()).toEqual(expect.arrayContaining(["only-acquirer", "only-database"]));
    });

    test("skip one that has no report, with an hour on either side, as the log says", async () => {
        expect((await sides.run()).code).toBe(0);
        const { code, lines } = await sides.run({ today: "2031-05-10", COMPARED_FROM: "2031-05-10" });
        const unseen = { from: "2031-05-08T23:00:00Z", to: "2031-05-10T01:00:00Z" };
        expect([code, lines]).toMatchObject([0, [{ unseen }]]);
        const times = ["2031-05-08T22:59:59Z", unseen.from, "2031-05-09T12:00:00Z", "2031-05-10T00:59:59Z", unseen.to];
        const [before, , , , after] = await Promise.all(times.map((at) => sides.capture(at)));
        for (const RECONCILED_DAY of [yesterday, "2031-05-10"]) {
            await sides.run({ today: "2031-05-11", RECONCILED_DAY });
        }
        const found = (await sides.differences()).map(({ idempotency_key }) => idempotency_key);
        expect(found).toEqual([before, after].map((one) => one?.idempotencyKey).sort());
    });

    test("begin tomorrow at the latest, and not before a later day with which they began", async () => {
        const late = await sides.run({ COMPARED_FROM: "2031-05-11" });
        expect(late).toMatchObject({ code: 1, lines: [{ message: expect.stringContaining("at most 2031-05-10") }] });
        const early = await sides.run({ COMPARED_FROM: days.before });
        expect(early).toMatchObject({ code: 1, lines: [{ message: expect.stringContaining("begins later") }] });
        expect(await sides.comparedDays()).toEqual([]);
        const both = { COMPARED_FROM: today, RECONCILED_DAY: yesterday };
        await expect(sides.run(both)).rejects.toThrow(/set one of them at most/);
    });

    test("with an open difference, and those beside one, are compared again", async () => {
        const capture = await sides.capture(`${days.first}T12:00:00Z`);
        await sides.run();
        expect(await sides.open()).toEqual(["only-database"]);
        await sides.book({ ...capture, at: `${yesterday}T06:00:00.000Z` });
        expect((await sides.run({ today: "2031-05-11" })).code).toBe(0);
    });

    test("may have more captures than one statement looks at, also in one microsecond", async () => {
        await query(
            `INSERT INTO payments.payment (id, merchant_id, amount_minor, currency, reference, correlation_id)
            SELECT 'many-' || n, 'many', 1234, 'EUR', 'many', 'many' FROM generate_series(1, 3500) AS n`,
        );
        await query(
            `INSERT INTO payments.payment_history (payment_id, version, from_status, to_status, correlation_id, at)
            SELECT 'many-' || n, 2, 'authorized', 'captured', 'many',
                '${yesterday}T12:00:00Z'::timestamptz + greatest(0, n - 1200) * interval '1 second'
            FROM generate_series(1, 3500) AS n`,
        );
        await sides.run();
        expect(await sides.open()).toHaveLength(3500);
    });

    test("must be over", async () => {
        for (const RECONCILED_DAY of [today, "2031-05-10"]) {
            const { code, lines } = await sides.run({ RECONCILED_DAY });
            expect([code, lines.map(({ message }) => message)]).toEqual([
                1,
                [`RECONCILED_DAY must be a day that is over, ${yesterday} or earlier`],
            ]);
        }
        await expect(sides.run({ RECONCILED_DAY: "2031-02-30" })).rejects.toThrow(
            "environment variables: RECONCILED_DAY: must be a day such as 2026-01-31",
        );
    });
});

describe("the acquirer's report", () => {
    test("is read page by page, and a corrected operation takes the place of the former one", async () => {
        const captured = await Promise.all([1, 2, 3, 4, 5].map(() => sides.capture(`${yesterday}T12:00:00.000Z`)));
        const [last = operationOf("capture", newId())] = captured.slice(-1);
        await sides.book(...captured.slice(0, -1), { ...last, paymentId: newId() });
        await sides.acquirer.setFaults({ pageSize: 2 });
        expect((await sides.run()).code).toBe(differsExitCode);
        await sides.book(last);
        expect((await sides.run()).code).toBe(0);
        expect(await query("SELECT 1 FROM payments.acquirer_operation")).toHaveLength(5);
    });

    test("that is not ready keeps its day for the next task, and no other one", async () => {
        await sides.capture(`${days.first}T12:00:00Z`);
        await sides.acquirer.setFaults({ missingReports: [yesterday] });
        const { code, lines } = await sides.run();
        expect(code).toBe(1);
        expect(lines.filter(({ level }) => level === "warn")).toMatchObject([{ day: yesterday }]);
        expect(await sides.comparedDays()).toEqual([days.first]);
        expect(await sides.open()).toEqual(["only-database"]);
        await sides.acquirer.setFaults({});
        expect((await sides.run({ today: "2031-05-10" })).code).toBe(differsExitCode);
        expect(await sides.comparedDays()).toEqual([days.first, yesterday, today]);
    });

    const operation = operationOf("capture", "secret", "payment");
    const page = (changed: object) => JSON.stringify({ operations: [{ ...operation, ...changed }] });
    const refused: [problem: string, reportText: string][] = [
        ["the page: Invalid input", "no JSON"],
        ["operations: Invalid input", '{"operations": {}}'],
        ["operations.0.operation: must be capture or refund", page({ operation: "authorize" })],
        ["operations.0.idempotencyKey: must have 1 to 128 letters", page({ idempotencyKey: "secret key" })],
        ["operations.0.idempotencyKey: must not look like", page({ idempotencyKey: "4111-1111-1111-1111" })],
        ["operations.0.paymentId: must be a text", page({ paymentId: undefined })],
        ["operations.0.amountMinor: must be above 0", page({ amountMinor: 0 })],
        ["operations.0.amountMinor: must be a whole number", page({ amountMinor: 1.5 })],
        ["operations.0.currency: must have three letters", page({ currency: "eur" })],
        ["operations.0.at: must be a time as in ISO 8601", page({ at: "2031-05-08 12:00" })],
        ["operations.0.at: must lie in the UTC day 2031-05-08", page({ at: "2031-05-09T00:00:00Z" })],
        ["operations.0.at: must lie in the UTC day 2031-05-08", page({ at: "2031-05-08T23:30:00-01:00" })],
        ["operations.0.at: must lie in the UTC day 2031-05-08", page({ at: "2031-05-08T00:30:00+01:00" })],
        ["operations: must have 1000 operations at most", JSON.stringify({ operations: Array(1001).fill(operation) })],
        ["next: must not be a cursor of a page before", '{"operations": [], "next": "same"}'],
        [
            "0.amountMinor: must be above 0; operations.0.currency: must have three letters, as in ISO 4217; operations.0.at",
            page({ amountMinor: -1, currency: "", at: "" }),
        ],
    ];
    test.each(refused)("is refused with what is wrong: %s", async (problem, reportText) => {
        await sides.acquirer.setFaults({ reportText });
        const { code, lines } = await sides.run({ RECONCILED_DAY: yesterday });
        expect(code).toBe(1);
        const [line] = lines.filter(({ level }) => level === "error");
        expect(line).toMatchObject({ day: yesterday, message: expect.stringContaining(problem) });
        expect(line?.message).toMatch(/^the acquirer's report of 2031-05-08 is refused, page [12]: /);
        expect(JSON.stringify(lines)).not.toMatch(/secret|4111/);
        expect(await sides.comparedDays()).toEqual([]);
    });

    test("larger than a page may be, and an acquirer that fails, end the task with a code", async () => {
        await sides.acquirer.setFaults({ reportText: JSON.stringify({ operations: [], more: "x".repeat(2 ** 20) }) });
        const run = await sides.run();
        const failed = ({ code, lines }: Run) => [
            code,
            lines.flatMap((line) => (line.error === "NoAnswer" ? [line.code] : [])),
        ];
        expect(failed(run)).toEqual([1, Array(2).fill("UND_ERR_RES_EXCEEDED_MAX_SIZE")]);
        await sides.acquirer.setFaults({ failPercent: 100 });
        expect(failed(await sides.run())).toEqual([1, Array(2).fill("HTTP_503")]);
        await sides.acquirer.setFaults({ failPercent: 50 });
        expect((await sides.run()).code).toBe(0);
    });

    test("is read with the credential of this moment, which is in no log", async () => {
        const { secretsFile, acquirerSecretArn } = underTest().machine;
        await sides.acquirer.setFaults({ refuseCredentialOnce: true });
        const secret = newId();
        const secrets = readSecrets(underTest().machine);
        writeFileSync(secretsFile, JSON.stringify({ ...secrets, [acquirerSecretArn]: secret }));
        const { code, lines } = await sides.run();
        expect(code).toBe(0);
        expect((await sides.acquirer.report()).refused).toBe(1);
        expect(JSON.stringify(lines)).not.toContain(secret);
    });
});

describe("the service measures", () => {
    test("the age of the last compared day, and open differences", async () => {
        const pool = poolOf(underTest().machine);
        const ageAfter = async (day: string) => {
            await query("UPDATE payments.reconciliation_day SET day = $1", [day]);
            return (await reconciliationState(pool)).ReconciliationAge / 3600;
        };
        const now = dayOf(Date.now());
        expect(await ageAfter(addDays(now, -1))).toBeCloseTo(hoursSince(now), 0);
        expect(await ageAfter(addDays(now, -3))).toBeCloseTo(hoursSince(now) + 48, 0);
        expect((await reconciliationState(pool)).ReconciliationDifferences).toBe(0);
        await query(
            `INSERT INTO payments.reconciliation_difference (idempotency_key, kind, operation, payment_id, day, settled_at, settled_by)
            VALUES ('a', 'only-acquirer', 'capture', 'p', now(), NULL, NULL), ('b', 'only-acquirer', 'capture', 'p', now(), NULL, NULL),
                ('c', 'only-acquirer', 'capture', 'p', now(), now(), 'person')`,
        );
        expect((await reconciliationState(pool)).ReconciliationDifferences).toBe(2);
        await pool.end();
    });

    test("and the task compares, by indexes alone", async () => {
        const client = databaseClient(underTest().machine);
        await client.connect();
        // PostgreSQL prefers to read a small table whole.
        await client.query("SET enable_seqscan = off");
        const plans: string[] = [];
        for (const sql of [
            reconciliationStateSql,
            onlyInDatabase,
            differencesOfAcquirer.replace("$1", "'{key}'"),
            nextPartSql,
        ]) {
            const explained = sql.replaceAll("$1", "'2031-05-08'").replaceAll("$2", "'2031-05-09'");
            const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${explained}`);
            plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
        }
        await client.end();
        const [state, database, acquirer, nextPart] = plans;
        expect(plans.join("\n")).not.toContain("Seq Scan");
        expect(state).toContain("reconciliation_difference_open");
        expect(database?.match(/payment_history_money/g)).toHaveLength(2);
        expect(acquirer).toContain("acquirer_operation_pkey");
        expect(nextPart).toContain("payment_history_money");
    });
});
