/**
 * What differs between the operations of the acquirer, as its reports say them, and the captures and refunds of this platform. Both
 * are in PostgreSQL. An operation is the same where kind, idempotency key and payment are. Each statement is about a page, or so
 * many keys, captures and refunds, so that none comes near the 10 s after which PostgreSQL ends it (docs/reconciliation.md has what was measured).
 */
import type { Connection } from "../../common/database.ts";
import { keySuffixes } from "../acquirer.ts";
import type { AcceptedDifference } from "./config.ts";
import { addDays, spanToLookFor, type Day, type Span } from "./days.ts";
import type { ReportedOperation } from "./report.ts";
import { beforeFirstSql, differenceColumns, type OpenDifference } from "./state.ts";

type Database = Pick<Connection, "query">;

const { capture, refund } = keySuffixes;

/** Open differences, or captures and refunds, that one statement looks at. */
const keysAtOnce = 1_000;

/**
 * Keeps what is new in a page of a report, and records what this platform does not have of the page, or has with another amount.
 *
 * @returns keys of which this is not done, as one page does not say what happened: another operation is kept with the key, or the page has two.
 * The acquirer has corrected one, or has moved money twice
 */
export async function comparePage(database: Database, operations: readonly ReportedOperation[]): Promise<string[]> {
    const values = valuesOf(operations);
    await database.query(keepNewSql, values);
    const { rows } = await database.query<{ key: string }>(unclearSql, values);
    const unclear = new Set(rows.map(({ key }) => key));
    const clear = operations.map(({ idempotencyKey }) => idempotencyKey).filter((key) => !unclear.has(key));
    await record(database, differencesOfAcquirer, [clear]);
    return [...unclear];
}

/**
 * The same for such keys, with all operations that a report has with them. What is kept and recorded follows from the operations alone, and
 * not from their order, or what was kept before: the same report changes nothing.
 */
export async function compareUnclear(database: Database, day: Day, operations: readonly ReportedOperation[]) {
    const ofKeys = [...Map.groupBy(operations, ({ idempotencyKey }) => idempotencyKey).values()];
    for (let from = 0; from < ofKeys.length; from += keysAtOnce) {
        const part = ofKeys.slice(from, from + keysAtOnce).map((ofKey) => ofKey.toSorted(byTime));
        const firsts = part.flatMap((ofKey) => ofKey.slice(0, 1));
        const keys = firsts.map(({ idempotencyKey }) => idempotencyKey);
        await database.query(correctSql, valuesOf(firsts));
        await record(database, differencesOfAcquirer, [keys]);
        const onOtherDay = await keptOnOtherDay(database, keys, day);
        await recordTwice(
            database,
            day,
            part.map((ofKey) => ofKey.slice(onOtherDay.has(ofKey[0]?.idempotencyKey ?? "") ? 0 : 1)),
        );
    }
}

