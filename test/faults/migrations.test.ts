import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readMigrations } from "../../services/migration/migrate.ts";
import { query } from "../services/support/merchant.ts";
import { migrate } from "../services/support/migrate.ts";
import { connect } from "./support/database.ts";
import { survive } from "./support/fault.ts";
import { Platform } from "./support/platform.ts";

const directory = "services/migration/sql";
const names = readMigrations(directory).map(({ name }) => name);

let platform: Platform;

beforeAll(async () => {
    platform = await Platform.start();
});

afterAll(() => platform.stop());

const migrateThere = (database: string): Promise<void> => migrate(platform.machine, directory, { database });

/** Names of the files that a database has, in the order in which they were applied. */
async function appliedIn(database: string): Promise<string[]> {
    const client = await connect(database);
    const { rows } = await client.query<{ name: string }>("SELECT name FROM migrations.applied ORDER BY at, name");
    await client.end();
    return rows.map(({ name }) => name);
}

test("five migrations of an empty database at once apply each file once", async () => {
    await query("CREATE DATABASE several");
    await Promise.all(Array.from({ length: 5 }, () => migrateThere("several")));
    expect(await appliedIn("several")).toEqual(names);
});

test("a migration whose connection is cut leaves no half of a file, and the next one applies all", async () => {
    await query("CREATE DATABASE cut");
    const blocker = await connect("cut");
    // Roles belong to all databases: a lock on their catalogue holds up the second file in its middle.
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE pg_catalog.pg_auth_members IN ACCESS EXCLUSIVE MODE");
    const cut = migrateThere("cut").catch((error: unknown) => error);
    const waiting = "SELECT pid FROM pg_stat_activity WHERE datname = 'cut' AND wait_event_type = 'Lock'";
    for (let found: unknown[] = []; found.length === 0; found = await query(waiting)) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    await query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS one`);
    expect(await cut).toBeInstanceOf(Error);
    await blocker.end();
    const { length } = await appliedIn("cut");
    expect(length).toBeLessThan(names.length);
    await migrateThere("cut");
    expect(await appliedIn("cut")).toEqual(names);
});

test("two migrations at once, while payments are made, change nothing that is applied", async () => {
    const { databaseName } = platform.machine;
    await survive(platform, "two migrations at once", async (isSending) => {
        for (let times = 0; times < 5 && (isSending() || times === 0); times += 1) {
            await Promise.all([migrateThere(databaseName), migrateThere(databaseName)]);
        }
    });
    expect(await appliedIn(platform.machine.databaseName)).toEqual(names);
});
