import pg from "pg";
import { databaseConnections } from "../../contract/container.ts";
import type { DatabaseConfig } from "./config.ts";
import { errorFields, type Log } from "./log.ts";
import type { Sources } from "./sources.ts";

export type Pool = pg.Pool;
export type Connection = Pick<pg.ClientBase, "query">;

// Amounts and positions are below 2^53: as numbers, not as texts.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Milliseconds after which PostgreSQL ends a statement. */
const statementTimeoutMs = 10_000;
/**
 * Milliseconds without an answer after which a connection is lost. PostgreSQL itself answers within its own limit. Together with the wait for a
 * connection less than the 29 s of API Gateway, so that a merchant gets 503.
 */
const queryTimeoutMs = statementTimeoutMs + 5_000;
/**
 * Milliseconds for which a transaction may be between two statements; then PostgreSQL ends it, and lets go of its rows. The task that began it may be
 * lost with its host, and others skip the messages that it was sending.
 */
export const transactionIdleMs = 30_000;

/** Without the delay the first probe follows after two hours: a writer whose host is lost closes no connection. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

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
        max: databaseConnections,
        connectionTimeoutMillis: 5_000,
        // A new reader gets its share of the connections: each is replaced after this time, once nobody uses it.
        maxLifetimeSeconds: 300,
        statement_timeout: statementTimeoutMs,
        query_timeout: queryTimeoutMs,
        idle_in_transaction_session_timeout: transactionIdleMs,
        ...keepAlive,
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
    let unusable: Error | undefined;
    try {
        await client.query("BEGIN");
        const result = await work(client);
        await client.query("COMMIT");
        return result;
    } catch (error) {
        unusable = await rollback(client, error);
        throw error;
    } finally {
        // A connection that is closed, not given to the next; PostgreSQL then rolls back itself.
        client.release(unusable);
    }
}

/** The row of a query that always has one. */
export function requireRow<T>([row]: readonly T[]): T {
    if (row === undefined) {
        throw new Error("PostgreSQL returned no row");
    }
    return row;
}

/** @returns why the connection cannot be used again, if it cannot */
async function rollback(client: Connection, cause: unknown): Promise<Error | undefined> {
    if (cause instanceof Error && (hasNoAnswer(cause) || isOfFormerWriter(cause))) {
        return cause;
    }
    try {
        await client.query("ROLLBACK");
        return undefined;
    } catch (error) {
        return error instanceof Error ? error : new Error("rollback failed");
    }
}

/**
 * PostgreSQL's classes of errors that another attempt may not meet: connection, login, conflict, resources, operator intervention, storage. RDS
 * refuses logins with tokens of IAM while it gets too many.
 */
const passingClasses = new Set(["08", "28", "40", "53", "57", "58"]);

/** pg's errors of a connection that is lost, or that there was none in time; they have no code. */
const lostMessages =
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** After a failover the former writer is a reader, which refuses to write (`read_only_sql_transaction`); its name leads to the new one. */
const isOfFormerWriter = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === "25006";

/** The AWS SDK's error, without a code, where it got no credentials: without them there is no token for a login. */
const hasNoCredentials = (error: Error): boolean => error.name === "CredentialsProviderError";

/** pg's error after `query_timeout`, which has no code. The connection still waits for the answer. */
const hasNoAnswer = (error: unknown): boolean => error instanceof Error && error.message === "Query read timeout";

/** Whether an error of a query says that PostgreSQL cannot be reached, or refuses the login or the work for the moment. */
export const isUnavailable = (error: unknown): boolean =>
    error instanceof pg.DatabaseError
        ? isOfFormerWriter(error) || passingClasses.has(error.code?.slice(0, 2) ?? "")
        : error instanceof Error &&
          (/^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH)/.test(
              String("code" in error ? error.code : ""),
          ) ||
              hasNoAnswer(error) ||
              hasNoCredentials(error) ||
              lostMessages.test(error.message));
