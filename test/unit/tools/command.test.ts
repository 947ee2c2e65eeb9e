import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { run } from "../../../tools/plan/command.ts";

const fixture = (name: string): string => resolve("test/fixtures", name);

async function command(root: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const code = await run(argv, {
        root,
        out: (text) => (out += text),
        err: (text) => (err += text),
    });
    return { code, out, err };
}

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
    let shown = "";
    await run(["dev"], {
        root: fixture("small"),
        out: (text) => (shown += text),
        err: () => undefined,
        styled: true,
    });
    expect(shown).toContain("\u001b[1mPaymentPlatform payment\u001b[22m");
});

test.each([
    [[], "which stack? There are dev, wrong"],
    [["dev", "prod"], "too many arguments"],
    [["dev", "--depth", "deep"], "argument 'deep' is invalid. It must be a whole number."],
    [["dev", "--only", "gateway"], 'no component "gateway"'],
    [["dev", "--colour"], "unknown option '--colour'"],
])("invalid arguments %j exit with 2", async (argv, message) => {
    const { code, out, err } = await command(fixture("small"), ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err).toContain("Usage: npm run plan -- ");
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
    expect(await command(fixture("small"), "prod")).toEqual({
        code: 1,
        out: "",
        err: 'no stack "prod": there are dev, wrong. To make it a copy of another stack: npm run new -- prod --from dev\n',
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

test("an error that is no problem of the plan is not hidden as one", async () => {
    await withFolder(async (folder) => {
        writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
        await expect(command(folder, "dev")).rejects.toThrow("ENOENT");
    });
});

/** The whole program in a process of its own, where rejections are real. */
const spawned = (stack: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [resolve("tools/plan.ts"), stack], { cwd: fixture("rejecting"), encoding: "utf8" });

test.each([
    ["apply", "cannot use arn:aws (index.ts:15)\n"],
    ["settings", "rejecting:a must be even\nrejecting:b must be odd\n"],
    ["waiting", "stuck (aws:sqs/queue:Queue) waits for a value that never resolves\n"],
])("a process that fails in %s prints no stack trace and exits with 1", (stack, stderr) => {
    expect(spawned(stack)).toMatchObject({ status: 1, stdout: "", stderr });
});

test("a process with a valid stack prints the plan and ends", () => {
    const out = execFileSync(process.execPath, [resolve("tools/plan.ts"), "dev", "--depth", "0"], {
        cwd: fixture("small"),
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
    });
    expect(out).toMatch(/^small dev: 2 resources in 2 components\n/);
});
