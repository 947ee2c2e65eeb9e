import type { Connection } from "../../common/database.ts";
import type { Day } from "./days.ts";

type Database = Pick<Connection, "query">;

/** Complete days within which one that was not compared is made up for. */
const daysBack = 7;

/**
 * The day before the first one that is compared: the newest row without a time. The migration writes one, and `beginWith` a later one.
 */
const beforeFirstSql = `SELECT coalesce(max(begin.day) FILTER (WHERE begin.compared_at IS NULL), min(begin.day))
    FROM payments.reconciliation_day AS begin`;

/**
 * Begins the comparison with a day, after days whose payments were made with a simulated acquirer. What only the database has of an
 * earlier day, and was found, is settled as by a person, who has asked for it.
 *
 * @returns the number of settled differences; undefined where the comparison began later already, and nothing was changed
 */
export async function beginWith(database: Database, first: Day): Promise<number | undefined> {
    const { rowCount: written } = await database.query(
        `INSERT INTO payments.reconciliation_day (day) SELECT $1::date - 1 WHERE $1::date - 1 >= (${beforeFirstSql})
        ON CONFLICT (day) DO UPDATE SET compared_at = NULL`,
        [first],
    );
    if (written === 0) {
        return undefined;
    }
    const { rowCount: settled } = await database.query(
        `UPDATE payments.reconciliation_difference SET settled_at = now(), settled_by = 'person'
        WHERE settled_at IS NULL AND kind = 'only-database' AND day < $1`,
        [first],
    );
    return settled ?? 0;
}

/**
 * Days to compare, the oldest first: yesterday, and of the last seven days those that were not compared and those with, or beside a day
 * with, an open difference. None before the comparison began.
 */
export async function daysDue(database: Database, yesterday: Day): Promise<Day[]> {
    const { rows } = await database.query<{ day: Day }>(
        `SELECT day::text FROM (SELECT $1::date - back AS day FROM generate_series(0, ${daysBack - 1}) AS back) AS last
        WHERE day > (${beforeFirstSql}) AND (
            day = $1::date
            OR NOT EXISTS (SELECT FROM payments.reconciliation_day AS known
                WHERE known.day = last.day AND compared_at IS NOT NULL)
            OR EXISTS (SELECT FROM payments.reconciliation_difference AS open
                WHERE settled_at IS NULL AND open.day BETWEEN last.day - 1 AND last.day + 1)
        ) ORDER BY day`,
        [yesterday],
    );
    return rows.map(({ day }) => day);
}

/** An open difference, as the log has it. */
export interface OpenDifference {
    readonly kind: string;
    readonly operation: string;
    readonly idempotencyKey: string;
    readonly paymentId: string;
    readonly day: Day;
    readonly acquirerAmountMinor: number | null;
    readonly acquirerCurrency: string | null;
    readonly databaseAmountMinor: number | null;
    readonly databaseCurrency: string | null;
}

/** Open differences, the oldest first. */
export async function openDifferences(database: Database, limit: number): Promise<OpenDifference[]> {
    const { rows } = await database.query<OpenDifference>(
        `SELECT kind, operation, idempotency_key AS "idempotencyKey", payment_id AS "paymentId", day::text,
            acquirer_amount_minor AS "acquirerAmountMinor", acquirer_currency AS "acquirerCurrency",
            database_amount_minor AS "databaseAmountMinor", database_currency AS "databaseCurrency"
        FROM payments.reconciliation_difference WHERE settled_at IS NULL ORDER BY reconciliation_difference.day, 3, 1 LIMIT $1`,
        [limit],
    );
    return rows;
}

interface ReconciliationState {
    readonly ReconciliationAge: number;
    readonly ReconciliationDifferences: number;
}

/** What the service measures: one entry of an index for the age, and the index of open differences, which is empty as a rule. */
export async function reconciliationState(database: Database): Promise<ReconciliationState> {
    const { rows } = await database.query<{ age: string; open: number }>(reconciliationStateSql);
    const [row] = rows;
    return { ReconciliationAge: Number(row?.age), ReconciliationDifferences: Number(row?.open) };
}

export const reconciliationStateSql = `SELECT
    greatest(0, extract(epoch FROM now() -
        (SELECT max(day) + 1 FROM payments.reconciliation_day)::timestamp AT TIME ZONE 'UTC')) AS age,
    (SELECT count(*) FROM payments.reconciliation_difference WHERE settled_at IS NULL) AS open`;
