import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { scenarios } from "../../tools/local/demo/scenarios.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { copyCheckout } from "../project.ts";
import { patience } from "./support/patience.ts";

// The command plans the stack whose file is beside its sources.
const checkout = mkdtempSync(join(tmpdir(), "checkout-"));
let folder = "";
const running: ChildProcess[] = [];

beforeAll(() => {
    copyCheckout(checkout);
    cpSync("services", join(checkout, "services"), { recursive: true });
});
afterAll(() => {
    rmSync(checkout, { recursive: true });
});
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "local-"));
    // PostgreSQL may run as another user, which has to reach its folder.
    chmodSync(folder, 0o711);
});
afterEach(() => {
    for (const child of running.splice(0)) {
        child.kill("SIGKILL");
    }
    rmSync(folder, { recursive: true, force: true });
});

/** The command as its npm script runs it, with its temporary files in the folder. */
function startLocal(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [join(checkout, "tools/run.ts"), "local", ...args], {
        cwd: checkout,
        stdio: ["ignore", "pipe", "pipe"],
        env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder, ...env },
    });
    running.push(child);
    const written = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (written.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (written.err += chunk.toString()));
    const ended = new Promise<number | null>((done) => child.once("close", done));
    const until = (text: string) => {
        const appears = () => Promise.resolve(written.out.includes(text) ? true : undefined);
        const tooEarly = ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${written.err}`)));
        tooEarly.catch(() => undefined);
        return Promise.race([eventually(text, appears, patience), tooEarly]);
    };
    return { child, written, ended, until };
}

/** Processes that have the folder in their arguments, and what is in it. */
function left(): string[] {
    const { stdout } = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" });
    return [...stdout.split("\n").filter((line) => line.includes(folder)), ...readdirSync(folder)];
}

test("the demonstration shows the life of every payment, ends with 0, and leaves nothing", async () => {
    const { written, ended } = startLocal(["demo"]);
    expect({ code: await ended, err: written.err }).toMatchObject({ code: 0 });
    for (const { title, history } of scenarios) {
        const [, life = ""] = written.out.split(`\n${title}: `);
        const [own = ""] = life.split("\n\n");
        expect(own.match(/status +\w+/g)?.map((line) => line.split(/ +/)[1]) ?? []).toEqual(history);
    }
    expect(written.out).not.toContain("NOT AS EXPECTED");
    // Its times are others each time, and so may be the order of events: SNS keeps none.
    const withoutNumbers = (text: string) => text.split("\n").map((line) => line.trim().replaceAll(/\d+/g, "0"));
    const [, sample = ""] = /```text\n(captured: [^]*?)\n```/.exec(readFileSync("README.md", "utf8")) ?? [];
    expect(sample.split("\n").length).toBeGreaterThan(7);
    expect(withoutNumbers(written.out)).toEqual(expect.arrayContaining(withoutNumbers(sample)));
    expect(written.out.endsWith("\nevery payment as expected\n")).toBe(true);
    expect(left()).toEqual([]);
});

test("a merchant's request is answered until Ctrl-C, which leaves nothing", async () => {
    const { child, written, ended, until } = startLocal([]);
    await until("curl -i");
    const [, address = ""] = /API Gateway +(\S+)/.exec(written.out) ?? [];
    const [, key = ""] = /API key of example-shop +(\S+)/.exec(written.out) ?? [];
    const response = await fetch(`${address}payments`, {
        method: "POST",
        headers: { "x-api-key": key, "idempotency-key": newId(), "content-type": "application/json" },
        body: JSON.stringify({ amountMinor: 1234, currency: "EUR", reference: "order-1001" }),
    });
    expect(response.status).toBe(202);
    await until("from=authorized  status=captured");
    await until("event recorded");
    expect(written.out).not.toContain("_aws");
    expect(left().length).toBeGreaterThan(5);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(written.err).toContain("Cancelled; all its processes have ended");
    expect(left()).toEqual([]);
});

test("a reader that closes the output early ends the demonstration with 0 and no message, and leaves nothing", async () => {
    const { child, written, ended, until } = startLocal(["demo"]);
    await until("payments");
    child.stdout.destroy();
    expect({ code: await ended, err: written.err }).toEqual({ code: 0, err: expect.not.stringContaining("Cancelled") });
    expect(left()).toEqual([]);
});

test("Ctrl-C while it starts leaves nothing", async () => {
    const { child, ended } = startLocal(["demo"]);
    const started = () => Promise.resolve(left().some((line) => line.includes("run-machine.ts")) ? true : undefined);
    await eventually("a process", started, patience);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(left()).toEqual([]);
});

test("the processes end without the command, too, and leave nothing", async () => {
    const { child, ended, until } = startLocal([]);
    await until("curl -i");
    child.kill("SIGKILL");
    await ended;
    await eventually("the end", () => Promise.resolve(left().length === 0 ? true : undefined), patience);
});

test("a part that fails to start ends the others with the reason, and leaves nothing", async () => {
    const programs = mkdtempSync(join(tmpdir(), "programs-"));
    try {
        writeFileSync(join(programs, "valkey-server"), "#!/bin/sh\necho no memory\nexit 7\n", { mode: 0o755 });
        const path = [programs, process.env.PATH].join(delimiter);
        const { written, ended } = startLocal(["demo"], { PATH: path });
        expect(await ended).toBe(1);
        expect(written.err).toContain("valkey-server has ended with 7: no memory");
        expect(written.err).not.toContain("    at ");
        expect(left()).toEqual([]);
    } finally {
        rmSync(programs, { recursive: true });
    }
});
