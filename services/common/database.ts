import pg from "pg";
import type { DatabaseConfig } from "./config.ts";
import { errorFields, type Log } from "./log.ts";
import type { Sources } from "./sources.ts";

export type Pool = pg.Pool;
export type Connection = Pick<pg.ClientBase, "query">;

// Amounts and positions are below 2^53: as numbers, not as texts.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Connections of one task: with 20 tasks well below the limit of the smallest instance. */
const maxConnections = 10;

/** A pool of connections to a host of the cluster, each with a password of its own and a verified certificate. */
export function connectDatabase(
    config: Pick<DatabaseConfig, "DATABASE_NAME" | "DATABASE_PORT" | "DATABASE_USER">,
    host: string,
    sources: Pick<Sources, "databaseAuthorities" | "databasePassword">,
    log: Log,
): Pool {
    const { DATABASE_NAME: database, DATABASE_PORT: port, DATABASE_USER: user } = config;
    const pool = new pg.Pool({
        host,
        port,
        database,
        user,
        password: () => sources.databasePassword({ host, port, user }),
        ssl: { ca: sources.databaseAuthorities, rejectUnauthorized: true },
        max: maxConnections,
        connectionTimeoutMillis: 5_000,
        // A failover leaves connections to the old writer: none lives longer than this.
        maxLifetimeSeconds: 300,
        statement_timeout: 10_000,
        keepAlive: true,
    });
    // Without a listener an error ends the process. The pool listens to a connection only while nobody uses it: one that is lost
    // between two statements of a transaction needs a listener of its own.
    pool.on("connect", (client) => {
        client.on("error", (error) => {
            log.warn(errorFields(error), "connection to PostgreSQL lost");
        });
    });
    // The same error again, of a connection that nobody uses.
    pool.on("error", () => undefined);
    return pool;
}

/** Runs the work in one transaction, which an error rolls back. */
export async function transaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
        await client.query("BEGIN");
        const result = await work(client);
        await client.query("COMMIT");
        return result;
    } catch (error) {
        failure = (await rollback(client)) ?? (isOfFormerWriter(error) ? new Error("not a writer") : undefined);
        throw error;
    } finally {
        // A connection that cannot roll back, or write, is closed, not given to the next.
        client.release(failure);
    }
}

async function rollback(client: Connection): Promise<Error | undefined> {
    try {
        await client.query("ROLLBACK");
        return undefined;
    } catch (error) {
        return error instanceof Error ? error : new Error("rollback failed");
    }
}

/** PostgreSQL's classes of errors that another attempt may not meet: connection, resources, operator intervention. */
const passingClasses = new Set(["08", "40", "53", "57"]);

/** After a failover the former writer is a reader, which refuses to write (`read_only_sql_transaction`); its name leads to the new one. */
const isOfFormerWriter = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === "25006";

/** Whether an error of a query says that PostgreSQL cannot be reached or refuses work for the moment. */
export const isUnavailable = (error: unknown): boolean =>
    error instanceof pg.DatabaseError
        ? isOfFormerWriter(error) || passingClasses.has(error.code?.slice(0, 2) ?? "")
        : error instanceof Error &&
          (/^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_)/.test(String("code" in error ? error.code : "")) ||
              /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message));
