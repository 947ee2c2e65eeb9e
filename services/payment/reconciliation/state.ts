import type { Connection } from "../../common/database.ts";
import type { Day } from "./days.ts";

type Database = Pick<Connection, "query">;

/** Complete days that each task compares: within them the acquirer may add operations, and correct them. */
const daysBack = 7;

/**
 * Days to compare, the oldest first: the last seven, and each earlier one that was missed since the first one that was compared. None
 * before the comparison began.
 */
export async function daysDue(database: Database, yesterday: Day): Promise<Day[]> {
    const { rows } = await database.query<{ day: Day }>(
        `SELECT day::text FROM (SELECT min(day) AS began, min(day) FILTER (WHERE compared_at IS NOT NULL) AS compared
            FROM payments.reconciliation_day) AS first,
            LATERAL (SELECT $1::date - back AS day
                FROM generate_series(0, greatest(${daysBack - 1}, $1::date - compared)) AS back) AS last
        WHERE day > began AND (day > $1::date - ${daysBack} OR NOT EXISTS (SELECT FROM payments.reconciliation_day AS known
            WHERE known.day = last.day AND compared_at IS NOT NULL))
        ORDER BY last.day`,
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

/**
 * What the service measures: the age of the last day before the first gap, for which it reads one entry of an index a day, and the
 * number of open differences, from their index, which is empty as a rule.
 */
export async function reconciliationState(database: Database): Promise<ReconciliationState> {
    const { rows } = await database.query<{ age: string; open: number }>(reconciliationStateSql);
    const [row] = rows;
    return { ReconciliationAge: Number(row?.age), ReconciliationDifferences: Number(row?.open) };
}

export const reconciliationStateSql = `SELECT
    greatest(0, extract(epoch FROM now() -
        (SELECT coalesce(
            (SELECT day FROM payments.reconciliation_day AS last WHERE compared_at IS NOT NULL
                AND NOT EXISTS (SELECT FROM payments.reconciliation_day AS next
                    WHERE next.day = last.day + 1 AND next.compared_at IS NOT NULL)
            ORDER BY day LIMIT 1),
            (SELECT max(day) FROM payments.reconciliation_day)) + 1)::timestamp AT TIME ZONE 'UTC')) AS age,
    (SELECT count(*) FROM payments.reconciliation_difference WHERE settled_at IS NULL) AS open`;
