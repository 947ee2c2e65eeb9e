import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { AcquirerProcess } from "../../services/support/acquirer/process.ts";
import { serviceNames, type ServiceName } from "../../services/support/environment.ts";
import type { Machine } from "../../services/support/machine-types.ts";
import { cacheServer } from "../../services/support/prerequisites.ts";
import { startMachine, startService, stopService, type RunningService } from "../../services/support/processes.ts";
import { QueueProxy } from "./queue-proxy.ts";

export interface PlatformOptions {
    /** Seconds for which a received message is hidden, in place of what the services ask for. @default 60, as they ask */
    readonly visibilitySeconds?: number;
    /** Tasks of the service that calls the acquirer. @default two, so that they meet at the same payments */
    readonly paymentTasks?: number;
}

/** All that runs for the tests of a file: stores, queues, an acquirer and the services, which are started again when they end. */
export class Platform {
    public readonly machine: Machine;
    public readonly acquirer: AcquirerProcess;
    public readonly queues: QueueProxy;
    /** Services that ended, and that no test has killed. */
    public readonly ended: string[] = [];
    private readonly killed = new Set<RunningService>();
    private readonly machineProcess: ChildProcess;
    private readonly running = new Map<ServiceName, Set<RunningService>>(serviceNames.map((name) => [name, new Set()]));
    private readonly restarts = new Set<Promise<void>>();
    private isStopping = false;

    private constructor(machine: Machine, machineProcess: ChildProcess, acquirer: AcquirerProcess, queues: QueueProxy) {
        this.machine = { ...machine, awsEndpoint: queues.url, acquirerUrl: acquirer.url };
        this.machineProcess = machineProcess;
        this.acquirer = acquirer;
        this.queues = queues;
    }

    public static async start({ visibilitySeconds, paymentTasks = 2 }: PlatformOptions = {}): Promise<Platform> {
        const { machine, child } = await startMachine(cacheServer(process.env) ?? "");
        const acquirer = await AcquirerProcess.start(machine);
        const queues = await QueueProxy.start(machine.awsEndpoint, visibilitySeconds);
        const platform = new Platform(machine, child, acquirer, queues);
        // What queries and queues of the tests use has no faults.
        process.env.SERVICES_MACHINE = JSON.stringify({ machine, apiPort: 0 });
        const tasks = [...serviceNames, ...Array.from({ length: paymentTasks - 1 }, () => "payment" as const)];
        await Promise.all(tasks.map((name) => platform.startTask(name)));
        return platform;
    }

    /** Port of the api service; another one after each restart. @returns undefined while it is down */
    public get apiPort(): number | undefined {
        return [...(this.running.get("api") ?? [])][0]?.port;
    }

    /** Kills a task, or all tasks of the service. Another one takes the place of each, as ECS does it. */
    public async kill(name: ServiceName, which: "one" | "all" = "all"): Promise<void> {
        const found = [...(this.running.get(name) ?? [])];
        const killed = which === "all" ? found : found.slice(0, 1);
        await Promise.all(
            killed.map((task) => {
                this.killed.add(task);
                return stopService(task, "SIGKILL");
            }),
        );
    }

    /** Resolves once each killed task has its successor. */
    public async untilComplete(): Promise<void> {
        while (this.restarts.size > 0) {
            await Promise.all(this.restarts);
        }
    }

    /** Starts PostgreSQL, which a test has killed. */
    public startDatabase(): void {
        this.machineProcess.stdin?.write("start\n");
    }

    public async stop(): Promise<void> {
        await this.untilComplete();
        this.isStopping = true;
        const all = [...this.running.values()].flatMap((set) => [...set]);
        await Promise.all(all.map((task) => stopService(task, "SIGKILL")));
        this.queues.stop();
        await this.acquirer.stop();
        this.machineProcess.stdin?.end();
        await once(this.machineProcess, "exit");
    }

    private async startTask(name: ServiceName): Promise<void> {
        const task = await startService(name, this.machine);
        const set = this.running.get(name);
        set?.add(task);
        task.child.once("exit", () => {
            set?.delete(task);
            if (!this.isStopping && !this.killed.has(task)) {
                this.ended.push(`${name}: ${task.log().split("\n").slice(-20).join(" ")}`);
            }
            if (!this.isStopping) {
                const restart = this.startTask(name).finally(() => this.restarts.delete(restart));
                this.restarts.add(restart);
            }
        });
    }
}
