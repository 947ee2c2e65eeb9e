import { fork, type ChildProcess, type StdioOptions } from "node:child_process";
import { openSync, closeSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../platform.ts";
import type { Machine } from "./machine.ts";
import type { CallCounts, MachineMessage, Passage, Question, ServiceUsage, StartMessage } from "./messages.ts";

/** The services that this machine runs, in the order in which they are started and stopped. */
export const serviceNames = ["api", "payment", "notification"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Milliseconds that a process may take to end before it is killed. */
const endWithin = 15_000;

/** Where the output of a process goes: a stream of the child, a file that is open, or nowhere. */
type Output = "pipe" | "ignore" | number;

/** Node's options of this process, such as those of a test runner, are not for the programs. */
const forkProgram = (file: string, args: readonly string[], env: NodeJS.ProcessEnv, stdio: StdioOptions) =>
    // In a group of its own: Ctrl-C of the terminal ends this process, which then ends the others in their order.
    fork(file, args, { execArgv: [], env, stdio, detached: true });

export interface RunningMachine {
    readonly machine: Machine;
    readonly child: ChildProcess;
    /** What passed the queues, the oldest first. */
    readonly passages: () => Promise<readonly Passage[]>;
    /** Calls of SQS and SNS since the start. */
    readonly calls: () => Promise<CallCounts>;
    /** Starts PostgreSQL, which a test has killed, again with its data. */
    readonly startDatabase: () => void;
    /** Ends all of it, and removes its folder. */
    readonly stop: () => Promise<void>;
    /** Rejects when it ends before `stop` was called. */
    readonly failed: Promise<never>;
}

/**
 * Starts what the services connect to. It ends with this process.
 *
 * @param folder of this file
 * @throws Error with the reason, once nothing of it runs and its folder is removed
 */
export async function startMachine(
    folder: string,
    message: StartMessage,
    output: Output = "ignore",
    onFork: (child: ChildProcess) => void = () => undefined,
): Promise<RunningMachine> {
    // A temporary file of a program is removed with the folder.
    const env = { ...process.env, TMPDIR: message.directory };
    // The argument shows a person whose process it is.
    const child = forkProgram(join(folder, "run-machine.ts"), [message.directory], env, [
        "ignore",
        output,
        output,
        "ipc",
    ]);
    onFork(child);
    const failed = ended(child, "PostgreSQL, Redis and the emulator");
    failed.catch(() => undefined);
    child.send(message);
    const { machine } = await Promise.race([answer(child, "started"), failed]);
    const ask = <Kind extends "passages" | "calls">(question: Kind) => {
        child.send(question satisfies Question);
        return Promise.race([answer(child, question), failed]);
    };
    return {
        machine,
        child,
        failed,
        passages: async () => (await ask("passages")).passages,
        calls: async () => (await ask("calls")).calls,
        startDatabase: () => {
            child.send("start-database" satisfies Question);
        },
        stop: () => endMachine(child),
    };
}

/** Closes the channel to the machine, which then ends, and kills what is left of it. */
export async function endMachine(child: ChildProcess): Promise<void> {
    if (child.connected) {
        child.disconnect();
    }
    await untilExit(child);
    killGroup(child);
}

export interface RunningService {
    readonly service: ServiceName;
    readonly child: ChildProcess;
    readonly port: number;
    /** Rejects when it ends before it was stopped. */
    readonly failed: Promise<never>;
    readonly usage: () => Promise<ServiceUsage>;
}

export interface ServiceProcessArgs {
    /** Folder of this file. */
    readonly folder: string;
    readonly service: ServiceName;
    readonly machine: Machine;
    readonly environment: Environment;
    /** Where it listens; written into its environment by the caller. */
    readonly port: number;
    /** A log file, to which lines are added. @default the output is a stream of the child */
    readonly logFile?: string;
    readonly onFork?: (child: ChildProcess) => void;
}

/** Starts a service as a process, and waits until it takes requests and messages. */
export async function startService(args: ServiceProcessArgs): Promise<RunningService> {
    const { folder, service, machine, environment, port, logFile, onFork = () => undefined } = args;
    const machineFile = join(machine.directory, `${service}-${port}.json`);
    writeFileSync(machineFile, JSON.stringify(machine), { mode: 0o600 });
    const output = logFile === undefined ? "pipe" : openSync(logFile, "a");
    // Nothing of this process: what a container has is all that a service has.
    const env = { PATH: process.env.PATH, ...environment };
    const child = forkProgram(join(folder, "run-service.ts"), [service, machineFile], env, [
        "ignore",
        output,
        output,
        "ipc",
    ]);
    if (typeof output === "number") {
        closeSync(output);
    }
    onFork(child);
    const failed = ended(child, service);
    failed.catch(() => undefined);
    await Promise.race([new Promise((resolve) => child.once("message", resolve)), failed]);
    const usage = async (): Promise<ServiceUsage> => {
        const answered = new Promise<ServiceUsage>((resolve) => child.once("message", resolve));
        child.send("usage");
        return Promise.race([answered, failed]);
    };
    return { service, child, port, failed, usage };
}

/** @returns the exit code, or null if a signal ended it */
export async function stopService(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    child.kill(signal);
    return untilExit(child);
}

async function untilExit(child: ChildProcess): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) {
        return child.exitCode;
    }
    return new Promise((resolve) => {
        const timer = setTimeout(() => {
            killGroup(child);
        }, endWithin);
        child.once("exit", (code) => {
            clearTimeout(timer);
            resolve(code);
        });
    });
}

/** Kills the process and those that it has started. */
function killGroup({ pid }: ChildProcess): void {
    try {
        if (pid !== undefined) {
            process.kill(-pid, "SIGKILL");
        }
    } catch {
        // Nothing is left.
    }
}

const ended = (child: ChildProcess, what: string): Promise<never> =>
    new Promise((_, reject) => {
        let reason = "";
        child.on("message", (message) => {
            const { kind, ...rest } = message as MachineMessage;
            reason = kind === "failed" && "reason" in rest ? rest.reason : reason;
        });
        child.once("error", (error) => {
            reject(new Error(`${what} could not be started: ${error.message}`));
        });
        child.once("exit", (code, signal) => {
            reject(new Error(reason === "" ? `${what} ended with ${code ?? signal ?? "an error"}` : reason));
        });
    });

const answer = <Kind extends MachineMessage["kind"]>(
    child: ChildProcess,
    kind: Kind,
): Promise<Extract<MachineMessage, { kind: Kind }>> =>
    new Promise((resolve) => {
        const receive = (message: unknown): void => {
            if ((message as MachineMessage).kind === kind) {
                child.off("message", receive);
                resolve(message as Extract<MachineMessage, { kind: Kind }>);
            }
        };
        child.on("message", receive);
    });
