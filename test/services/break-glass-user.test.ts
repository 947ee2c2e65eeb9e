import { afterAll, expect, test } from "@jest/globals";
import { databaseClient } from "../../tools/local/machine/database-client.ts";
import { userStatement } from "../../tools/break-glass/user-statement.ts";
import { newId } from "../../services/common/ids.ts";
import { query } from "./support/merchant.ts";
import { underTest } from "./support/under-test.ts";

const user = "payment_break_glass";

afterAll(() => query(`DROP ROLE IF EXISTS ${user}`));

/** The first value that a statement returns to the person on call. */
async function ask(password: string, sql: string): Promise<unknown> {
    const client = databaseClient(underTest().machine, { user, password });
    await client.connect();
    try {
        const { rows } = await client.query<[unknown]>({ text: sql, rowMode: "array" });
        return rows[0]?.[0];
    } finally {
        await client.end();
    }
}

test("the person on call logs in with the password, sees and ends sessions, and reads no table", async () => {
    const password = newId();
    await query(userStatement(password));
    expect(await ask(password, "SELECT current_user")).toBe(user);
    expect(await ask(password, "SHOW log_statement")).toBe("all");
    const rights = ["pg_signal_backend", "pg_read_all_stats"].map((role) => `pg_has_role('${role}', 'USAGE')`);
    expect(await ask(password, `SELECT ${rights.join(" AND ")}`)).toBe(true);
    await expect(ask(password, "SELECT * FROM payments.payment")).rejects.toMatchObject({ code: "42501" });
    await expect(ask(newId(), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
});

test("a new password takes the place of the former one", async () => {
    const [former, next] = [newId(), newId()];
    await query(userStatement(former));
    await query(userStatement(next));
    expect(await ask(next, "SELECT 1")).toBe(1);
    await expect(ask(former, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
});
