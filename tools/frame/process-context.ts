import { styleText } from "node:util";
import { systemClock } from "./clock.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { Progress } from "./progress.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** Characters of a line where the output is no terminal. */
const defaultWidth = 120;

/** The context of this process, which takes Ctrl-C and SIGTERM from here on. */
export function createProcessContext(): CommandContext {
    const { stdin, stdout, stderr, env } = process;
    const interrupt = new Interrupt();
    const hasLine = stderr.isTTY && env.TERM !== "dumb";
    const progress = new Progress({
        write: (text) => stderr.write(text),
        // Since the start of the process.
        now: () => performance.now(),
        columns: hasLine ? stderr.columns || defaultWidth : undefined,
    });
    setInterval(() => {
        progress.update();
    }, 1000).unref();
    process.on("exit", () => {
        progress.clear();
    });
    process.on("SIGINT", () => {
        interrupt.cancel(stdin.isTTY || stdout.isTTY || stderr.isTTY);
    });
    process.on("SIGTERM", () => {
        interrupt.cancel(false);
    });
    return {
        ...{ root: process.cwd(), env, interrupt, progress, clock: systemClock, fetch },
        out: (text) => {
            progress.clear();
            stdout.write(text);
        },
        say: (line) => {
            progress.clear();
            stderr.write(`${line}\n`);
        },
        style: (format, text) => styleText(format, text, { stream: stdout }),
        width: (stdout.isTTY && stdout.columns) || defaultWidth,
        onTerminal: stdout.isTTY,
        terminal:
            stdin.isTTY && stderr.isTTY
                ? withoutProgress(createTerminal(stdin, stderr, interrupt.signal), progress)
                : undefined,
        planStack: async (root, stack) => {
            progress.step(`planning ${stack}`);
            return (await import("../../plan/plan.ts")).planStack(root, stack);
        },
        rules: async () => (await import("../../checks/rules.ts")).rules,
        createClients: async (region, credentials) =>
            (await import("./aws-clients.ts")).createClients({ region, credentials }),
        pulumi: async () => (await import("../deploy/pulumi-access.ts")).pulumiAccess,
    };
}

const withoutProgress = ({ ask, askSecret }: Terminal, progress: Progress): Terminal => ({
    ask: (question) => progress.pauseDuring(() => ask(question)),
    askSecret: (question) => progress.pauseDuring(() => askSecret(question)),
});
