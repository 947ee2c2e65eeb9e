import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../../tools/local/machine/machine.ts";
import {
    startService as start,
    stopService as stop,
    type RunningService as StartedService,
    type ServiceName,
} from "../../../tools/local/machine/start.ts";
import { freePort } from "../../../tools/local/machine/ports.ts";
import type { Environment } from "../../../tools/local/platform.ts";
import { environmentOf } from "./environment.ts";

export const machineFolder = join(process.cwd(), "tools", "local", "machine");

export interface RunningService extends StartedService {
    readonly log: () => string;
}

/** Starts a service with the environment of the plan, and variables of a test. Its log is a file in the folder of the machine. */
export async function startService(
    service: ServiceName,
    machine: Machine,
    variables: Environment = {},
): Promise<RunningService> {
    const port = await freePort();
    const logFile = join(machine.directory, `${service}-${port}.log`);
    const environment = { ...environmentOf(service, port, machine), ...variables };
    const started = await start({ folder: machineFolder, service, machine, environment, port, logFile });
    return { ...started, log: () => readFileSync(logFile, "utf8") };
}

/** @returns the exit code, or null if a signal ended it */
export const stopService = ({ child }: RunningService, signal: NodeJS.Signals): Promise<number | null> =>
    stop(child, signal);
