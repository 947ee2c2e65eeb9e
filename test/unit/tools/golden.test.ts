import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
// The command loads the program on demand; the import makes the dependency of these tests visible.
import "../../../index.ts";
import { run as envdiff } from "../../../tools/envdiff/command.ts";
import { run } from "../../../tools/golden/command.ts";
import { lineChanges } from "../../../tools/golden/changes.ts";
import { copyProject } from "../../project.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "golden-"));
    copyProject(root, ["dev", "staging", "prod"]);
    symlinkSync(resolve("node_modules"), join(root, "node_modules"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

async function golden(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const code = await run(argv, { root, out: (text) => (out += text), err: (text) => (err += text) });
    return { code, out, err };
}
const read = (file: string) => readFileSync(join(root, "golden", file), "utf8");
const change = (file: string, from: string, to: string) => {
    const text = readFileSync(join(root, file), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(root, file), text.replace(from, to));
};

test("records that were just written are up to date", async () => {
    await golden();
    expect(await golden("--check")).toEqual({ code: 0, out: "all records are up to date\n", err: "" });
});

test("an outdated record is reported in one line, and written on request", async () => {
    await golden("prod");
    const whole = read("prod.identities.json");
    change("golden/prod.identities.json", '"masterUsername": "payment_admin"', '"masterUsername": "admin"');
    expect(await golden("--check", "prod")).toEqual({
        code: 1,
        out: 'not up to date: golden/prod.identities.json; renew with "npm run golden"\n',
        err: "",
    });
    expect(read("prod.identities.json")).not.toBe(whole);

    const written = await golden("prod");
    expect(written.code).toBe(0);
    expect(written.out.split("\n")).toEqual([
        "golden/prod.identities.json written",
        expect.stringMatching(/^- .*::payment-database-prod .*"masterUsername":"admin"/),
        expect.stringMatching(/^\+ .*::payment-database-prod .*"masterUsername":"payment_admin"/),
        "",
    ]);
    expect(read("prod.identities.json")).toBe(whole);
});

test("rights, paths and identities are written for each stack that has a file", async () => {
    const { code, out } = await golden();
    expect(code).toBe(0);
    expect(out.split("\n").filter((line) => line.endsWith(" written"))).toEqual(
        ["dev", "prod", "staging"].flatMap((stack) =>
            ["rights.md", "paths.md", "identities.json"].map((file) => `golden/${stack}.${file} written`),
        ),
    );
    expect(read("dev.paths.md")).toContain("payment-api-dev (service)");
});

test("records of a stack without a file are named, and deleted", async () => {
    await golden();
    rmSync(join(root, "Pulumi.dev.yaml"));
    const { code, out } = await golden("--check");
    expect(code).toBe(1);
    expect(out).toContain("golden/dev.identities.json, golden/dev.paths.md, golden/dev.rights.md");
    expect(await golden("prod")).toMatchObject({ out: "all records are up to date\n" });
    expect((await golden()).out).toContain("golden/dev.rights.md deleted: there is no such stack\n");
    expect(readdirSync(join(root, "golden")).filter((file) => file.startsWith("dev."))).toEqual([]);
});

test("a stack with problems is reported, and nothing is written", async () => {
    change("Pulumi.prod.yaml", "minAcu: 2", "minAcu: 200");
    const { code, err } = await golden("prod");
    expect(code).toBe(1);
    expect(err).toContain("payment-platform:database.minAcu");
    let told = "";
    const ignore = () => undefined;
    expect(await envdiff(["staging", "prod"], { root, out: ignore, err: (text) => (told += text) })).toBe(1);
    expect(told).toBe(err);
});

test.each([
    [["live"], 'no stack "live": there are dev, prod, staging'],
    [["--write"], "unknown option '--write'"],
])("%j is refused", async (argv, message) => {
    const { code, err } = await golden(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("help exits with 0", async () => {
    const { code, out } = await golden("--help");
    expect(code).toBe(0);
    expect(out).toContain("npm run golden -- [options] [stacks...]");
});

test("a table is compared line by line", () => {
    expect(lineChanges("dev.access.md", "a\nb\nc\n", "a\nc\nd\n")).toEqual(["- b", "+ d"]);
});
