import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
// The command loads the program by itself; named here, it is known that these tests hang on it.
import "../../../index.ts";
import { run as envdiff } from "../../../tools/envdiff/command.ts";
import { run } from "../../../tools/golden/command.ts";
import { changesOf } from "../../../tools/golden/files.ts";
import { copyProject } from "../../project.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "golden-"));
    copyProject(root, ["dev", "staging", "prod"]);
    cpSync("golden", join(root, "golden"), { recursive: true });
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

test("what is recorded is as planned", async () => {
    expect(await golden("--check")).toEqual({ code: 0, out: "everything is recorded as planned\n", err: "" });
});

test("what is not as planned is told, and written when that is asked for", async () => {
    const whole = read("prod.identity.json");
    change("golden/prod.identity.json", '"masterUsername": "payment_admin"', '"masterUsername": "admin"');
    const checked = await golden("--check", "prod");
    expect(checked.code).toBe(1);
    expect(checked.out.split("\n")).toEqual([
        "golden/prod.identity.json is not up to date",
        expect.stringMatching(/^- .*::payment-database-prod .*"masterUsername":"admin"/),
        expect.stringMatching(/^\+ .*::payment-database-prod .*"masterUsername":"payment_admin"/),
        "",
    ]);
    expect(read("prod.identity.json")).not.toBe(whole);

    const written = await golden("prod");
    expect(written.code).toBe(0);
    expect(written.out).toBe(checked.out.replace("is not up to date", "written"));
    expect(read("prod.identity.json")).toBe(whole);
});

test("a file that is missing is written whole", async () => {
    const whole = read("structure.json");
    rmSync(join(root, "golden", "structure.json"));
    const { code, out } = await golden();
    expect(code).toBe(0);
    expect(out).toMatch(/^golden\/structure\.json written\n\+ PaymentPlatform /);
    expect(read("structure.json")).toBe(whole);
});

test("what stacks have in common is left alone when one of them is named", async () => {
    writeFileSync(join(root, "golden", "structure.json"), "[]\n");
    expect(await golden("dev")).toMatchObject({ code: 0, out: "everything is recorded as planned\n" });
    expect(read("structure.json")).toBe("[]\n");
});

test("a stack with problems is told of, and nothing is written", async () => {
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
    [["live"], 'no committed stack "live": golden/parity.yaml lists dev, staging, prod'],
    [["--write"], "unknown option '--write'"],
])("%j is refused", async (argv, message) => {
    const { code, err } = await golden(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("help is no mistake", async () => {
    const { code, out } = await golden("--help");
    expect(code).toBe(0);
    expect(out).toContain("npm run golden -- [options] [stacks...]");
});

test("a table is compared line by line", () => {
    expect(changesOf("dev.access.md", "a\nb\nc\n", "a\nc\nd\n")).toEqual(["- b", "+ d"]);
});
