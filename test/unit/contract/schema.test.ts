import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { schemaLabels, schemaVersionsOf } from "../../../contract/schema.ts";
import { schemaOfSources, schemaProblem } from "../../../tools/images/schema.ts";

const file = (name: string, sql = "SELECT 1;") => ({ name, sql });
const additive = [file("0001-payments.sql"), file("0002-users.sql")];

test("the version is that of the newest migration, and migrations that add serve the services of every version", () => {
    expect(schemaVersionsOf(additive)).toEqual({ version: "0002", oldestServed: "0001" });
});

test("the newest version that a migration demands is the oldest that is served, whatever comes after it", () => {
    const third = file(
        "0003-a.sql",
        "-- Drops what nobody reads.\n-- Serves services built with 0002 or later.\nSELECT 1;",
    );
    const fourth = file("0004-b.sql", "-- Serves services built with 0001 or later.");
    expect(schemaVersionsOf([...additive, third])).toEqual({ version: "0003", oldestServed: "0002" });
    expect(schemaVersionsOf([...additive, third, fourth])).toEqual({ version: "0004", oldestServed: "0002" });
});

test.each([
    "-- Serves services built with 0003 or later.",
    "-- Serves services built with 0009 or later.",
    "-- Serves services built with 2 or later.",
    "-- Serves everything.",
    "-- serves services built with 0002 or later.",
    "  --Serves services built with 0002 or later.",
    "-- Serves services built with 0001 or later.\n-- Serves services built with 0002 or later.",
])("a line that is misspelled or names no earlier migration is refused: %s", (sql) => {
    expect(() => schemaVersionsOf([...additive, file("0003-a.sql", sql)])).toThrow(
        /^migration 0003-a\.sql: ".*" must be one line "-- Serves/,
    );
});

test("the sources say the newest file, and that no migration has taken anything away yet", () => {
    const newest = readdirSync("services/migration/sql").sort().at(-1);
    expect(schemaOfSources(".")).toEqual({ version: newest?.slice(0, 4), oldestServed: "0001" });
});

test("the Dockerfile sets the labels, and ends the build without their values", () => {
    const text = readFileSync("services/Dockerfile", "utf8");
    expect(text).toContain(`${schemaLabels.version}="\${SCHEMA_VERSION}"`);
    expect(text).toContain(`${schemaLabels.oldestServed}="\${OLDEST_SERVED_SCHEMA_VERSION}"`);
    expect(text).toContain('RUN test -n "${SCHEMA_VERSION}" && test -n "${OLDEST_SERVED_SCHEMA_VERSION}"');
});

const migration = { version: "0005", oldestServed: "0003" };

test.each<[string, Parameters<typeof schemaProblem>, string | undefined]>([
    ["of the same version", [{ version: "0005" }, migration], undefined],
    ["of the oldest version that is served", [{ version: "0003" }, migration], undefined],
    [
        "that is older",
        [{ version: "0002" }, migration],
        "it was built with schema 0002, and a migration takes away what services built before 0003 use",
    ],
    [
        "that is newer than the database",
        [{ version: "0006" }, migration],
        "it was built with schema 0006, and the recorded migration makes 0005: record the image of its migration first",
    ],
    ["without a label", [{}, migration], undefined],
    ["beside a migration without a label", [{ version: "0002" }, {}], undefined],
    ["beside a migration that serves all", [{ version: "0002" }, { version: "0005" }], undefined],
])("an image %s", (_, args, expected) => {
    expect(schemaProblem(...args)).toBe(expected);
});

const sqlOf = (text: string) => text.replaceAll(/--.*$/gm, "");

test("a migration that takes something away says what it serves", () => {
    const destructive = /\b(DROP|RENAME|TRUNCATE|REVOKE|SET NOT NULL|ALTER COLUMN)\b/i;
    expect(destructive.test(sqlOf("-- DROP\nSELECT 1;"))).toBe(false);
    expect(destructive.test(sqlOf("ALTER TABLE a DROP COLUMN b;"))).toBe(true);
    const folder = "services/migration/sql";
    const silent = readdirSync(folder).filter((name) => {
        const text = readFileSync(`${folder}/${name}`, "utf8");
        return destructive.test(sqlOf(text)) && !/^-- Serves services built with/m.test(text);
    });
    expect(silent).toEqual([]);
});
