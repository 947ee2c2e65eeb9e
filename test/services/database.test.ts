import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import pg from "pg";
import { newId } from "../../services/common/ids.ts";
import { createLog } from "../../services/common/log.ts";
import { paymentStatuses } from "../../services/common/payment.ts";
import { steps } from "../../services/payment/process.ts";
import { listPaymentsSql } from "../../services/api/payments.ts";
import { migrate, readMigrations, type Migration } from "../../services/migration/migrate.ts";
import { databaseClient } from "../../tools/local/machine/database-client.ts";
import { pay, query, untilStatus } from "./support/merchant.ts";
import { underTest } from "./support/under-test.ts";

const allowed = [
    ["accepted", "authorized"],
    ["accepted", "declined"],
    ["accepted", "failed"],
    ["authorized", "captured"],
    ["authorized", "failed"],
    ["captured", "refunded"],
];

const isAllowed = (from: string, to: string) => allowed.some(([one, other]) => one === from && other === to);

/** The shortest way of a new payment to a status. */
const way: Readonly<Record<(typeof paymentStatuses)[number], readonly string[]>> = {
    accepted: [],
    authorized: ["authorized"],
    captured: ["authorized", "captured"],
    declined: ["declined"],
    failed: ["failed"],
    refunded: ["authorized", "captured", "refunded"],
};

const insertPayment = (id: string) =>
    query(
        `INSERT INTO payments.payment (id, merchant_id, amount_minor, currency, reference, correlation_id)
        VALUES ($1, 'transitions', 1, 'EUR', 'reference', 'correlation')`,
        [id],
        "payment_api",
    );

const change = (id: string, status: string) =>
    query("UPDATE payments.payment SET status = $2 WHERE id = $1", [id, status], "payment_payment");

describe("the transitions of a payment", () => {
    test("are those of the table, and the steps of the payment service are among them", async () => {
        const rows = await query<{ from_status: string; to_status: string }>("SELECT * FROM payments.transition");
        expect(rows.map((row) => [row.from_status, row.to_status]).sort()).toEqual(allowed);
        for (const [from, step] of Object.entries(steps)) {
            expect(isAllowed(from, step.approved)).toBe(true);
            expect(isAllowed(from, step.refused)).toBe(true);
        }
    });

    const pairs = paymentStatuses.flatMap((from) => paymentStatuses.map((to) => [from, to] as const));
    test.each(pairs)("from %s to %s are recorded, or refused by the database", async (from, to) => {
        const id = newId();
        await insertPayment(id);
        for (const status of way[from]) {
            await change(id, status);
        }
        const changed = change(id, to);
        if (isAllowed(from, to)) {
            await changed;
        } else {
            await expect(changed).rejects.toMatchObject({ code: "23503" });
        }
        const [last] = await query(
            "SELECT from_status, to_status FROM payments.payment_history WHERE payment_id = $1 ORDER BY version DESC LIMIT 1",
            [id],
        );
        expect(last).toEqual(
            isAllowed(from, to) ? { from_status: from, to_status: to } : expect.objectContaining({ to_status: from }),
        );
    });
});

