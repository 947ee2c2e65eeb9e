import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { createCli, type Cli } from "../../../../tools/deploy/cli.ts";
import { Interrupt } from "../../../../tools/frame/interrupt.ts";
import { runOperation } from "../../../../tools/deploy/run-operation.ts";
import { fakeStack, pulumiError, fakePulumiCommand, sessionWith } from "./fakes.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "operate-"));
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: {}\n");
});

const type = "aws:sqs/queue:Queue";
const planned = (op: string, name: string) => ({
    resOutputsEvent: { planning: true, metadata: { urn: `a::${name}`, type, op, old: { custom: true } } },
});
const events = [planned("create", "new"), planned("delete", "q")];

/** A CLI that writes events, as `--event-log` makes it, ends, and what it was run with. */
function terminalCli(code: number, stderr = "", told: readonly object[] = events): { cli: Cli; ran: unknown[] } {
    const ran: unknown[] = [];
    return {
        ran,
        cli: (args, options) => {
            const [log = ""] = args.slice(args.indexOf("--event-log") + 1);
            writeFileSync(log, told.map((event) => `${JSON.stringify(event)}\n`).join(""));
            ran.push({ args: args.filter((arg) => arg !== log), terminal: options?.terminal, env: options?.env });
            return Promise.resolve({ code, stdout: "", stderr });
        },
    };
}

test("on a terminal the CLI draws its own tree without outputs, and then the changes and deletions of a preview", async () => {
    const { cli, ran } = terminalCli(0);
    const { session, said, shown } = sessionWith({ root, cli, onTerminal: true });
    const { stack, asked } = fakeStack();
    expect(await runOperation(session, stack, "preview")).toEqual(events);
    await runOperation(session, stack, "refresh", ["urn:x"]);
    const env = { PULUMI_DEBUG_COMMANDS: "true" };
    const terminal = "without stderr";
    expect(ran).toEqual([
        { args: ["preview", "--suppress-outputs", "--event-log"], terminal, env },
        {
            args: ["refresh", "--yes", "--skip-preview", "--suppress-outputs", "--event-log", "--target", "urn:x"],
            terminal,
            env,
        },
    ]);
    expect({ said, shown, asked }).toEqual({ said: [`-  q (${type})`], shown: [], asked: [] });
});

test("a failure on a terminal ends with `failed`: Pulumi has printed why", async () => {
    const { session } = sessionWith({ root, cli: terminalCli(255).cli, onTerminal: true });
    await expect(runOperation(session, fakeStack().stack, "update")).rejects.toMatchObject({
        exitReason: "failed",
        message: expect.stringMatching(/^Update failed: Pulumi ended with 255\n/),
    });
});

test("Ctrl-C, which Pulumi reads as a key on a terminal, ends with `cancelled` and not with `failed`", async () => {
    const interrupted = { stdoutEvent: { message: "^C received; cancelling. If you would like to", color: "always" } };
    const { session } = sessionWith({ root, cli: terminalCli(1, "", [interrupted]).cli, onTerminal: true });
    const { interrupt } = session;
    await expect(
        Promise.race([runOperation(session, fakeStack().stack, "update"), interrupt.cancelledOutsideWork]),
    ).rejects.toMatchObject({
        exitReason: "cancelled",
    });
    // Pulumi received it already: a second signal would make it abort.
    expect(interrupt.pulumiSignal.aborted).toBe(false);
});

test("a CLI that is killed on a terminal while it writes its events ends with `failed`", async () => {
    const cli: Cli = (args) => {
        writeFileSync(args[args.indexOf("--event-log") + 1] ?? "", '{"stdoutEvent":');
        return Promise.resolve({ code: -1, stdout: "", stderr: "" });
    };
    const { session } = sessionWith({ root, cli, onTerminal: true });
    await expect(runOperation(session, fakeStack().stack, "update")).rejects.toMatchObject({ exitReason: "failed" });
});

