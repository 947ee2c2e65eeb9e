import { setTimeout } from "node:timers/promises";
import { run } from "./drill/command.ts";
import { createTerminal } from "./deploy/terminal.ts";

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
    ask: stdin.isTTY && stderr.isTTY ? createTerminal(stdin, stderr, interrupt.signal).ask : undefined,
    createClients: async (config) => (await import("./drill/clients.ts")).createDrillClients(config),
    clock: { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
    signal: interrupt.signal,
});
