import type { Connection } from "../../common/database.ts";
import type { DifferenceKind } from "../../../contract/container.ts";
import type { Day } from "./days.ts";

type Database = Pick<Connection, "query">;

/** Complete days that each task compares: within them the acquirer may add operations, and correct them. */
const daysBack = 7;

/**
 * The day before the first one that is compared: the newest row without a time. The migration writes one, and `beginWith` a later one.
 */
export const beforeFirstSql = `SELECT max(begin.day) FROM payments.reconciliation_day AS begin WHERE begin.compared_at IS NULL`;

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

/** Days to compare, the oldest first: the last seven, and each earlier one that was missed. None before the comparison began. */
export async function daysDue(database: Database, yesterday: Day): Promise<Day[]> {
    const { rows } = await database.query<{ day: Day }>(
        `SELECT day::text FROM (SELECT $1::date - back AS day
            FROM generate_series(0, $1::date - (${beforeFirstSql}) - 1) AS back) AS each
        WHERE day > $1::date - ${daysBack} OR NOT EXISTS (SELECT FROM payments.reconciliation_day AS known
            WHERE known.day = each.day AND compared_at IS NOT NULL)
        ORDER BY each.day`,
        [yesterday],
    );
    return rows.map(({ day }) => day);
}

/** An open difference, as the log has it. */
export interface OpenDifference {
    readonly kind: DifferenceKind;
    readonly operation: string;
    readonly idempotencyKey: string;
    readonly paymentId: string;
    readonly day: Day;
    readonly acquirerAmountMinor: number | null;
    readonly acquirerCurrency: string | null;
    readonly databaseAmountMinor: number | null;
    readonly databaseCurrency: string | null;
    /** Of one that was moved twice: the amounts of the operations after the first, by day, as JSON. */
    readonly again: string | null;
}

/** What the log has of a difference. */
export const differenceColumns = `kind, operation, idempotency_key AS "idempotencyKey", payment_id AS "paymentId", day::text,
    acquirer_amount_minor AS "acquirerAmountMinor", acquirer_currency AS "acquirerCurrency",
    database_amount_minor AS "databaseAmountMinor", database_currency AS "databaseCurrency",
    again::text`;

/** Kinds of the open differences of a key. */
export async function openKinds(database: Database, idempotencyKey: string): Promise<DifferenceKind[]> {
    const { rows } = await database.query<Pick<OpenDifference, "kind">>(
        `SELECT kind FROM payments.reconciliation_difference WHERE idempotency_key = $1 AND settled_at IS NULL ORDER BY 1`,
        [idempotencyKey],
    );
    return rows.map(({ kind }) => kind);
}

/** Open differences, the oldest first. */
export async function openDifferences(database: Database, limit: number): Promise<OpenDifference[]> {
    const { rows } = await database.query<OpenDifference>(
        `SELECT ${differenceColumns}
        FROM payments.reconciliation_difference WHERE settled_at IS NULL ORDER BY reconciliation_difference.day, 3, 1 LIMIT $1`,
        [limit],
    );
    return rows;
}

interface ReconciliationState {
    readonly ReconciliationAge: number;
    readonly ReconciliationDifferences: number;
}

/**
 * What the service measures: the age of the last day before the first missed one, for which it reads one entry of an index a day, and the
 * number of open differences, from their index, which is empty as a rule.
 */
export async function reconciliationState(database: Database): Promise<ReconciliationState> {
    const { rows } = await database.query<{ age: string; open: number }>(reconciliationStateSql);
    const [row] = rows;
    return { ReconciliationAge: Number(row?.age), ReconciliationDifferences: Number(row?.open) };
}

export const reconciliationStateSql = `SELECT
    greatest(0, extract(epoch FROM now() - (SELECT last.day + 1 FROM payments.reconciliation_day AS last
        WHERE last.day >= (${beforeFirstSql}) AND NOT EXISTS (SELECT FROM payments.reconciliation_day AS next
            WHERE next.day = last.day + 1 AND next.compared_at IS NOT NULL)
        ORDER BY last.day LIMIT 1)::timestamp AT TIME ZONE 'UTC')) AS age,
    (SELECT count(*) FROM payments.reconciliation_difference WHERE settled_at IS NULL) AS open`;