const byTime = (one: ReportedOperation, other: ReportedOperation): number =>
    Date.parse(one.at) - Date.parse(other.at) ||
    one.amountMinor - other.amountMinor ||
    (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/**
 * Records operations of a day whose keys are those of others, which stay kept: money was moved twice. One that is recorded is open again only
 * when a day has another number of them, or another amount.
 */
async function recordTwice(database: Database, day: Day, ofKeys: readonly ReportedOperation[][]): Promise<void> {
    const found = ofKeys.filter((again) => again.length > 0);
    const again = found.map((ones) =>
        JSON.stringify({ [day]: ones.map(({ amountMinor, currency }) => `${amountMinor} ${currency}`) }),
    );
    await database.query(recordTwiceSql, [...valuesOf(found.flatMap((ones) => ones.slice(-1))), again]);
}

const dayIn = (table: string): string => `(${table}.at AT TIME ZONE 'UTC')::date`;

const operationColumns = "idempotency_key, operation, payment_id, amount_minor, currency, at";
const columnsOf = (table: string, columns: string): string =>
    columns.replaceAll(/\w+/g, (column) => `${table}.${column}`);

const reportedArrays = "$1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[]";
const reportedTable = `unnest(${reportedArrays}) AS reported (${operationColumns})`;

const valuesOf = (operations: readonly ReportedOperation[]): unknown[] => [
    operations.map(({ idempotencyKey }) => idempotencyKey),
    operations.map(({ operation }) => operation),
    operations.map(({ paymentId }) => paymentId),
    operations.map(({ amountMinor }) => amountMinor),
    operations.map(({ currency }) => currency),
    operations.map(({ at }) => at),
];

// In the order of the keys, also below: otherwise two tasks at once could each wait for the other.
const keepNewSql = `INSERT INTO payments.acquirer_operation (${operationColumns})
    SELECT * FROM ${reportedTable} ORDER BY idempotency_key ON CONFLICT DO NOTHING`;

const differsFrom = (table: string): string =>
    `(${columnsOf("kept", operationColumns)}) <> (${columnsOf(table, operationColumns)})`;

const unclearSql = `SELECT idempotency_key AS key FROM ${reportedTable} JOIN payments.acquirer_operation AS kept USING (idempotency_key)
    GROUP BY idempotency_key HAVING count(*) > 1 OR bool_or(${differsFrom("reported")})`;

/** An operation of another day stays, and is one of two. */
const correctSql = `INSERT INTO payments.acquirer_operation AS kept (${operationColumns})
    SELECT * FROM ${reportedTable} ORDER BY idempotency_key
    ON CONFLICT (idempotency_key) DO UPDATE SET operation = excluded.operation, payment_id = excluded.payment_id,
        amount_minor = excluded.amount_minor, currency = excluded.currency, at = excluded.at
    WHERE ${dayIn("kept")} = ${dayIn("excluded")} AND ${differsFrom("excluded")}`;

const recordTwiceSql = `INSERT INTO payments.reconciliation_difference AS known
        (idempotency_key, kind, operation, payment_id, day, acquirer_amount_minor, acquirer_currency, again)
    SELECT idempotency_key, 'twice', operation, payment_id, ${dayIn("reported")}, amount_minor, currency, again
    FROM unnest(${reportedArrays}, $7::jsonb[]) AS reported (${operationColumns}, again) ORDER BY idempotency_key
    ON CONFLICT (idempotency_key, kind) DO UPDATE
    SET operation = excluded.operation, payment_id = excluded.payment_id, day = excluded.day,
        acquirer_amount_minor = excluded.acquirer_amount_minor, acquirer_currency = excluded.acquirer_currency,
        again = coalesce(known.again, '{}') || excluded.again, found_at = now(), settled_at = NULL, settled_by = NULL
    WHERE known.again IS DISTINCT FROM coalesce(known.again, '{}') || excluded.again`;

/** Those of the keys whose operation is known from the report of another day. */
async function keptOnOtherDay(database: Database, keys: readonly string[], day: Day): Promise<Set<string>> {
    const { rows } = await database.query<{ key: string }>(
        `SELECT idempotency_key AS key FROM payments.acquirer_operation AS kept
        WHERE idempotency_key = ANY($1) AND ${dayIn("kept")} <> $2::date`,
        [keys, day],
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
    await database.query(reopenTwiceSql);
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

/**
 * Settles an open difference for a person. Another one of its key is about other money, which the person may not have looked at.
 *
 * @returns what is settled now; undefined where no such difference is open, and nothing was changed
 */
export async function acceptDifference(
    database: Database,
    { idempotencyKey, kind }: AcceptedDifference,
): Promise<OpenDifference | undefined> {
    const { rows } = await database.query<OpenDifference>(
        `UPDATE payments.reconciliation_difference SET settled_at = now(), settled_by = 'person'
        WHERE idempotency_key = $1 AND settled_at IS NULL AND kind = $2
        RETURNING ${differenceColumns}`,
        [idempotencyKey, kind],
    );
    return rows[0];
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

/** A release that does not know this kind, and runs again after a rollback, settles it as one that is no difference any more. */
const reopenTwiceSql = `UPDATE payments.reconciliation_difference SET settled_at = NULL, settled_by = NULL
    WHERE kind = 'twice' AND settled_by = 'comparison'`;

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

/**
 * Records what a query has found, once. One that a comparison had settled is open again, and so is one that says something else than what a
 * person has settled.
 */
async function record(database: Database, foundSql: string, values: readonly unknown[]): Promise<void> {
    await database.query(
        `INSERT INTO payments.reconciliation_difference AS known (idempotency_key, kind, day, ${said})
        SELECT idempotency_key, kind, day, ${said} FROM (${foundSql}) AS found ORDER BY idempotency_key, kind
        ON CONFLICT (idempotency_key, kind) DO UPDATE
        SET (day, ${said}) = (excluded.day, ${columnsOf("excluded", said)}), found_at = now(), settled_at = NULL, settled_by = NULL
        WHERE known.settled_by = 'comparison' OR (${columnsOf("known", said)}) IS DISTINCT FROM (${columnsOf("excluded", said)})`,
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
