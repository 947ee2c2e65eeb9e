import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { migrationFileName } from "../../contract/schema.ts";
import { errorFields, type Log } from "../common/log.ts";

/** One SQL file. Its name begins with its number, and its text never changes once it has been applied. */
export interface Migration {
    readonly name: string;
    readonly sql: string;
}

interface AppliedMigration {
    name: string;
    sha256: string;
}

/** How a file gets the locks that it needs. */
export interface LockWaits {
    /** Milliseconds for which one statement waits: every query of the table waits behind it. */
    readonly timeoutMs: number;
    /** How often a file is begun. */
    readonly tries: number;
    /** Between two of them; the services make up for the wait in it. */
    readonly pause: () => Promise<unknown>;
}

/** PostgreSQL's error after `lock_timeout` (`lock_not_available`). */
const lockTimeoutCode = "55P03";

/** Of `pg_advisory_lock`; every release of this program takes the same. */
const lockKey = 7_201_433;

/** Migrations in a directory, in the order of their numbers. */
export const readMigrations = (directory: string): Migration[] =>
    readdirSync(directory)
        .filter((name) => migrationFileName.test(name))
        .sort()
        .map((name) => ({ name, sql: readFileSync(join(directory, name), "utf8") }));

/**
 * Applies the migrations that the database does not have, each in a transaction with its record, while no other process does.
 *
 * @returns names of those applied now
 * @throws Error if an applied file has been changed, or a new one is numbered before it; PostgreSQL's error if one fails
 */
export async function migrate(
    client: Pick<pg.ClientBase, "query">,
    migrations: readonly Migration[],
    waits: LockWaits,
    log: Pick<Log, "info" | "warn">,
): Promise<string[]> {
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    try {
        await adaptAuditExtension(client, log);
        const pending = pendingOf(migrations, await ensureHistory(client));
        for (const migration of pending) {
            await applyPatiently(client, migration, waits, log);
        }
        return pending.map(({ name }) => name);
    } finally {
        await tidyUp(client, "SELECT pg_advisory_unlock($1)", [lockKey]);
    }
}

/** Files of a later release, which this one does not have, are left alone: a rollback runs the older release. */
export function pendingOf(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
    const hashes = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
    const pending = migrations.filter(({ name }) => !hashes.has(name));
    const changed = migrations.find(({ name, sql }) => hashes.has(name) && hashes.get(name) !== hashOf(sql));
    if (changed !== undefined) {
        throw new Error(`migration ${changed.name} was changed after it was applied: undo that, and add a new file`);
    }
    const last =
        applied
            .map(({ name }) => name)
            .sort()
            .at(-1) ?? "";
    const early = pending.find(({ name }) => name < last);
    if (early !== undefined) {
        throw new Error(
            `migration ${early.name} is numbered before ${last}, which is applied: give it a higher number`,
        );
    }
    return pending;
}

/** The migrations that were applied. Creates their table at the first run. */
async function ensureHistory(client: Pick<pg.ClientBase, "query">): Promise<AppliedMigration[]> {
    await client.query("CREATE SCHEMA IF NOT EXISTS migrations");
    await client.query(
        "CREATE TABLE IF NOT EXISTS migrations.applied (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<AppliedMigration>("SELECT name, sha256 FROM migrations.applied");
    return rows;
}

async function applyPatiently(
    client: Pick<pg.ClientBase, "query">,
    migration: Migration,
    { timeoutMs, tries, pause }: LockWaits,
    log: Pick<Log, "info" | "warn">,
): Promise<void> {
    for (let left = tries - 1; ; left -= 1) {
        log.info({ migration: migration.name }, "applying");
        try {
            await apply(client, migration, timeoutMs);
            return;
        } catch (error) {
            if (left === 0 || !(error instanceof pg.DatabaseError && error.code === lockTimeoutCode)) {
                throw error;
            }
            log.warn({ migration: migration.name, ...errorFields(error) }, "no lock in time: begun again");
        }
        await pause();
    }
}

async function apply(
    client: Pick<pg.ClientBase, "query">,
    { name, sql }: Migration,
    lockTimeoutMs: number,
): Promise<void> {
    await client.query("BEGIN");
    try {
        await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
        await client.query(sql);
        await client.query("INSERT INTO migrations.applied (name, sha256) VALUES ($1, $2)", [name, hashOf(sql)]);
        await client.query("COMMIT");
    } catch (error) {
        await tidyUp(client, "ROLLBACK");
        throw error;
    }
}

/**
 * The statement after which the database has the extension of pgAudit if PostgreSQL has loaded the library, which it does at its start. No row if nothing is to
 * be changed, or the user may not read what is loaded: `pg_settings` then hides it.
 */
const auditExtensionSql = `SELECT CASE WHEN is_loaded THEN 'CREATE' ELSE 'DROP' END || ' EXTENSION pgaudit' AS change
    FROM (
        SELECT 'pgaudit' = ANY (regexp_split_to_array(setting, '\\s*,\\s*')) AS is_loaded,
            EXISTS (SELECT FROM pg_extension WHERE extname = 'pgaudit') AS is_created
        FROM pg_settings WHERE name = 'shared_preload_libraries'
    ) AS pgaudit
    WHERE is_loaded <> is_created`;

/**
 * Not a file: pgAudit is a setting, which may change at any time. Without the extension its entries do not name what a statement changed; without the
 * library the extension refuses each change of the schema, so this comes before all others.
 */
async function adaptAuditExtension(client: Pick<pg.ClientBase, "query">, log: Pick<Log, "info">): Promise<void> {
    const { rows } = await client.query<{ change: string }>(auditExtensionSql);
    for (const { change } of rows) {
        log.info({ migration: change }, "applying");
        await client.query(change);
    }
}

/** On a connection that is lost PostgreSQL does the same itself; the error that says why must not give way to that of this statement. */
async function tidyUp(client: Pick<pg.ClientBase, "query">, sql: string, values: unknown[] = []): Promise<void> {
    await client.query(sql, values).catch(() => undefined);
}

const hashOf = (sql: string): string => createHash("sha256").update(sql).digest("hex");
