import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientBase } from "pg";
import { migrationFileName } from "../../contract/schema.ts";

/** One SQL file. Its name begins with its number, and its text never changes once it has been applied. */
export interface Migration {
    readonly name: string;
    readonly sql: string;
}

interface AppliedMigration {
    name: string;
    sha256: string;
}

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
    client: Pick<ClientBase, "query">,
    migrations: readonly Migration[],
    lockTimeoutMs: number,
    applying: (name: string) => void,
): Promise<string[]> {
    await client.query("SELECT pg_advisory_lock($1)", [lockKey]);
    try {
        const pending = pendingOf(migrations, await ensureHistory(client));
        for (const migration of pending) {
            applying(migration.name);
            await apply(client, migration, lockTimeoutMs);
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
async function ensureHistory(client: Pick<ClientBase, "query">): Promise<AppliedMigration[]> {
    await client.query("CREATE SCHEMA IF NOT EXISTS migrations");
    await client.query(
        "CREATE TABLE IF NOT EXISTS migrations.applied (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<AppliedMigration>("SELECT name, sha256 FROM migrations.applied");
    return rows;
}

async function apply(
    client: Pick<ClientBase, "query">,
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

/** On a connection that is lost PostgreSQL does the same itself; the error that says why must not give way to that of this statement. */
async function tidyUp(client: Pick<ClientBase, "query">, sql: string, values: unknown[] = []): Promise<void> {
    await client.query(sql, values).catch(() => undefined);
}

const hashOf = (sql: string): string => createHash("sha256").update(sql).digest("hex");
