import { spawn, type ChildProcess } from "node:child_process";
import { delimiter, dirname } from "node:path";

/** How a command ended. */
export interface ProcessResult {
    /** Exit code; -1 where a signal ended it. */
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface CommandOptions {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Called with each piece of output and the process, to send it a signal, for instance. */
    readonly onOutput?: (text: string, process: ChildProcess) => void;
    /** Written to standard input, which is closed then. */
    readonly input?: string;
    /** Runs it on a terminal, in which `onOutput` may type: its standard input stays open. Its errors are in `stdout`. */
    readonly onTerminal?: boolean;
}

/**
 * Runs a command, without a shell, with the Node of the project first on the path.
 *
 * @returns its end, whatever its exit code: scenarios about refusals ask for it
 */
export async function runCommand(given: readonly string[], options: CommandOptions): Promise<ProcessResult> {
    const [command = "", ...args] = options.onTerminal ? onTerminal(given) : given;
    const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
    const env = { ...process.env, PATH: path, ...options.env };
    const child = spawn(command, args, { cwd: options.cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    if (!options.onTerminal) {
        child.stdin.end(options.input ?? "");
    }
    const written = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (text: string) => {
            written[stream] += text;
            options.onOutput?.(text, child);
        });
    }
    const code = await new Promise<number>((ended, failed) => {
        child.on("error", failed).on("close", (status) => {
            ended(status ?? -1);
        });
    });
    return { code, ...written };
}

/** A command on a terminal that `script` (util-linux) makes; it ends with the exit code of the command. */
function onTerminal(command: readonly string[]): string[] {
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    return ["script", "--quiet", "--return", "--command", `stty columns 140 rows 45; ${quoted}`, "/dev/null"];
}

/** The result of a command that must succeed. @throws Error with the end of what it wrote */
export async function runSuccessfully(command: readonly string[], options: CommandOptions): Promise<ProcessResult> {
    const result = await runCommand(command, options);
    if (result.code !== 0) {
        const end = `${result.stdout}\n${result.stderr}`.trim().slice(-6000);
        throw new Error(`${command.join(" ")} ended with ${result.code}:\n${end}`);
    }
    return result;
}
