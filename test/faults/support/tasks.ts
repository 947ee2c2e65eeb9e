import { join } from "node:path";
import type { Machine } from "../../../tools/local/machine/machine.ts";
import { freePort } from "../../../tools/local/machine/ports.ts";
import {
    startService,
    stopService,
    type RunningService,
    type ServiceName,
} from "../../../tools/local/machine/start.ts";
import { environmentOf } from "../../services/support/environment.ts";
import type { LoadTarget } from "./load.ts";
import { machineFolderOf } from "./releases.ts";

interface Task extends RunningService {
    readonly release: string;
}

/** Tasks of services, each of a release, with the environment that this release plans for them. */
export class Tasks implements LoadTarget {
    /** Tasks that ended, and were not stopped. */
    public readonly ended: string[] = [];
    private readonly machine: Machine;
    private running: Task[] = [];
    private requests = 0;

    constructor(machine: Machine) {
        this.machine = machine;
    }

    /** Of the tasks of the api service in turn. */
    public get apiPort(): number | undefined {
        const apis = this.running.filter(({ service }) => service === "api");
        return apis[this.requests++ % apis.length]?.port;
    }

    /** @param release folder of its sources @returns its port */
    public async start(service: ServiceName, release: string): Promise<number> {
        const port = await freePort();
        const task = await startService({
            ...{ folder: machineFolderOf(release), service, machine: this.machine, port },
            environment: environmentOf(service, port, this.machine),
            logFile: join(this.machine.directory, `${service}-${port}.log`),
        });
        task.child.once("exit", (code) => {
            if (this.running.some(({ child }) => child === task.child)) {
                this.ended.push(`${service} of ${release} ended with ${code ?? "a signal"}`);
            }
        });
        this.running.push({ ...task, release });
        return port;
    }

    /** Stops the tasks of a service that are of another release, as ECS does: they end what they have begun. */
    public async stopOthers(service: ServiceName, release: string): Promise<void> {
        await this.stop((task) => task.service === service && task.release !== release);
    }

    public async stopAll(): Promise<void> {
        await this.stop(() => true);
    }

    private async stop(isStopped: (task: Task) => boolean): Promise<void> {
        const stopped = this.running.filter(isStopped);
        this.running = this.running.filter((task) => !stopped.includes(task));
        await Promise.all(stopped.map(({ child }) => stopService(child)));
    }
}
