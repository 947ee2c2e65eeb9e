import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { clusterParameters } from "../../lib/database/parameters.ts";
import { databaseSettings } from "../unit/fixtures.ts";
import type { PostgresRun, Statement } from "./support/run-postgres.ts";

const program = resolve(__dirname, "support/run-postgres.ts");

/** Runs statements on PostgreSQL with the cluster's parameters, but those of RDS itself. */
async function run(statements: readonly Statement[]): Promise<PostgresRun> {
    const parameters = clusterParameters("17", databaseSettings()).filter(({ name }) => !name.startsWith("rds."));
    const named = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify([named, statements])]);
    return JSON.parse(stdout.slice(stdout.indexOf('{"refusals"'))) as PostgresRun;
}

test("the database logs no value of a refused or slow statement, though it tells the client which one it refused", async () => {
    const { refusals, log } = await run([
        ["CREATE TABLE kept (card text UNIQUE CHECK (card <> 'none'), holder text NOT NULL)"],
        ["INSERT INTO kept VALUES ($1, $2)", ["4111111111111111", "A. Holder"]],
        ["INSERT INTO kept VALUES ($1, $2)", ["4111111111111111", "B. Holder"]],
        ["INSERT INTO kept VALUES ($1, $2)", ["5500000000000004", null]],
        ["SELECT $1::text, pg_sleep(1.1)", ["6011000000000004"]],
    ]);
    expect(refusals).toEqual([
        "Key (card)=(4111111111111111) already exists.",
        "Failing row contains (5500000000000004, null).",
    ]);
    expect(log).toContain("duplicate key value violates unique constraint");
    expect(log).toContain("violates not-null constraint");
    expect(log).toMatch(/duration: \d+.* SELECT \$1::text/);
    expect(log).not.toMatch(/4111111111111111|5500000000000004|6011000000000004|Holder/);
});
