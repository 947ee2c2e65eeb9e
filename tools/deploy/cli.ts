import { spawn } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import type { Opening } from "./session.ts";

/** How the CLI ended. */
export interface CliResult {
    /** Exit code; -1 where a signal ended it. */
    readonly code: number;
    /** Empty where the CLI wrote to the terminal. */
    readonly stdout: string;
    readonly stderr: string;
}

export interface CliOptions {
    /** The CLI reads from and writes to what this process does, a terminal or not. */
    readonly inherit?: boolean;
    /** Written to its standard input, which is closed then. */
    readonly input?: string;
    /** Variables beside those of the stack. */
    readonly env?: Readonly<Record<string, string>>;
    /** Interrupts it: it finishes what is under way and saves the state. */
    readonly signal?: AbortSignal;
}

/** Runs Pulumi's CLI on a stack, with its backend and passphrase, in the folder of the project. */
export type Cli = (args: readonly string[], options?: CliOptions) => Promise<CliResult>;

export const cliOf =
    ({ root, stack, command, env }: Opening): Cli =>
    async (args, { inherit = false, input = "", env: more = {}, signal } = {}) => {
        const child = spawn(command.command, args, {
            cwd: root,
            // The language host lies beside an installed CLI.
            env: { ...process.env, ...env, ...pathFor(command.command), PULUMI_STACK: stack, ...more },
            stdio: inherit ? "inherit" : "pipe",
        });
        const interrupt = (): void => void child.kill("SIGINT");
        signal?.addEventListener("abort", interrupt);
        child.stdin?.end(input);
        const written = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            child[stream]?.setEncoding("utf8").on("data", (text: string) => {
                written[stream] += text;
            });
        }
        try {
            const code = await new Promise<number>((ended, failed) => {
                child.on("error", failed).on("close", (status) => {
                    ended(status ?? -1);
                });
            });
            return { code, ...written };
        } finally {
            signal?.removeEventListener("abort", interrupt);
        }
    };

const pathFor = (command: string): Record<string, string> =>
    isAbsolute(command) ? { PATH: [dirname(command), process.env.PATH ?? ""].join(delimiter) } : {};