describe("the user of a service, and of the task that compares payments with the acquirer's report,", () => {
    const users = ["payment_api", "payment_notification", "payment_payment", "payment_payment_reconciliation"];
    const refused = [
        ["payment_api", "UPDATE payments.payment SET status = 'captured'"],
        [
            "payment_api",
            `INSERT INTO payments.payment (id, merchant_id, amount_minor, currency, reference, correlation_id, status)
            VALUES ('x', 'm', 1, 'EUR', 'r', 'c', 'captured')`,
        ],
        ["payment_api", "DELETE FROM payments.payment"],
        ["payment_api", "DELETE FROM payments.idempotency_key"],
        ["payment_api", "UPDATE payments.idempotency_key SET request_hash = key_hash"],
        ["payment_api", "INSERT INTO payments.event_count VALUES ('m', 1)"],
        ["payment_api", "UPDATE payments.refund SET status = 'completed'"],
        ["payment_api", "SELECT 1 FROM payments.payment_outbox"],
        ["payment_api", "UPDATE payments.transition SET to_status = 'captured'"],
        ["payment_payment", "UPDATE payments.payment SET amount_minor = 1"],
        ["payment_payment", "UPDATE payments.payment SET merchant_id = 'm'"],
        ["payment_payment", "DELETE FROM payments.payment"],
        ["payment_payment", "SELECT 1 FROM payments.idempotency_key"],
        ["payment_payment", "SELECT 1 FROM payments.api_outbox"],
        ["payment_payment", "SELECT 1 FROM payments.event"],
        ["payment_payment", "INSERT INTO payments.payment_history VALUES ('x', 9, 'accepted', 'captured', null, 'c')"],
        ["payment_notification", "SELECT 1 FROM payments.payment"],
        ["payment_notification", "SELECT 1 FROM payments.refund"],
        ["payment_notification", "SELECT 1 FROM payments.payment_outbox"],
        ["payment_notification", "UPDATE payments.event SET reason = 'x'"],
        ["payment_notification", "DELETE FROM payments.event"],
        ...[
            "DELETE FROM payments.acquirer_operation",
            "DELETE FROM payments.reconciliation_day",
            "DELETE FROM payments.reconciliation_difference",
            "INSERT INTO payments.payment_history VALUES ('x', 9, 'accepted', 'captured', null, 'c')",
            "SELECT 1 FROM payments.event",
            "SELECT 1 FROM payments.idempotency_key",
            "SELECT 1 FROM payments.payment_outbox",
            "SELECT merchant_id FROM payments.payment",
            "SELECT reason FROM payments.payment_history",
            "SELECT merchant_id FROM payments.refund",
            "UPDATE payments.acquirer_operation SET idempotency_key = 'x'",
            "UPDATE payments.payment SET status = 'captured'",
            "UPDATE payments.reconciliation_day SET day = '2026-01-31'",
            "UPDATE payments.reconciliation_difference SET kind = 'other-amount'",
            "UPDATE payments.refund SET status = 'completed'",
        ].map((sql) => ["payment_payment_reconciliation", sql]),
        ["payment_payment", "SELECT 1 FROM payments.acquirer_operation"],
        ["payment_payment", "UPDATE payments.reconciliation_difference SET settled_at = now()"],
        ["payment_payment", "INSERT INTO payments.reconciliation_day (day) VALUES ('2026-01-31')"],
        ["payment_api", "SELECT 1 FROM payments.reconciliation_difference"],
        ["payment_notification", "SELECT 1 FROM payments.reconciliation_difference"],
        ...users.flatMap((user) => [
            [user, "SELECT 1 FROM migrations.applied"],
            [user, "CREATE TABLE payments.x (a int)"],
            [user, "CREATE TABLE public.x (a int)"],
            [user, "CREATE ROLE x"],
        ]),
    ] as [user: string, sql: string][];
    test.each(refused)("%s may not: %s", async (user, sql) => {
        await expect(query(`SET ROLE ${user}; ${sql}`)).rejects.toMatchObject({ code: "42501" });
    });

    test("logs in with a token of IAM on RDS, and owns nothing", async () => {
        const rows = await query<{ name: string }>(
            `SELECT member.rolname AS name FROM pg_auth_members
            JOIN pg_roles AS granted ON granted.oid = roleid JOIN pg_roles AS member ON member.oid = pg_auth_members.member
            WHERE granted.rolname = 'rds_iam' ORDER BY 1`,
        );
        expect(rows.map(({ name }) => name)).toEqual(users);
        const owned = await query(
            "SELECT 1 FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = ANY($1)",
            [users],
        );
        expect(owned).toEqual([]);
    });
});

