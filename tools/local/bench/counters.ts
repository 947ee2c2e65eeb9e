import { readFileSync } from "node:fs";
import { createClient } from "@redis/client";
import type pg from "pg";
import { databaseClient } from "../machine/database-client.ts";
import type { LocalSession } from "../machine/session.ts";
import { readSecrets } from "../replacements.ts";
import { redisCommands, type Counts } from "./counts.ts";

/** Reads what the services have taken of PostgreSQL, Redis, SQS and SNS since the start. */
export class Counters {
    public readonly database: pg.Client;
    private readonly session: LocalSession;

    private constructor(session: LocalSession, database: pg.Client) {
        this.session = session;
        this.database = database;
    }

    /** Connects to the database as its master user, and lets PostgreSQL count. */
    public static async connect(session: LocalSession): Promise<Counters> {
        const database = databaseClient(session.running.machine);
        await database.connect();
        await database.query("CREATE EXTENSION pg_stat_statements");
        return new Counters(session, database);
    }

    public async read(): Promise<Counts> {
        const [statements, commands, calls] = await Promise.all([
            this.statements(),
            this.commands(),
            this.session.running.calls(),
        ]);
        return { statements, commands, calls: Object.values(calls).reduce((sum, count) => sum + count, 0) };
    }

    public end(): Promise<void> {
        return this.database.end();
    }

    private async statements(): Promise<number> {
        const { rows } = await this.database.query<{ calls: string | null }>(
            "SELECT sum(calls) AS calls FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid WHERE rolname <> current_user",
        );
        return Number(rows[0]?.calls ?? 0);
    }

    private async commands(): Promise<number> {
        const { machine } = this.session.running;
        const client = createClient({
            socket: {
                ...{ host: "localhost", port: machine.cachePort, tls: true },
                ca: readFileSync(machine.authorityFile, "utf8"),
            },
            password: readSecrets(machine)[machine.cacheSecretArn],
        });
        await client.connect();
        try {
            return redisCommands(await client.info("commandstats"));
        } finally {
            client.destroy();
        }
    }
}
