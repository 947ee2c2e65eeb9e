import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { z } from "zod";
import { keepAlive } from "../common/database.ts";
import { errorFields, type Log } from "../common/log.ts";
import type { Sources } from "../common/sources.ts";
import type { MigrationConfig } from "./config.ts";
import { migrate, readMigrations, type LockWaits } from "./migrate.ts";
import { prepareRestored } from "./restored.ts";

/** Value of the secret that RDS makes and rotates. */
const masterSecret = z.object({ username: z.string(), password: z.string() });

/** A request of a service waits for a connection for 5 s, and is refused then: the wait behind a lock is shorter, and the pause lets requests catch up. */
const lockWaits: LockWaits = { timeoutMs: 2_000, tries: 10, pause: () => setTimeout(5_000) };

/** What a task does beside the migrations. */
export interface MigrationWork {
    /** Whether the data was restored from a backup, and is prepared for that (docs/recovery.md). */
    readonly isRestored: boolean;
}

/** Brings the database to the state of these files, as its master user, and disconnects. */
export async function runMigration(
    config: MigrationConfig,
    sources: Pick<Sources, "databaseAuthorities" | "readSecret">,
    log: Log,
    directory: string,
    { isRestored }: MigrationWork = { isRestored: false },
): Promise<void> {
    const secret = await sources.readSecret(config.DATABASE_MASTER_SECRET_ARN);
    const { username: user, password } = masterSecret.parse(JSON.parse(secret));
    const client = new pg.Client({
        host: config.DATABASE_HOST,
        port: config.DATABASE_PORT,
        database: config.DATABASE_NAME,
        user,
        password,
        ssl: { ca: sources.databaseAuthorities, rejectUnauthorized: true },
        // A database that was paused for want of use takes some seconds.
        connectionTimeoutMillis: 60_000,
        // A statement may take as long as it needs, and not wait for a host that is lost.
        ...keepAlive,
    });
    // The statement that runs fails, too: without a listener the process would end before it says which file.
    client.on("error", (error) => {
        log.warn(errorFields(error), "connection to PostgreSQL lost");
    });
    await client.connect();
    try {
        const applied = await migrate(client, readMigrations(directory), lockWaits, log);
        log.info({ applied: applied.length }, applied.length === 0 ? "nothing is pending" : "migrated");
        if (isRestored) {
            log.info(await prepareRestored(client), "the restored data is prepared");
        }
    } finally {
        await client.end();
    }
}