test("the payments of a merchant without a new one for long are read by that merchant's index, and not those of all", async () => {
    const client = databaseClient(underTest().machine);
    await client.connect();
    await client.query("BEGIN");
    // Without triggers and foreign keys. The merchant has the oldest twentieth of the payments.
    await client.query(`SET LOCAL session_replication_role = replica; INSERT INTO payments.payment
        (id, merchant_id, amount_minor, currency, reference, correlation_id)
        SELECT 'quiet-' || n, CASE WHEN n <= 1000 THEN 'quiet' ELSE 'busy' END, 1, 'EUR', 'reference', 'correlation'
        FROM generate_series(1, 20000) AS n`);
    await client.query("ANALYZE payments.payment");
    const plans = await Promise.all(
        ["quiet", "busy"].map((merchant) =>
            client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${listPaymentsSql}`, [merchant, null, 51]),
        ),
    );
    await client.query("ROLLBACK");
    await client.end();
    for (const { rows } of plans) {
        expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("payment_merchant_id_position_idx");
    }
});

test("payments and refunds are vacuumed after so many changes, and not after a share of all that exist", async () => {
    const rows = await query<{ options: string[] }>(
        "SELECT reloptions AS options FROM pg_class WHERE oid IN ('payments.payment'::regclass, 'payments.refund'::regclass)",
    );
    for (const { options } of rows) {
        expect(options).toEqual(["autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=100000"]);
    }
    expect(rows).toHaveLength(2);
});

/** A log, and its lines. */
function keptLog() {
    const common = { AWS_REGION: "us-east-1", ENVIRONMENT: "local", LOG_LEVEL: "info", SERVICE: "migration" } as const;
    const lines: Record<string, unknown>[] = [];
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    return { log: createLog(common, { write }), lines };
}

const { log: quiet } = keptLog();

/** No test waits so long. */
const waits = { timeoutMs: 10_000, tries: 1, pause: () => Promise.resolve() };

describe("a migration", () => {
    const files = readMigrations("services/migration/sql");

    const onDatabase = async <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
        const { machine } = underTest();
        const client = new pg.Client({
            ...machine.master,
            host: "localhost",
            port: machine.databasePort,
            database,
            ssl: { ca: readFileSync(machine.authorityFile, "utf8") },
        });
        await client.connect();
        try {
            return await work(client);
        } finally {
            await client.end();
        }
    };
    const run = (database: string, migrations = files) =>
        onDatabase(database, (client) => migrate(client, migrations, waits, quiet));

    const table = { name: "0001-table.sql", sql: "CREATE TABLE held (a int)" };
    const change = { name: "0002-change.sql", sql: "ALTER TABLE held ADD COLUMN b int" };

    test("that does not get a lock is begun again after a pause, and fails after the last try", async () => {
        await query("CREATE DATABASE locked");
        await run("locked", [table]);
        await onDatabase("locked", async (holder) => {
            const hold = () => holder.query("BEGIN; LOCK TABLE held IN ACCESS SHARE MODE");
            const { log, lines } = keptLog();
            const tryTwice = (pause: () => Promise<unknown>) =>
                onDatabase("locked", (client) =>
                    migrate(client, [table, change], { timeoutMs: 1, tries: 2, pause }, log),
                );
            await hold();
            await expect(tryTwice(() => Promise.resolve())).rejects.toMatchObject({ code: "55P03" });
            expect(await tryTwice(() => holder.query("ROLLBACK"))).toEqual([change.name]);
            const begun = { level: "info", migration: change.name };
            const waited = { level: "warn", migration: change.name, code: "55P03" };
            expect(lines).toMatchObject([begun, waited, begun, begun, waited, begun]);
        });
    });

    test("with another error is not begun again", async () => {
        await query("CREATE DATABASE other_error");
        const bad = { name: "0001-bad.sql", sql: "SELECT 1/0" };
        const pause = () => Promise.reject(new Error("a pause"));
        await expect(
            onDatabase("other_error", (client) =>
                migrate(client, [bad], { timeoutMs: 10_000, tries: 2, pause }, quiet),
            ),
        ).rejects.toMatchObject({ code: "22012" });
    });

    test("has the extension of pgAudit while the library is loaded, and changes the schema after it no longer is", async () => {
        await query("CREATE DATABASE audited");
        await onDatabase("audited", async (client) => {
            const { log, lines } = keptLog();
            // An extension that every PostgreSQL has, in its place.
            await client.query("DROP EXTENSION plpgsql");
            const runWith = (libraries: string, migrations: readonly Migration[] = []) => {
                const there = (sql: string) =>
                    sql
                        .replace(
                            "FROM pg_settings",
                            `FROM (VALUES ('shared_preload_libraries', '${libraries}')) AS pg_settings (name, setting)`,
                        )
                        .replaceAll("pgaudit", "plpgsql");
                const asked = {
                    query: (sql: string, values?: unknown[]) => client.query(there(sql), values),
                } as Pick<pg.ClientBase, "query">;
                return migrate(asked, migrations, waits, log);
            };
            const hasExtension = async () =>
                (await client.query("SELECT FROM pg_extension WHERE extname = 'plpgsql'")).rowCount === 1;
            await runWith("pg_stat_statements");
            expect(await hasExtension()).toBe(false);
            await runWith("rdsutils, pg_stat_statements,plpgsql");
            expect(await hasExtension()).toBe(true);
            await runWith("rdsutils, pg_stat_statements,plpgsql");
            // What the extension of pgAudit does without its library, seen with version 1.7.0.
            await client.query(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE 'pgaudit must be loaded via shared_preload_libraries'; END $$;
                CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION refuse();
                ALTER EVENT TRIGGER refuse DISABLE;
                ALTER EXTENSION plpgsql ADD FUNCTION refuse();
                ALTER EXTENSION plpgsql ADD EVENT TRIGGER refuse;
                ALTER EVENT TRIGGER refuse ENABLE`);
            await expect(client.query("CREATE TABLE refused (a int)")).rejects.toThrow("pgaudit must be loaded");
            await runWith("pg_stat_statements", [table]);
            expect(await hasExtension()).toBe(false);
            const applied = ["CREATE EXTENSION plpgsql", "DROP EXTENSION plpgsql", table.name];
            expect(lines.map(({ migration }) => migration)).toEqual(applied);
        });
    });

    test("by a user who may not read which libraries are loaded changes no extension", async () => {
        await query("CREATE DATABASE unread");
        await onDatabase("unread", async (client) => {
            await client.query("CREATE ROLE unread_user; GRANT CREATE ON DATABASE unread TO unread_user");
            await client.query("SET ROLE unread_user");
            expect(await migrate(client, [], waits, quiet)).toEqual([]);
        });
    });

    test("is applied once by two at the same time, and then nothing is pending", async () => {
        await query("CREATE DATABASE twice");
        const applied = await Promise.all([run("twice"), run("twice")]);
        expect(applied.map(({ length }) => length).sort()).toEqual([0, files.length]);
        expect(await run("twice")).toEqual([]);
    });

    test("that fails leaves nothing of its file, keeps those before it, and frees its lock", async () => {
        await query("CREATE DATABASE fails");
        const broken = [
            { name: "0001-good.sql", sql: "CREATE TABLE good (a int)" },
            { name: "0002-bad.sql", sql: "CREATE TABLE bad (a int); SELECT 1/0" },
        ];
        await expect(run("fails", broken)).rejects.toMatchObject({ code: "22012" });
        const tables = await onDatabase("fails", (client) =>
            client.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"),
        );
        expect(tables.rows).toEqual([{ table_name: "good" }]);
        const repaired = [...broken.slice(0, 1), { name: "0002-bad.sql", sql: "CREATE TABLE bad (a int)" }];
        expect(await run("fails", repaired)).toEqual(["0002-bad.sql"]);
        await expect(run("fails", [{ name: "0001-good.sql", sql: "changed" }])).rejects.toThrow(
            /changed after it was applied/,
        );
        await expect(run("fails", [...repaired, { name: "0001-late.sql", sql: "" }])).rejects.toThrow(/higher number/);
        expect(await run("fails", broken.slice(0, 1))).toEqual([]);
    });
});

test("a migration that loses its connection fails with what ended it", async () => {
    const client = databaseClient(underTest().machine);
    client.on("error", () => undefined);
    await client.connect();
    const ends = [{ name: "9999-ends.sql", sql: "SELECT pg_terminate_backend(pg_backend_pid())" }];
    const files = readMigrations("services/migration/sql");
    await expect(migrate(client, [...files, ...ends], waits, quiet)).rejects.toMatchObject({
        code: "57P01",
    });
    await client.end();
});

describe("the payment service", () => {
    test("changes nothing for a message that is received again", async () => {
        const { id } = await pay();
        await untilStatus(id, "captured");
        const before = await query("SELECT * FROM payments.payment WHERE id = $1", [id]);
        const { resend } = await import("./support/queues.ts");
        await resend("processing", { id: newId(), type: "payment.accepted", paymentId: id, correlationId: newId() });
        expect(await query("SELECT * FROM payments.payment WHERE id = $1", [id])).toEqual(before);
    });
});
