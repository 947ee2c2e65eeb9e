import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { copyCheckout } from "../project.ts";

// The command plans the stack whose file is beside its sources.
const checkout = mkdtempSync(join(tmpdir(), "checkout-"));
let folder = "";
beforeAll(() => {
    copyCheckout(checkout);
    cpSync("services", join(checkout, "services"), { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "bench-"));
    // PostgreSQL may run as another user, which has to reach its folder.
    chmodSync(folder, 0o711);
});
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(checkout, { recursive: true });
});

const bench = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [join(checkout, "tools/run.ts"), "bench:services", ...args], {
        cwd: checkout,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder, ...env },
    });

test("a short run answers every request, captures every payment, counts what they take, and leaves nothing", () => {
    const { status, stdout, stderr } = bench(["--requests", "200", "--payments", "20", "--seconds", "2"]);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("npm run bench:services: ")]);
    const rows = Object.fromEntries(
        stdout
            .trim()
            .split("\n")
            .map((line) => line.split(/ {2,}/)),
    ) as Record<string, string>;
    for (const [what, count] of [
        ["Status checks from the cache, 200 a second", 400],
        ["Status checks while Redis is away, 200 a second", 400],
        ["Status checks without a pause", 200],
        ["Payments accepted, without a pause", 20],
    ] as const) {
        expect([what, rows[what]]).toEqual([what, expect.stringContaining(`; 0 of ${count} failed`)]);
    }
    const [statements, commands, calls] = [
        ...(rows["A captured payment takes, with its events, alone"] ?? "").matchAll(/[\d.]+/g),
    ].map(Number);
    // Accepted, authorized and captured are three transactions; two events are recorded, each in another one.
    expect(statements).toBeGreaterThan(15);
    expect(commands).toBeGreaterThan(0);
    // A message and two events are sent and received, in batches.
    expect(calls).toBeGreaterThan(0.5);
    expect(readdirSync(folder)).toEqual([]);
});

test("where neither Valkey nor Redis is on the path, nothing is started", () => {
    const { status, stderr } = bench([], { PATH: "" });
    expect([status, stderr]).toEqual([3, expect.stringContaining("is on the path")]);
});