// As the CLI 3.274 writes it on a terminal, where it ends with 1 for each of them; the third is that of Pulumi Cloud.
test.each([
    ["\x1b[38;5;1merror: \x1b[0mthe stack is currently locked by 1 lock(s). Either wait for", "locked"],
    ["error: getting stack configuration: get stack secrets manager: incorrect passphrase", "no-backend"],
    ["error: [409] Conflict: Another update is currently in progress.", "locked"],
    ["error: failed to load checkpoint: EOF", "no-backend"],
    ["error: update failed", "failed"],
])("when the CLI ends with %j, a terminal and a log end with `%s`", async (stderr, ending) => {
    const onTerminal = sessionWith({ root, cli: terminalCli(1, stderr).cli, onTerminal: true });
    await expect(runOperation(onTerminal.session, fakeStack().stack, "update")).rejects.toMatchObject({
        exitReason: ending,
    });
    const inLog = sessionWith({ root });
    const { stack } = fakeStack([], { up: () => Promise.reject(pulumiError(stderr)) });
    await expect(runOperation(inLog.session, stack, "update")).rejects.toMatchObject({ exitReason: ending });
});

test("a log reports each minute of an operation that has not ended", async () => {
    jest.useFakeTimers();
    try {
        const { session, shown } = sessionWith({ root });
        const up = () => {
            jest.advanceTimersByTime(60_000);
            return Promise.resolve({});
        };
        await runOperation(session, fakeStack([], { up }).stack, "update");
        expect(shown).toEqual(["Update:\n", "0 s: 0 resources done\n"]);
        jest.advanceTimersByTime(120_000);
        expect(shown).toHaveLength(2);
    } finally {
        jest.useRealTimers();
    }
});

/** A CLI made of a script of Node's. */
function scripted(text: string): Cli {
    const file = join(root, "pulumi");
    writeFileSync(file, `#!${process.execPath}\n${text}`);
    chmodSync(file, 0o755);
    const command = Object.assign(fakePulumiCommand("3.999.0"), { command: file });
    return createCli({ root, stack: "dev", command, env: { PULUMI_BACKEND_URL: "file:///states" } });
}

test("the CLI runs in the project with the stack's backend and its input, and returns its own exit code", async () => {
    const cli = scripted(`
        const { PULUMI_STACK, PULUMI_BACKEND_URL, MORE, PATH } = process.env;
        console.log([process.cwd(), PULUMI_STACK, PULUMI_BACKEND_URL, MORE, process.argv[2]].join(" "));
        console.error(PATH.split(":")[0]);
        process.stdin.on("data", (data) => process.stdout.write(data)).on("end", () => process.exit(3));`);
    expect(await cli(["stack"], { input: "state", env: { MORE: "more" } })).toEqual({
        code: 3,
        stdout: `${root} dev file:///states more stack\nstate`,
        stderr: `${root}\n`,
    });
});

test("the CLI's standard error is passed through and returned, when its output is on the terminal", async () => {
    const written: unknown[] = [];
    const spy = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
        written.push(text);
        return true;
    });
    try {
        const cli = scripted(`console.error("it is locked"); process.exit(1);`);
        const stderr = "it is locked\n";
        expect(await cli([], { terminal: "without stderr" })).toEqual({ code: 1, stdout: "", stderr });
        expect(written.join("")).toBe(stderr);
    } finally {
        spy.mockRestore();
    }
});

test("an interruption that the CLI does not receive is forwarded to it", async () => {
    const interrupt = new Interrupt();
    const cli = scripted(`
        process.on("SIGINT", () => process.exit(130));
        setInterval(() => undefined, 1000);
        require("node:fs").writeFileSync("${join(root, "ready")}", "");`);
    const ended = cli([], { signal: interrupt.pulumiSignal });
    while (!existsSync(join(root, "ready"))) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    interrupt.cancel(false);
    expect((await ended).code).toBe(130);
});

test("the CLI is not started after an interruption", async () => {
    const cli = scripted(`require("node:fs").writeFileSync("${join(root, "started")}", "")`);
    await expect(cli([], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(existsSync(join(root, "started"))).toBe(false);
});

test("a missing CLI rejects", async () => {
    const command = Object.assign(fakePulumiCommand("3.999.0"), { command: join(root, "nowhere") });
    await expect(createCli({ root, stack: "dev", command, env: {} })([])).rejects.toThrow("ENOENT");
});
