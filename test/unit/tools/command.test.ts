import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { styleText } from "node:util";
import { expect, test } from "@jest/globals";
import type { StyleText } from "../../../tools/frame/context.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { withoutProgress } from "./progress-line.ts";

const fixture = (name: string): string => resolve("test/fixtures", name);

const command = (root: string, ...argv: string[]): Promise<ToolResult> => runTool("plan", argv, { root });

const withFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
        await use(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
};

test("a valid stack is printed and exits with 0", async () => {
    const { code, out, err } = await command(fixture("small"), "dev");
    expect({ code, err }).toEqual({ code: 0, err: "the block is small\n" });
    expect(out).toContain("small dev: 2 resources in 2 components\n");
});

test("--json writes the whole graph to the standard output, or to a file", async () => {
    const { out } = await command(fixture("small"), "dev", "--json");
    const graph: unknown = JSON.parse(out);
    expect(graph).toMatchObject({ project: "small", stack: "dev", outputs: { url: expect.any(String) } });
    expect(graph).not.toHaveProperty("messages");
    await withFolder(async (folder) => {
        const file = join(folder, "plan.json");
        expect(await command(fixture("small"), "dev", "--json", file)).toMatchObject({
            code: 0,
            out: `6 nodes written to ${file}\n`,
        });
        expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(graph);
    });
    expect((await command(fixture("small"), "--json", "dev")).out).toBe(out);
});

test("--depth and --only narrow what is shown", async () => {
    const shallow = await command(fixture("small"), "dev", "--depth", "0");
    expect(shallow.out).toContain("PaymentPlatform payment");
    expect(shallow.out).not.toContain("sqs.Queue");
    const messaging = await command(fixture("small"), "dev", "--only", "messaging");
    expect(messaging.out).toContain("Messaging messaging");
    expect(messaging.out).not.toContain("PaymentPlatform");
});

test("a terminal gets colours", async () => {
    const style: StyleText = (format, text) => styleText(format, text, { validateStream: false });
    const { out } = await runTool("plan", ["dev"], { root: fixture("small"), style });
    expect(out).toContain("\u001b[1mPaymentPlatform payment\u001b[22m");
});

test("details are cut where the terminal ends", async () => {
    const cutLinesAt = async (width: number): Promise<number> => {
        const { out } = await runTool("plan", ["dev"], { width });
        return out.split("\n").filter((line) => line.length === width && line.endsWith("…")).length;
    };
    expect(await cutLinesAt(90)).toBeGreaterThan(10);
    expect(await cutLinesAt(1000)).toBe(0);
});

test.each([
    [[], "which stack? There are dev, wrong"],
    [
        ["prod"],
        'no stack "prod": there are dev, wrong. To make it a copy of another stack: npm run new -- prod --from dev',
    ],
    [["dew"], 'no stack "dew": did you mean dev?'],
    [["dev", "prod"], "too many arguments"],
    [
        ["dev", "--depth", "deep"],
        "option '--depth <n>' argument 'deep' is invalid. It must be a whole number, 0 or more.",
    ],
    [
        ["dev", "--only", "gateway"],
        'no component "gateway": valid names: payment, PaymentPlatform, messaging, Messaging',
    ],
    [["dev", "--only", "mesaging"], 'no component "mesaging": did you mean messaging?'],
    [[""], "which stack? There are dev, wrong"],
    [["dev", "--account", "123456789012"], "--account has no effect without --deployer-policy"],
    [
        ["dev", "--json", "--only", "messaging"],
        "option '--only <component>' cannot be used with option '--json [file]'",
    ],
    [["dev", "--manifest", "--depth", "1"], "option '--depth <n>' cannot be used with option '--manifest [file]'"],
    [["dev", "--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
])("invalid arguments %j are one line, with exit code 2", async (argv, message) => {
    const { code, out, err } = await command(fixture("small"), ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`error: ${message}`);
    expect(err).toMatch(/^[^\n]+ \(see npm run plan -- --help\)\n$/);
});

test("--help shows the usage", async () => {
    expect(await command(fixture("small"), "--help")).toMatchObject({
        code: 0,
        out: expect.stringContaining("Usage: npm run plan -- "),
    });
});

test("problems are printed one a line, with exit code 1", async () => {
    const wrong = await command(fixture("small"), "wrong");
    expect(wrong).toEqual({
        code: 1,
        out: "",
        err:
            "stray (aws:sqs/queue:Queue): is on the default provider: pass `parent` or `provider`\n" +
            "stray (aws:sqs/queue:Queue): is outside PaymentPlatform: pass `parent`\n",
    });
});

test("a program that cannot be loaded, or is no Pulumi program, is reported in one line", async () => {
    await withFolder(async (folder) => {
        writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nmain: index.js\n");
        writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
        writeFileSync(join(folder, "index.js"), "throw new Error('no such zone')");
        expect((await command(folder, "dev")).err).toMatch(/^index\.js cannot be loaded: no such zone( \(.*\))?\n$/);
        writeFileSync(join(folder, "none.js"), "module.exports = { default: 3 }");
        writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nmain: none.js\n");
        expect((await command(folder, "dev")).err).toBe(
            "none.js must export the program, a function, as its default\n",
        );
    });
});

test("a missing file is one line, not a stack trace", async () => {
    await withFolder(async (folder) => {
        writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
        expect(await command(folder, "dev")).toMatchObject({
            code: 1,
            err: expect.stringMatching(/^ENOENT: no such file or directory, open '.*Pulumi\.yaml'\n$/),
        });
    });
});

/** The whole program in a process of its own, where rejections are real. */
const spawned = (stack: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [resolve("tools/run.ts"), "plan", stack], {
        cwd: fixture("rejecting"),
        encoding: "utf8",
    });

test.each([
    ["apply", "cannot use arn:aws (index.ts:15)\n"],
    ["settings", "rejecting:a must be even\nrejecting:b must be odd\n"],
    ["waiting", "stuck (aws:sqs/queue:Queue) waits for a value that never resolves\n"],
])("a process that fails in %s prints no stack trace and exits with 1", (stack, stderr) => {
    const ended = spawned(stack);
    expect({ ...ended, stderr: withoutProgress(ended.stderr) }).toMatchObject({ status: 1, stdout: "", stderr });
});

test("a process with a valid stack prints the plan and ends", () => {
    const out = execFileSync(process.execPath, [resolve("tools/run.ts"), "plan", "dev", "--depth", "0"], {
        cwd: fixture("small"),
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
    });
    expect(out).toMatch(/^small dev: 2 resources in 2 components\n/);
});
