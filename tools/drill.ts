import { setTimeout } from "node:timers/promises";
import { run } from "./drill/command.ts";
import { terminalOf } from "./deploy/terminal.ts";

const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
        process.stderr.write("interrupted: the copies are deleted, wait for it\n");
        interrupt.abort(new Error("interrupted"));
    });
}
const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
    root: process.cwd(),
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    ask: stdin.isTTY && stderr.isTTY ? terminalOf(stdin, stderr, interrupt.signal).ask : undefined,
    connect: async (config) => (await import("./drill/clients.ts")).connect(config),
    clock: { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
    signal: interrupt.signal,
});
