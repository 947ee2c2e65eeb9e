import { spawn, type StdioOptions } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import type { PulumiSetup } from "./session.ts";

/** How the CLI ended. */
export interface CliResult {
    /** Exit code; -1 where a signal ended it. */
    readonly code: number;
    /** Empty, as `stderr` is, for a stream that went straight to the terminal. */
    readonly stdout: string;
    readonly stderr: string;
}

export interface CliOptions {
    /**
     * The CLI reads from and writes to what this process does, a terminal or not. `without stderr`: what it writes to the
     * standard error is passed on, and returned as well; the CLI must not prompt then.
     *
     * @default its output is returned
     */
    readonly terminal?: "whole" | "without stderr";
    /** Written to its standard input, which is closed then. */
    readonly input?: string;
    /** Variables in addition to those of the stack. */
    readonly env?: Readonly<Record<string, string>>;
    /** Interrupts the CLI: it finishes the running steps and saves the state. It is not started after an interruption. */
    readonly signal?: AbortSignal;
}

/** Runs Pulumi's CLI on a stack, with its backend and passphrase, in the folder of the project. */
export type Cli = (args: readonly string[], options?: CliOptions) => Promise<CliResult>;

/** Standard input, output and error of the CLI. */
const stdioByMode: Readonly<Record<"whole" | "without stderr" | "none", StdioOptions>> = {
    whole: "inherit",
    "without stderr": ["inherit", "inherit", "pipe"],
    none: "pipe",
};

export const createCli =
    ({ root, stack, command, env }: PulumiSetup): Cli =>
    async (args, { terminal, input = "", env: more = {}, signal } = {}) => {
        signal?.throwIfAborted();
        const child = spawn(command.command, args, {
            cwd: root,
            // The language host is in the folder of an installed CLI.
            env: { ...process.env, ...env, ...pathVariable(command.command), PULUMI_STACK: stack, ...more },
            stdio: stdioByMode[terminal ?? "none"],
        });
        const interrupt = (): void => void child.kill("SIGINT");
        signal?.addEventListener("abort", interrupt);
        child.stdin?.end(input);
        const written = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            child[stream]?.setEncoding("utf8").on("data", (text: string) => {
                written[stream] += text;
                if (terminal !== undefined) {
                    process[stream].write(text);
                }
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

const pathVariable = (command: string): Record<string, string> =>
    isAbsolute(command) ? { PATH: [dirname(command), process.env.PATH ?? ""].join(delimiter) } : {};
