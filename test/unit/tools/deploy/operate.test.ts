import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { cliOf, type Cli } from "../../../../tools/deploy/cli.ts";
import { Interrupt } from "../../../../tools/deploy/interrupt.ts";
import { operate } from "../../../../tools/deploy/operate.ts";
import { fakeStack, pulumiOf, sessionWith } from "./fakes.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "operate-"));
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: {}\n");
});

const type = "aws:sqs/queue:Queue";
const event = {
    resOutputsEvent: { planning: true, metadata: { urn: "a::q", type, op: "delete", old: { custom: true } } },
};

/** A CLI that writes an event, as `--event-log` makes it, and what it was run with. */
function terminalCli(code: number): { cli: Cli; ran: unknown[] } {
    const ran: unknown[] = [];
    return {
        ran,
        cli: (args, options) => {
            const [log = ""] = args.slice(args.indexOf("--event-log") + 1);
            writeFileSync(log, `${JSON.stringify(event)}\n`);
            ran.push({ args: args.filter((arg) => arg !== log), inherit: options?.inherit, env: options?.env });
            return Promise.resolve({ code, stdout: "", stderr: "" });
        },
    };
}

test("on a terminal the CLI draws its own tree, and a preview's changes follow with values", async () => {
    const { cli, ran } = terminalCli(0);
    const { session, said, shown } = sessionWith({ root, cli, onTerminal: true });
    const { stack, asked } = fakeStack();
    expect(await operate(session, stack, "preview")).toEqual([event]);
    await operate(session, stack, "refresh", ["urn:x"]);
    const env = { PULUMI_DEBUG_COMMANDS: "true" };
    expect(ran).toEqual([
        { args: ["preview", "--event-log"], inherit: true, env },
        { args: ["refresh", "--yes", "--skip-preview", "--event-log", "--target", "urn:x"], inherit: true, env },
    ]);
    expect({ said, shown, asked }).toEqual({ said: [`-  q (${type})`], shown: [], asked: [] });
});

test("a failure on a terminal ends with `failed`: Pulumi has told why", async () => {
    const { session } = sessionWith({ root, cli: terminalCli(255).cli, onTerminal: true });
    await expect(operate(session, fakeStack().stack, "update")).rejects.toMatchObject({
        ending: "failed",
        message: expect.stringMatching(/^Update failed: Pulumi ended with 255\n/),
    });
});

test("in a log, a minute without an end is told", async () => {
    jest.useFakeTimers();
    try {
        const { session, shown } = sessionWith({ root });
        const up = () => {
            jest.advanceTimersByTime(60_000);
            return Promise.resolve({});
        };
        await operate(session, fakeStack([], { up }).stack, "update");
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
    const command = Object.assign(pulumiOf("3.999.0"), { command: file });
    return cliOf({ root, stack: "dev", command, env: { PULUMI_BACKEND_URL: "file:///states" } });
}

test("the CLI runs in the project with the stack's backend, its input, and its own exit code", async () => {
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

test("an interruption that the CLI does not hear of itself is passed on", async () => {
    const interrupt = new Interrupt();
    const cli = scripted(`
        process.on("SIGINT", () => process.exit(130));
        setInterval(() => undefined, 1000);
        require("node:fs").writeFileSync("${join(root, "ready")}", "");`);
    const ended = cli([], { signal: interrupt.toPulumi });
    const { existsSync } = await import("node:fs");
    while (!existsSync(join(root, "ready"))) {
        await new Promise((resolve) => setImmediate(resolve));
    }
    interrupt.cancel(false);
    expect((await ended).code).toBe(130);
});

test("a CLI that is not there rejects", async () => {
    const command = Object.assign(pulumiOf("3.999.0"), { command: join(root, "nowhere") });
    await expect(cliOf({ root, stack: "dev", command, env: {} })([])).rejects.toThrow("ENOENT");
});
