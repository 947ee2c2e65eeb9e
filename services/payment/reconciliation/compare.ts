/**
 * What differs between the operations of the acquirer, as its reports say them, and the captures and refunds of this platform. Both
 * are in PostgreSQL. An operation is the same where kind, idempotency key and payment are. Each statement is about a page, or so
 * many keys, captures and refunds, so that none comes near the 10 s after which PostgreSQL ends it (docs/reconciliation.md has what was measured).
 */
import type { Connection } from "../../common/database.ts";
import { keySuffixes } from "../acquirer.ts";
import { addDays, spanToLookFor, type Day, type Span } from "./days.ts";
import type { ReportedOperation } from "./report.ts";
import { beforeFirstSql } from "./state.ts";

type Database = Pick<Connection, "query">;

const { capture, refund } = keySuffixes;

/** Open differences, or captures and refunds, that one statement looks at. */
const keysAtOnce = 1_000;

/**
 * Keeps a page of a report, and records what this platform does not have of it, or has with another amount, and what has the key of another
 * operation: of this page, or of another day.
 *
 * @returns operations that were known with other values
 */
export async function comparePage(
    database: Database,
    operations: readonly ReportedOperation[],
): Promise<ReportedOperation[]> {
    const byKey = new Map(operations.toReversed().map((one) => [one.idempotencyKey, one]));
    const firsts = [...byKey.values()];
    const changed = await keepOperations(database, firsts);
    await record(database, differencesOfAcquirer, [[...byKey.keys()]]);
    const onOtherDay = await keptOnOtherDay(database, firsts);
    await recordTwice(
        database,
        operations.filter((one) => byKey.get(one.idempotencyKey) !== one || onOtherDay.has(one.idempotencyKey)),
    );
    return firsts.filter(({ idempotencyKey }) => changed.has(idempotencyKey));
}

/** Operations whose keys are those of others, which stay kept: money was moved twice with one key. */
export async function recordTwice(database: Database, operations: readonly ReportedOperation[]): Promise<void> {
    if (operations.length > 0) {
        await record(database, movedTwice, valuesOf(operations));
    }
}

const dayIn = (table: string): string => `(${table}.at AT TIME ZONE 'UTC')::date`;

const reportedTable = `unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
    AS reported (idempotency_key, operation, payment_id, amount_minor, currency, at)`;

const valuesOf = (operations: readonly ReportedOperation[]): unknown[] => [
    operations.map(({ idempotencyKey }) => idempotencyKey),
    operations.map(({ operation }) => operation),
    operations.map(({ paymentId }) => paymentId),
    operations.map(({ amountMinor }) => amountMinor),
    operations.map(({ currency }) => currency),
    operations.map(({ at }) => at),
];

const movedTwice = `SELECT DISTINCT ON (idempotency_key) idempotency_key, 'twice' AS kind, operation, payment_id, ${dayIn("reported")} AS day,
        amount_minor AS acquirer_amount_minor, currency AS acquirer_currency,
        NULL::bigint AS database_amount_minor, NULL::text AS database_currency
    FROM ${reportedTable} ORDER BY idempotency_key, at DESC`;

/**
 * An operation that is known and the same is not written, and one of another day does not take the place of that which is known. PostgreSQL sets
 * `xmax` of a row that it updates, and of no new one.
 *
 * @returns keys of those that were known with other values
 */
async function keepOperations(database: Database, operations: readonly ReportedOperation[]): Promise<Set<string>> {
    const { rows } = await database.query<{ key: string; changed: boolean }>(
        `INSERT INTO payments.acquirer_operation AS kept (idempotency_key, operation, payment_id, amount_minor, currency, at)
        SELECT * FROM ${reportedTable}
        WHERE NOT EXISTS (SELECT FROM payments.acquirer_operation AS known
            WHERE (known.idempotency_key, known.operation, known.payment_id, known.amount_minor, known.currency, known.at)
                = (reported.idempotency_key, reported.operation, reported.payment_id, reported.amount_minor, reported.currency, reported.at))
        ORDER BY idempotency_key
        ON CONFLICT (idempotency_key) DO UPDATE SET operation = excluded.operation, payment_id = excluded.payment_id,
            amount_minor = excluded.amount_minor, currency = excluded.currency, at = excluded.at
        WHERE ${dayIn("kept")} = ${dayIn("excluded")}
        RETURNING idempotency_key AS key, xmax <> 0 AS changed`,
        valuesOf(operations),
    );
    return new Set(rows.filter(({ changed }) => changed).map(({ key }) => key));
}

