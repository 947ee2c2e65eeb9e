import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { managedRuleGroups } from "../../../lib/settings/edge.ts";
import { findStaleFiles, fillTables } from "../../../tools/schema/files.ts";
import { runTool } from "../tools/run-tool.ts";
import { settingRows, settingsTable } from "../../../tools/schema/tables.ts";
import { settingsJsonSchema, stackFileSchema } from "../../../tools/schema/stack-schema.ts";
import { recordedTypes } from "../checks/config-plans.ts";
import { readStackConfig } from "./stack-config.ts";

test("the committed JSON Schemas and generated tables are up to date", async () => {
    expect(findStaleFiles(process.cwd(), await recordedTypes("prod"))).toEqual([]);
});

const configSchema = () =>
    z
        .looseObject({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) })
        .parse(stackFileSchema().properties?.config);

test.each(["dev", "staging", "prod"])("an editor validates every key of stack %s", (stack) => {
    const { properties, required } = configSchema();
    const given = Object.keys(readStackConfig(stack));
    expect(given.filter((key) => !Object.hasOwn(properties, key))).toEqual([]);
    expect(required.filter((key) => !given.includes(key))).toEqual([]);
});

test("an editor marks misspelt keys of this project and ignores those of others", () => {
    const { patternProperties, additionalProperties } = configSchema();
    const [others = ""] = Object.keys(z.record(z.string(), z.unknown()).parse(patternProperties));
    expect(additionalProperties).toBe(false);
    expect("other:token").toMatch(new RegExp(others));
    expect("aws:regoin").not.toMatch(new RegExp(others));
    expect("payment-platform:netwerk").not.toMatch(new RegExp(others));
});

test("every setting is in the table with its values, default and meaning", () => {
    const rows = settingsTable()
        .split("\n")
        .filter((line) => line.startsWith("| `"));
    expect(rows.filter((row) => /\|\s+\|/.test(row))).toEqual([]);
    expect(rows.filter((row) => row.includes("undefined"))).toEqual([]);
    const starts = rows.map((row) =>
        row
            .split("|")
            .slice(1, 4)
            .map((cell) => cell.trim())
            .join(" | "),
    );
    expect(starts).toEqual(
        expect.arrayContaining([
            "`environment` | text | required",
            "`network.availabilityZones` | 2 to 4 | required",
            "`certificate.source` | `self-signed`, `dns`, `arn` | required",
            "`certificate.zoneName` | text | required with `dns`",
            `\`waf.countOnly\` | list of ${["RateLimit", ...managedRuleGroups].map((name) => `\`${name}\``).join(", ")} | \`AnonymousIpList\``,
            "`database.minAcu` | 0 to 256 in steps of 0.5 | none",
            "`tags` | text by name | none",
            "`alarmThresholds.oldest-message` | 0 to below 1209600 | none",
            "`alarmThresholds.dead-letters` | 0 or more | none",
            "`alarmThresholds.certificate-expiring` | above 0 | none",
            "`services.<name>.cpuUnits` | `256`, `512`, `1024`, `2048`, `4096`, `8192`, `16384` | required",
            "`services.<name>.backlogPerTask` | 1 to 100000 | `100`",
            "`compute.execCommand` | `true`, `false` | `false`",
            "`alerts.critical` | list of email | none",
            "`waivers[].expires` | date | required",
            "`aws:region` | text | required",
        ]),
    );
    const sections = Object.keys(settingsJsonSchema().properties ?? {});
    expect(sections.filter((key) => !rows.some((row) => row.startsWith(`| \`${key}`)))).toEqual([]);
});

test("only the text between the markers is replaced, and a second run changes nothing", () => {
    const page = "a\n<!-- settings:begin -->\nold\n<!-- settings:end -->\nb\n";
    const made = fillTables(page, new Map());
    expect(made).toBe(`a\n<!-- settings:begin -->\n${settingsTable()}\n<!-- settings:end -->\nb\n`);
    expect(fillTables(made, new Map())).toBe(made);
    expect(fillTables("no markers", new Map())).toBe("no markers");
});

test.each([
    "<!-- settings:begin --> no end",
    "<!-- settings:begin --> <!-- settings:end --> <!-- settings:begin --> <!-- settings:end -->",
    "<!-- settings:begin --> <!-- settings:end --> <!-- settings:end -->",
])("markers that do not match are refused: %s", (page) => {
    expect(() => fillTables(page, new Map())).toThrow(
        "the markers <!-- settings:begin --> and <!-- settings:end --> must stand once",
    );
});

test("a setting without a description has an empty cell, which the test above refuses", () => {
    expect(settingRows("x", { type: "string" }, "none")).toEqual([
        { path: "x", values: "text", defaultValue: "none", description: "" },
    ]);
});

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "schema-"));
    mkdirSync(join(root, "docs"));
    cpSync("schema", join(root, "schema"), { recursive: true });
    cpSync("plan/catalogue/kept-inputs.json", join(root, "plan/catalogue/kept-inputs.json"));
    cpSync("docs/settings.md", join(root, "docs/settings.md"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

async function printed(...argv: string[]): Promise<{ code: number; lines: string[] }> {
    const { code, out } = await runTool("schema", argv, { root });
    return { code, lines: out.split("\n").slice(0, -1) };
}

test("the check fails on a stale file and names the command that updates it; writing updates it", async () => {
    expect(await printed("--check")).toEqual({ code: 0, lines: [] });
    writeFileSync(join(root, "schema/stack.schema.json"), "{}\n");
    writeFileSync(join(root, "docs/settings.md"), "<!-- settings:begin -->\n<!-- settings:end -->\n");
    expect(await printed("--check")).toEqual({
        code: 1,
        lines: [
            'schema/stack.schema.json is not up to date: run "npm run schema"',
            'docs/settings.md is not up to date: run "npm run schema"',
        ],
    });
    expect(await printed()).toEqual({ code: 0, lines: ["wrote schema/stack.schema.json", "wrote docs/settings.md"] });
    expect(await printed()).toEqual({ code: 0, lines: [] });
});

test("a schema that was never written is not up to date", async () => {
    rmSync(join(root, "schema/stack.schema.json"));
    expect((await printed("--check")).lines).toEqual([
        'schema/stack.schema.json is not up to date: run "npm run schema"',
    ]);
});
