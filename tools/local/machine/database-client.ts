import { readFileSync } from "node:fs";
import pg from "pg";
import type { Machine } from "./machine.ts";

/** A client of the master user, or of another one, that is not connected yet. Its connection is verified. */
export function databaseClient(
    { databasePort: port, databaseName, master, authorityFile }: Machine,
    { database = databaseName, ...login }: { database?: string; user?: string; password?: string } = {},
): pg.Client {
    const ssl = { ca: readFileSync(authorityFile, "utf8") };
    return new pg.Client({ host: "localhost", port, database, ...master, ...login, ssl });
}
