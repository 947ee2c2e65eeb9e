import { spawn, type ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { environmentOf, type ServiceName } from "./environment.ts";
import type { Machine } from "./machine-types.ts";
import { sendRequest } from "./client.ts";
import { eventually } from "../../integration/support/eventually.ts";
import { patience } from "./patience.ts";
import { freePort } from "./ports.ts";

const support = join(process.cwd(), "test", "services", "support");

/** Starts what the services connect to. It ends when its stdin is closed, also by the end of this process. */
export async function startMachine(cacheServer: string): Promise<{ machine: Machine; child: ChildProcess }> {
    const child = spawn(process.execPath, [join(support, "machine.ts")], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, CACHE_SERVER: cacheServer },
    });
    const line = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).once("line", resolve);
        child.once("exit", (code) => {
            reject(new Error(`PostgreSQL, Redis and the emulator ended with ${code ?? "a signal"}`));
        });
    });
    return { machine: JSON.parse(line) as Machine, child };
}

export interface RunningService {
    readonly child: ChildProcess;
    readonly port: number;
    readonly log: () => string;
}

let started = 0;

/** Starts a service as a process, and waits for its health check. */
export async function startService(service: ServiceName, machine: Machine): Promise<RunningService> {
    started += 1;
    // Before the first wait: services may be started at the same time.
    const name = `${service}-${process.pid}-${started}`;
    const port = await freePort();
    const machineFile = join(machine.directory, `${name}.json`);
    const logFile = join(machine.directory, `${name}.log`);
    writeFileSync(machineFile, JSON.stringify(machine));
    const out = openSync(logFile, "a");
    const child = spawn(process.execPath, [join(support, "run-service.ts"), service, machineFile], {
        stdio: ["ignore", out, out],
        // Nothing of this process: what a container has is all that a service has.
        env: { PATH: process.env.PATH, ...environmentOf(service, port, machine) },
    });
    const log = () => readFileSync(logFile, "utf8");
    const healthy = async () => {
        if (child.exitCode !== null) {
            throw new Error(`${service} ended: ${log()}`);
        }
        const answer = await sendRequest(port, { path: `/${service}/health` }).catch(() => undefined);
        return answer?.status === 200 ? answer : undefined;
    };
    await eventually(`the health check of ${service}`, healthy, patience);
    return { child, port, log };
}

/** @returns the exit code, or null if a signal ended it */
export async function stopService({ child }: RunningService, signal: NodeJS.Signals): Promise<number | null> {
    return new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill(signal);
    });
}
