import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { eventually } from "../../../tools/frame/eventually.ts";
import { databaseClient } from "../../../tools/local/machine/database-client.ts";
import type { Machine } from "../../../tools/local/machine/machine.ts";
import { query } from "../../services/support/merchant.ts";
import { underTest } from "../../services/support/under-test.ts";
import { patience } from "../../services/support/patience.ts";
import { acceptsConnections } from "../../../tools/local/machine/ports.ts";
import type { Platform } from "./platform.ts";

/** A connection of the master user, for what has to stay open. */
export async function connect(database = underTest().machine.databaseName): Promise<pg.Client> {
    const client = databaseClient(underTest().machine, { database });
    client.on("error", () => undefined);
    await client.connect();
    return client;
}

/** Lets no other connection write to a table, and all read. */
export class TableLock {
    private readonly table: string;
    private client: pg.Client | undefined;

    constructor(table: string) {
        this.table = table;
    }

    public async take(): Promise<void> {
        this.client = await connect();
        await this.client.query("BEGIN");
        await this.client.query(`LOCK TABLE ${this.table} IN SHARE ROW EXCLUSIVE MODE`);
    }

    public async holdsUp(user: string): Promise<boolean> {
        const rows = await query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'", [
            user,
        ]);
        return rows.length > 0;
    }

    public async release(): Promise<void> {
        await this.client?.end();
        this.client = undefined;
    }
}

/** Closes every connection of the services. */
export const closeConnections = (): Promise<unknown> =>
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'payment\\_%' AND usename <> 'payment_admin'",
    );

/** Process ID of the process that started all others of PostgreSQL. */
function mainPid({ databaseDirectory }: Machine): number {
    const [pid = ""] = readFileSync(join(databaseDirectory, "postmaster.pid"), "utf8").split("\n");
    return Number(pid);
}

/** Stops every process of PostgreSQL, as a host that is lost: connections stay open, and nothing answers. @returns how to let it go on */
export async function stopAnswers(machine: Machine): Promise<() => void> {
    const client = await connect();
    const main = mainPid(machine);
    // First, so that no other process is started.
    process.kill(main, "SIGSTOP");
    const { rows } = await client.query<{ pid: number }>("SELECT pid FROM pg_stat_activity");
    const all = [...rows.map(({ pid }) => pid), main];
    all.forEach((pid) => process.kill(pid, "SIGSTOP"));
    return () => {
        all.forEach((pid) => process.kill(pid, "SIGCONT"));
        void client.end();
    };
}

/** Kills PostgreSQL so that it recovers from its log when it is started again. */
export async function killDatabase(machine: Machine): Promise<void> {
    // "Immediate shutdown": no process of PostgreSQL finishes anything.
    process.kill(mainPid(machine), "SIGQUIT");
    await eventually(
        "the end of PostgreSQL",
        async () => ((await acceptsConnections(machine.databasePort)) ? undefined : true),
        patience,
    );
}

export async function startDatabase(platform: Platform): Promise<void> {
    platform.startDatabase();
    await eventually("PostgreSQL", () => query("SELECT 1").catch(() => undefined), patience);
}

/** Lets every connection refuse to write, as a former writer does after a failover; or lets it write again. */
export async function setReadOnly(isReadOnly: boolean): Promise<void> {
    const client = await connect();
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? "on" : "off"}`);
    await client.query("SELECT pg_reload_conf()");
    await client.end();
}

/** Lets every write of payments, events and outboxes fail as on a full disk (53100), or succeed again. */
export async function setDiskFull(isFull: boolean): Promise<void> {
    const client = await connect();
    const tables = ["payment", "event", "api_outbox", "payment_outbox"];
    await client.query(
        `CREATE OR REPLACE FUNCTION public.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
    );
    for (const table of tables) {
        await client.query(
            isFull
                ? `CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON payments.${table} EXECUTE FUNCTION public.disk_full()`
                : `DROP TRIGGER IF EXISTS disk_full ON payments.${table}`,
        );
    }
    await client.end();
}
