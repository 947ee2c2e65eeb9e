import { styleText } from "node:util";
import { systemClock } from "./clock.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createTerminal } from "./terminal.ts";

/** Characters of a line where the output is no terminal. */
const defaultWidth = 120;

/** The context of this process, which takes Ctrl-C and SIGTERM from here on. */
export function createProcessContext(): CommandContext {
    const { stdin, stdout, stderr, env } = process;
    const interrupt = new Interrupt();
    process.on("SIGINT", () => {
        interrupt.cancel(stdin.isTTY || stdout.isTTY || stderr.isTTY);
    });
    process.on("SIGTERM", () => {
        interrupt.cancel(false);
    });
    return {
        ...{ root: process.cwd(), env, interrupt, clock: systemClock, fetch },
        out: (text) => stdout.write(text),
        say: (line) => stderr.write(`${line}\n`),
        style: (format, text) => styleText(format, text, { stream: stdout }),
        width: stdout.isTTY ? stdout.columns : defaultWidth,
        onTerminal: stdout.isTTY,
        terminal: stdin.isTTY && stderr.isTTY ? createTerminal(stdin, stderr, interrupt.signal) : undefined,
        planStack: async (root, stack) => (await import("../../plan/plan.ts")).planStack(root, stack),
        rules: async () => (await import("../../checks/rules.ts")).rules,
        createClients: async (region) => (await import("./aws-clients.ts")).createClients({ region }),
        pulumi: async () => (await import("../deploy/pulumi-access.ts")).pulumiAccess,
    };
}