/** Keys of operations that are known from the report of another day. */
async function keptOnOtherDay(database: Database, operations: readonly ReportedOperation[]): Promise<Set<string>> {
    const { rows } = await database.query<{ key: string }>(
        `SELECT idempotency_key AS key FROM unnest($1::text[], $2::timestamptz[]) AS reported (idempotency_key, at)
            JOIN payments.acquirer_operation AS kept USING (idempotency_key)
        WHERE ${dayIn("kept")} <> ${dayIn("reported")}`,
        [operations.map(({ idempotencyKey }) => idempotencyKey), operations.map(({ at }) => at)],
    );
    return new Set(rows.map(({ key }) => key));
}

/**
 * Records what the acquirer does not have of a day whose report is kept, and that the day was compared. One before the comparison began is not
 * recorded: the days between would be missed ones.
 */
export async function compareDay(database: Database, day: Day): Promise<void> {
    const compared = new Set(await comparedDays(database, addDays(day, -1), addDays(day, 1)));
    const span = spanToLookFor(day, (one) => compared.has(one));
    for await (const { from, to } of parts(database, span)) {
        await record(database, onlyInDatabase, [from, to]);
    }
    await database.query(
        `INSERT INTO payments.reconciliation_day (day, compared_at)
        SELECT $1::date, now() WHERE $1::date > (${beforeFirstSql})
        ON CONFLICT (day) DO NOTHING`,
        [day],
    );
}

/** The time after so many captures and refunds from $1 on; none where there are fewer before $2. PostgreSQL keeps microseconds. */
export const nextPartSql = `SELECT greatest(at, $1::timestamptz + interval '1 microsecond')::text AS until
    FROM payments.payment_history WHERE to_status IN ('captured', 'refunded') AND at >= $1 AND at < $2
    ORDER BY at LIMIT 1 OFFSET ${keysAtOnce}`;

/** Parts of a span of time that have so many captures and refunds. */
async function* parts(database: Database, { from: start, to: end }: Span): AsyncGenerator<Span> {
    for (let from = start; ;) {
        const { rows } = await database.query<{ until: string }>(nextPartSql, [from, end]);
        const to = rows[0]?.until ?? end;
        yield { from, to };
        if (rows.length === 0) {
            return;
        }
        from = to;
    }
}

/** Looks at every open difference again, of any day, and settles those that are none any more. */
export async function settleDifferences(database: Database): Promise<void> {
    for (let after = ""; ;) {
        const { rows } = await database.query<{ key: string }>(
            `SELECT DISTINCT idempotency_key AS key FROM payments.reconciliation_difference
            WHERE settled_at IS NULL AND idempotency_key > $1 ORDER BY 1 LIMIT ${keysAtOnce}`,
            [after],
        );
        const last = rows.at(-1);
        if (last === undefined) {
            return;
        }
        const keys = rows.map(({ key }) => key);
        // One that only the acquirer knew may now have another amount.
        await record(database, differencesOfAcquirer, [keys]);
        await database.query(settleSql, [keys]);
        after = last.key;
    }
}

/** Settles the open differences of a key for a person. @returns how many there were */
export async function acceptDifference(database: Database, idempotencyKey: string): Promise<number> {
    const { rowCount } = await database.query(
        `UPDATE payments.reconciliation_difference SET settled_at = now(), settled_by = 'person'
        WHERE idempotency_key = $1 AND settled_at IS NULL`,
        [idempotencyKey],
    );
    return rowCount ?? 0;
}

/** The capture or the refund of this platform that the operation `reported` is. */
const sameInDatabase = `SELECT payment.amount_minor, payment.currency FROM payments.payment
    WHERE reported.operation = 'capture' AND reported.idempotency_key = reported.payment_id || '${capture}'
        AND payment.id = reported.payment_id AND EXISTS (SELECT FROM payments.payment_history
            WHERE payment_history.payment_id = reported.payment_id AND to_status = 'captured')
    UNION ALL
    SELECT payment.amount_minor, payment.currency
    FROM payments.refund JOIN payments.payment ON payment.id = refund.payment_id
    WHERE reported.operation = 'refund' AND right(reported.idempotency_key, ${refund.length}) = '${refund}'
        AND refund.id = left(reported.idempotency_key, -${refund.length})
        AND refund.payment_id = reported.payment_id AND refund.status = 'completed'`;

/** Operations of the acquirer that this platform does not know, or knows with another amount; `where` is about one, `reported`. */
const differencesWhere = (where: string): string => `
    SELECT reported.idempotency_key,
        CASE WHEN same.currency IS NULL THEN 'only-acquirer' ELSE 'other-amount' END AS kind,
        reported.operation, reported.payment_id, ${dayIn("reported")} AS day,
        reported.amount_minor AS acquirer_amount_minor, reported.currency AS acquirer_currency,
        same.amount_minor AS database_amount_minor, same.currency AS database_currency
    FROM payments.acquirer_operation AS reported LEFT JOIN LATERAL (${sameInDatabase}) AS same ON true
    WHERE ${where} AND (same.amount_minor, same.currency) IS DISTINCT FROM (reported.amount_minor, reported.currency)`;

/** Those of the idempotency keys $1. */
export const differencesOfAcquirer = differencesWhere("reported.idempotency_key = ANY($1)");

const reportedSame = (other: string): string => `SELECT FROM payments.acquirer_operation AS reported
    WHERE (reported.idempotency_key, reported.operation, reported.payment_id)
        = (${other}.idempotency_key, ${other}.operation, ${other}.payment_id)`;

/** Captures and refunds of this platform, from the time $1 and before $2, that the acquirer does not know. */
export const onlyInDatabase = `
    SELECT moved.idempotency_key, 'only-database' AS kind, moved.operation, moved.payment_id,
        ${dayIn("moved")} AS day,
        NULL::bigint AS acquirer_amount_minor, NULL::text AS acquirer_currency,
        payment.amount_minor AS database_amount_minor, payment.currency AS database_currency
    FROM (
        SELECT payment_id || '${capture}' AS idempotency_key, 'capture' AS operation, payment_id, at
        FROM payments.payment_history WHERE to_status = 'captured' AND at >= $1 AND at < $2
        UNION ALL
        SELECT refund.id || '${refund}', 'refund', payment_id, at
        FROM payments.payment_history JOIN payments.refund USING (payment_id)
        WHERE to_status = 'refunded' AND at >= $1 AND at < $2 AND refund.status = 'completed'
    ) AS moved JOIN payments.payment ON payment.id = moved.payment_id
    WHERE NOT EXISTS (${reportedSame("moved")})`;

/** Settles those of the keys $1 that are no difference any more. */
const settleSql = `UPDATE payments.reconciliation_difference AS open SET settled_at = now(), settled_by = 'comparison'
    WHERE idempotency_key = ANY($1) AND settled_at IS NULL AND CASE kind
        -- Only a person can say that the acquirer has taken it back: its reports keep both.
        WHEN 'twice' THEN false
        WHEN 'only-database' THEN EXISTS (${reportedSame("open")})
        ELSE NOT EXISTS (SELECT FROM (${differencesWhere("reported.idempotency_key = open.idempotency_key")}) AS found
            WHERE found.kind = open.kind)
    END`;

const said =
    "operation, payment_id, acquirer_amount_minor, acquirer_currency, database_amount_minor, database_currency";
const columnsOf = (table: string): string => said.replaceAll(/\w+/g, (column) => `${table}.${column}`);

/**
 * Records what a query has found, once. One that a comparison had settled is open again, and so is one that says something else than what a
 * person has settled.
 */
async function record(database: Database, foundSql: string, values: readonly unknown[]): Promise<void> {
    await database.query(
        `INSERT INTO payments.reconciliation_difference AS known (idempotency_key, kind, day, ${said})
        SELECT idempotency_key, kind, day, ${said} FROM (${foundSql}) AS found ORDER BY idempotency_key, kind
        ON CONFLICT (idempotency_key, kind) DO UPDATE
        SET (day, ${said}) = (excluded.day, ${columnsOf("excluded")}), found_at = now(), settled_at = NULL, settled_by = NULL
        WHERE known.settled_by = 'comparison' OR (${columnsOf("known")}) IS DISTINCT FROM (${columnsOf("excluded")})`,
        [...values],
    );
}

async function comparedDays(database: Database, first: Day, last: Day): Promise<Day[]> {
    const { rows } = await database.query<{ day: Day }>(
        `SELECT day::text FROM payments.reconciliation_day WHERE compared_at IS NOT NULL AND day BETWEEN $1 AND $2`,
        [first, last],
    );
    return rows.map(({ day }) => day);
}
